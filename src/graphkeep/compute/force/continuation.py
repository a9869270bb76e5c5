"""Continue a layout from given positions."""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from graphkeep.compute.force.backend import DeviceBackend, LevelRefiner, to_host
from graphkeep.compute.force.engine import Frame, finest_level, refiner_for, tune_for_density
from graphkeep.compute.force.model_selection import choose_model
from graphkeep.compute.force.refine import CpuRefiner
from graphkeep.compute.force.schedule import (
    Clock,
    ForceParams,
)
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.positions import Positions

LAP_STEPS, PACED_STEPS, UNTIMED_LAPS = 40, 8, 8
PACED = 20_000
LAP_S = 0.04
WARM = 0.9  # maximum first step, in spacings, when a layout continues
ENDLESS = 1_000_000_000  # steps of a run that only the clock ends


def continue_layout(
    rows: CsrGraph,
    positions: Positions,
    params: ForceParams,
    clock: Clock,
    constrain: Callable[[Positions], None] | None = None,
    fixed: npt.NDArray[np.bool_] | None = None,
    backend: DeviceBackend | None = None,
) -> Iterator[Frame]:
    """Continue from given positions at a moderate temperature; `constrain` corrects positions after each step.

    Without a time budget it ends after a fixed number of laps. Small graphs are paced so that motion stays visible.
    """
    params = tune_for_density(params, rows)
    level = finest_level(rows, params.mass_power)
    center = positions.mean(axis=0)
    pos = np.ascontiguousarray(positions - center, np.float32)
    model = params.attraction_model
    if model is None:
        total_weight = float(rows.weights.sum(dtype=np.float64))
        model = choose_model(level, total_weight, pos, level, params.seed)
    # Positions are scaled to where forces balance, and scaled back in every frame.
    refiner: LevelRefiner
    if constrain is None:
        refiner = refiner_for(level, pos, params, model, backend)
        factor = refiner.rescale()
    else:
        refiner = on_cpu = CpuRefiner(level, pos, params, model)
        factor = on_cpu.rescale(fixed)
    pos = to_host(refiner.state.pos)
    lap_steps = LAP_STEPS if clock.budget_s is None or level.n > PACED else PACED_STEPS
    stretch = 1 if constrain else max(1, min(lap_steps, refiner.stretch))
    step_count = 0
    while True:
        began = clock.spent_s
        share = step_count / (UNTIMED_LAPS * LAP_STEPS)
        if clock.budget_s is not None:
            share = began / max(clock.budget_s, 1e-9)
        if share >= 1 or clock.is_over():
            break
        temperature = WARM * math.exp(-4 * share)
        for _ in range(max(1, lap_steps // stretch) if constrain else 1):
            refiner.run_steps(step_count, step_count + stretch, ENDLESS, temperature, temperature)
            step_count += stretch
            pos = to_host(refiner.state.pos)
            if constrain is not None:
                pos[:] = pos / factor + center
                constrain(pos)
                pos[:] = (pos - center) * factor
        yield Frame(pos=pos / factor + center, at=None, progress=min(1.0, share))
        if clock.budget_s is not None and level.n <= PACED:
            time.sleep(max(0.0, LAP_S - (clock.spent_s - began)))
    yield Frame(pos=pos / factor + center, at=None, progress=1.0, is_milestone=True)

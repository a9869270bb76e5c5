"""`force_layout`: any graph, in components, by the engine."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import numba
import numpy as np
import numpy.typing as npt
from numba import set_num_threads

from graphkeep.compute.force.components import in_parts
from graphkeep.compute.force.engine import Frame, descend, play_on
from graphkeep.compute.force.parameters import ForceOptions
from graphkeep.compute.force.relaxer import Ground
from graphkeep.compute.force.schedule import LAWS, STEPS, Clock, Plan, Quality, Style
from graphkeep.compute.force.simplify import Rows, dissuade_hubs, simplify
from graphkeep.compute.packing.arrange import alone_evened
from graphkeep.compute.placement.components import joined, parts_of

logger = logging.getLogger(__name__)
Positions = npt.NDArray[np.float32]
Components = Literal["pack", "together"]
Device = Literal["auto", "cpu", "gpu"]
DEVICES = ("auto", "cpu", "gpu")
MOST_THREADS = 8
FRAME_S = 0.1  # between two frames
DRIVERS = ("/dev/nvidiactl", "/dev/dxg")  # files of a driver on Linux, and on Linux within Windows
SAMPLE = 10_000
PAYS = 50_000  # edges; below, launching kernels on a device costs more than it brings
LEVEL_S = 0.02  # between two levels that are shown


DEFAULTS = ForceOptions()


def force_layout(
    n: int,
    edges: npt.NDArray[np.integer],
    *,
    weights: npt.NDArray[np.floating] | None = None,
    style: Style = "auto",
    quality: Quality = "balanced",
    seed: int = 0,
    positions: Positions | None = None,
    fixed: npt.NDArray[np.bool_] | None = None,
    components: Components = "pack",
    budget_s: float | None = None,
    threads: int | None = None,
    device: Device = "auto",
    options: ForceOptions = DEFAULTS,
    on_frame: Callable[[Positions, float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Positions:
    """Positions float32 (n, 2), neighbours about 1 apart.

    `edges` is int (m, 2), `weights` float (m,) multiplies attraction, `fixed` bool (n,) pins nodes of
    `positions`. Without `positions` the layout starts from nothing, otherwise it plays on from them.
    `on_frame` gets positions and a progress of 0 to 1 about ten times a second. The same seed gives the
    same positions, whatever the threads, unless `budget_s` cuts the run. Cut or cancelled, every node has
    a place. `device` is what does the steps of large levels: "auto" takes an NVIDIA GPU that is here
    where it pays; its positions are as good, not the same bits.

    Raises:
        ValueError: "gpu" is asked for and there is none, an edge names a node that is not below `n`, a weight
            or a position is not finite, or the shapes or dtypes do not agree.
    """
    checked(n, edges, weights, positions, fixed)
    clock = Clock(budget_s, cancel)
    on_its_way = frames(
        n, edges, clock, weights=weights, style=style, quality=quality, seed=seed,
        positions=positions, fixed=fixed, components=components, threads=threads, device=device,
        options=options,
    )  # fmt: skip
    shown_s = -FRAME_S
    last: Frame | None = None
    for last in on_its_way:
        is_due = clock.spent_s - shown_s >= (LEVEL_S if last.is_milestone else FRAME_S)
        if on_frame is not None and is_due:
            on_frame(last.whole(), last.progress)
            shown_s = clock.spent_s
    return np.empty((0, 2), np.float32) if last is None else last.whole()


def frames(
    n: int,
    edges: npt.NDArray[np.integer],
    clock: Clock,
    *,
    weights: npt.NDArray[np.floating] | None,
    style: Style,
    quality: Quality,
    seed: int,
    positions: Positions | None,
    fixed: npt.NDArray[np.bool_] | None,
    components: Components,
    threads: int | None,
    device: Device,
    options: ForceOptions,
) -> Iterator[Frame]:
    """The layout step by step: as `force_layout`, a frame at a time; the last one is the layout."""
    if n == 0:
        return
    count = min(threads or min(os.cpu_count() or 1, MOST_THREADS), most_threads())
    set_num_threads(count)
    plan = plan_of(style, quality, seed, options, count)

    def placing(plan: Plan) -> Iterator[Frame]:
        rows = rows_for(n, edges, weights, options)
        if positions is not None:
            hold = hold_of(positions, fixed, options)
            return play_on(rows, positions, plan, clock, hold, fixed)
        return from_nothing(n, edges, rows, plan, clock, components)

    ground = ground_for(device, n, len(edges))
    if ground is None:
        yield from placing(plan)
        return
    from graphkeep.compute.force.gpu.device import failures

    try:
        yield from placing(replace(plan, ground=ground))
    except failures() as failure:
        if device == "gpu":
            raise ValueError(f"the GPU gave up: {failure}; device may be auto or cpu") from failure
        logger.warning("the GPU gave up, the processor goes on: %s", failure)
        yield from placing(plan)


def from_nothing(
    n: int,
    edges: npt.NDArray[np.integer],
    rows: Rows,
    plan: Plan,
    clock: Clock,
    components: Components,
) -> Iterator[Frame]:
    label = joined(n, np.ascontiguousarray(edges, np.int32)) if components == "pack" else None
    if label is not None and (label.max() > 0 or n <= 3):
        way = in_parts(rows, parts_of(label), plan, clock)
        del label, rows
        yield from way
        return
    degree, some = len(rows.idx) / n, sampled(rows)
    way = descend(rows, plan, clock)
    del label, rows  # the engine has an order of its own
    for frame in way:
        if frame.progress == 1:
            even = alone_evened(frame.whole(), some, degree)
            yield replace(frame, pos=even, at=None)
        else:
            yield frame


def sampled(rows: Rows) -> npt.NDArray[np.int64]:
    """int64 (k, 2): some thousand edges, evenly from all rows."""
    at = np.arange(0, len(rows.idx), 1 + len(rows.idx) // SAMPLE)
    return np.column_stack((np.searchsorted(rows.ptr, at, side="right") - 1, rows.idx[at]))


def ground_for(device: Device, n: int, edge_count: int) -> Ground | None:
    """What is on the device is loaded only where it is used."""
    if device not in DEVICES:
        raise ValueError(f"device is one of {', '.join(DEVICES)}, not {device}")
    if device == "cpu" or (device == "auto" and (edge_count < PAYS or not has_driver())):
        return None
    from graphkeep.compute.force.gpu.device import is_wanted
    from graphkeep.compute.force.gpu.relax import DeviceGround

    is_there = is_wanted(n, edge_count, is_demanded=device == "gpu")
    return DeviceGround() if is_there else None


def has_driver() -> bool:
    """Whether it is worth loading a device's library, which takes as long as laying out a small graph."""
    return sys.platform != "linux" or any(os.access(path, os.R_OK) for path in DRIVERS)


def checked(
    n: int,
    edges: npt.NDArray[np.integer],
    weights: npt.NDArray[np.floating] | None,
    positions: Positions | None,
    fixed: npt.NDArray[np.bool_] | None,
) -> None:
    if edges.ndim != 2 or edges.shape[1] != 2 or not np.issubdtype(edges.dtype, np.integer):
        raise ValueError("edges are an integer array of two columns, source and destination")
    if len(edges) and (int(edges.max()) >= n or int(edges.min()) < 0):
        raise ValueError("an edge names a node that is not there")
    if weights is not None and weights.shape != (len(edges),):
        raise ValueError("weights are one number for each edge")
    if weights is not None and not np.isfinite(weights).all():
        raise ValueError("a weight is not a finite number; give edges without one the weight 1")
    if positions is not None and positions.shape != (n, 2):
        raise ValueError("positions are two numbers for each node")
    if positions is not None and not np.isfinite(positions).all():
        raise ValueError("a position is not finite; place new nodes beside their neighbours")
    if fixed is not None and (positions is None or fixed.shape != (n,) or fixed.dtype != np.bool_):
        raise ValueError("fixed is one truth for each node, beside positions")


def most_threads() -> int:
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]


def rows_for(
    n: int,
    edges: npt.NDArray[np.integer],
    weights: npt.NDArray[np.floating] | None,
    options: ForceOptions,
) -> Rows:
    strength = None
    if weights is not None and options.edge_influence > 0:
        strength = np.clip(np.abs(weights.astype(np.float64)), 1e-3, None)
        strength = (strength / strength.max(initial=1e-3)) ** options.edge_influence
    rows = simplify(n, edges, strength)
    return dissuade_hubs(rows) if options.dissuade_hubs else rows


def plan_of(style: Style, quality: Quality, seed: int, options: ForceOptions, threads: int) -> Plan:
    fine, coarse = STEPS[quality]
    return Plan(
        law=LAWS["clusters" if style == "auto" and options.lin_log else style],
        fine=fine,
        coarse=coarse,
        theta=float(np.clip(1.28 - 0.08 * options.precision_vs_speed, 0.7, 1.6)),
        repulsion=float(np.clip(options.scaling_ratio, 0.01, 100)),
        gravity=options.gravity * (100 if options.strong_gravity else 1),
        seed=seed,
        threads=threads,
    )


def hold_of(
    positions: Positions, fixed: npt.NDArray[np.bool_] | None, options: ForceOptions
) -> Callable[[Positions], None] | None:
    """What puts pinned nodes and locked coordinates back."""
    locks = options.locked_x or options.locked_y or options.locked_r
    if fixed is None and not locks:
        return None
    start = positions.copy()
    radius = np.hypot(start[:, 0], start[:, 1])

    def hold(pos: Positions) -> None:
        if options.locked_x:
            pos[:, 0] = start[:, 0]
        if options.locked_y:
            pos[:, 1] = start[:, 1]
        if options.locked_r:
            pos *= (radius / np.maximum(np.hypot(pos[:, 0], pos[:, 1]), 1e-9))[:, None]
        if fixed is not None:
            pos[fixed] = start[fixed]

    return hold

"""`force_layout`: the force layout of any graph, component by component."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numba
import numpy as np
import numpy.typing as npt
from numba import set_num_threads

from graphkeep.compute.connected_components import order_components
from graphkeep.compute.force.backend import DeviceBackend
from graphkeep.compute.force.components import layout_components
from graphkeep.compute.force.continuation import continue_layout
from graphkeep.compute.force.engine import Frame, layout_multilevel
from graphkeep.compute.force.parameters import ForceOptions
from graphkeep.compute.force.schedule import STEPS, STYLE_MODELS, Clock, ForceParams, Quality, Style
from graphkeep.compute.force.simplify import dissuade_hubs, simplify
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.union_find import label_components
from graphkeep.compute.packing.normalize_scale import normalize_single
from graphkeep.compute.positions import Positions

logger = logging.getLogger(__name__)
Components = Literal["pack", "together"]
Device = Literal["auto", "cpu", "gpu"]
DEVICES = ("auto", "cpu", "gpu")
MAX_THREADS = 8
FRAME_S = 0.1  # between two frames
DRIVERS = ("/dev/nvidiactl", "/dev/dxg")  # device files of the driver on Linux and on WSL
SAMPLE = 10_000
MIN_DEVICE_EDGES = (
    100_000  # below this, kernel launches cost more than the device saves (measured on an H200)
)
LEVEL_S = 0.02  # between two frames at level ends


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
    `positions`. With `positions` the layout continues from them, otherwise it starts from scratch.
    `on_frame` gets positions and a progress of 0 to 1 about ten times a second. The same seed gives the
    same positions for any number of threads, unless `budget_s` ends the run early. Every node has a position
    even if the run ends early or is cancelled. `device` runs the steps of large levels: "auto" uses an NVIDIA GPU
    where it is faster; its positions have the same quality but are not bit-identical.

    Raises:
        ValueError: `device` is "gpu" and there is none, an edge names a node that is not below `n`, a weight
            or a position is not finite, or the shapes or dtypes do not match.
    """
    problem = ForceInput(
        n=n, edges=edges, weights=weights, positions=positions, fixed=fixed,
        components=components, options=options,
    )  # fmt: skip
    problem.check()
    if n == 0:
        return np.empty((0, 2), np.float32)
    thread_count = min(threads or min(os.cpu_count() or 1, MAX_THREADS), max_threads())
    set_num_threads(thread_count)
    params = params_for(style, quality, seed, options, thread_count)
    clock = Clock(budget_s, cancel)
    last_frame_s = -FRAME_S
    frame: Frame | None = None
    for frame in frames(problem, params, clock, device):
        is_due = clock.spent_s - last_frame_s >= (LEVEL_S if frame.is_milestone else FRAME_S)
        if on_frame is not None and is_due:
            on_frame(frame.whole(), frame.progress)
            last_frame_s = clock.spent_s
    return np.empty((0, 2), np.float32) if frame is None else frame.whole()


@dataclass(frozen=True, kw_only=True)
class ForceInput:
    """Input of a layout: the `force_layout` arguments of the same names."""

    n: int
    edges: npt.NDArray[np.integer]
    weights: npt.NDArray[np.floating] | None
    positions: Positions | None
    fixed: npt.NDArray[np.bool_] | None
    components: Components
    options: ForceOptions

    def check(self) -> None:
        """Raises ValueError if shapes or dtypes do not match, or a number is not finite."""
        n, edges, weights = self.n, self.edges, self.weights
        positions, fixed = self.positions, self.fixed
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
        if fixed is not None and (
            positions is None or fixed.shape != (n,) or fixed.dtype != np.bool_
        ):
            raise ValueError("fixed is one truth for each node, beside positions")

    def rows(self) -> CsrGraph:
        """CSR rows without loops or parallel edges, weighted according to the options."""
        strength = None
        if self.weights is not None and self.options.edge_influence > 0:
            strength = np.clip(np.abs(self.weights.astype(np.float64)), 1e-3, None)
            strength = (strength / strength.max(initial=1e-3)) ** self.options.edge_influence
        rows = simplify(self.n, self.edges, strength)
        return dissuade_hubs(rows) if self.options.dissuade_hubs else rows


def frames(
    problem: ForceInput, params: ForceParams, clock: Clock, device: Device
) -> Iterator[Frame]:
    """Frames of the layout; the last one is the result."""

    def run(backend: DeviceBackend | None) -> Iterator[Frame]:
        if problem.positions is not None:
            return continue_layout(
                problem.rows(), problem.positions, params, clock,
                constraints_for(problem.positions, problem.fixed, problem.options),
                problem.fixed, backend,
            )  # fmt: skip
        return layout_from_scratch(problem, params, clock, backend)

    backend = choose_backend(device, problem.n, len(problem.edges))
    if backend is None:
        yield from run(None)
        return
    from graphkeep.compute.force.gpu.device import failures

    try:
        yield from run(backend)
    except failures() as failure:
        if device == "gpu":
            raise ValueError(f"the GPU gave up: {failure}; device may be auto or cpu") from failure
        logger.warning("the GPU failed, continuing on the CPU: %s", failure)
        yield from run(None)


def layout_from_scratch(
    problem: ForceInput, params: ForceParams, clock: Clock, backend: DeviceBackend | None
) -> Iterator[Frame]:
    """Lay out each component, unless the graph is connected or components are to be laid out together."""
    rows, label = problem.rows(), None
    if problem.components == "pack":
        label = label_components(problem.n, np.ascontiguousarray(problem.edges, np.int32))
    if label is not None and (label.max() > 0 or problem.n <= 3):
        frame_stream = layout_components(rows, order_components(label), params, clock, backend)
        del label, rows
        yield from frame_stream
        return
    degree, some_edges = len(rows.indices) / problem.n, sample_edges(rows)
    frame_stream = layout_multilevel(rows, params, clock, backend)
    del label, rows  # the engine has its own copy
    for frame in frame_stream:
        if frame.progress == 1:
            even = normalize_single(frame.whole(), some_edges, degree)
            yield replace(frame, pos=even, at=None)
        else:
            yield frame


def sample_edges(rows: CsrGraph) -> npt.NDArray[np.int64]:
    """Sample int64 (k, 2) of a few thousand edges, evenly from all rows."""
    edge_positions = np.arange(0, len(rows.indices), 1 + len(rows.indices) // SAMPLE)
    return np.column_stack(
        (
            np.searchsorted(rows.indptr, edge_positions, side="right") - 1,
            rows.indices[edge_positions],
        )
    )


def choose_backend(device: Device, n: int, edge_count: int) -> DeviceBackend | None:
    """The device backend, or None for the CPU; GPU modules are imported only if used."""
    if device not in DEVICES:
        raise ValueError(f"device is one of {', '.join(DEVICES)}, not {device}")
    if device == "cpu" or (
        device == "auto" and (edge_count < MIN_DEVICE_EDGES or not has_driver())
    ):
        return None
    from graphkeep.compute.force.gpu.device import is_wanted
    from graphkeep.compute.force.gpu.refine import CudaBackend

    uses_device = is_wanted(n, edge_count, is_demanded=device == "gpu")
    return CudaBackend() if uses_device else None


def has_driver() -> bool:
    """Whether to import the CUDA library, which takes as long as laying out a small graph."""
    return sys.platform != "linux" or any(os.access(path, os.R_OK) for path in DRIVERS)


def max_threads() -> int:
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]


def params_for(
    style: Style, quality: Quality, seed: int, options: ForceOptions, threads: int
) -> ForceParams:
    fine, coarse = STEPS[quality]
    return ForceParams(
        attraction_model=STYLE_MODELS["clusters" if style == "auto" and options.lin_log else style],
        fine=fine,
        coarse=coarse,
        theta=float(np.clip(1.28 - 0.08 * options.precision_vs_speed, 0.7, 1.6)),
        repulsion=float(np.clip(options.scaling_ratio, 0.01, 100)),
        gravity=options.gravity * (100 if options.strong_gravity else 1),
        seed=seed,
        threads=threads,
    )


def constraints_for(
    positions: Positions, fixed: npt.NDArray[np.bool_] | None, options: ForceOptions
) -> Callable[[Positions], None] | None:
    """Function that restores pinned nodes and locked coordinates after a step; None without any."""
    locks = options.locked_x or options.locked_y or options.locked_r
    if fixed is None and not locks:
        return None
    start = positions.copy()
    radius = np.hypot(start[:, 0], start[:, 1])

    def constrain(pos: Positions) -> None:
        if options.locked_x:
            pos[:, 0] = start[:, 0]
        if options.locked_y:
            pos[:, 1] = start[:, 1]
        if options.locked_r:
            pos *= (radius / np.maximum(np.hypot(pos[:, 0], pos[:, 1]), 1e-9))[:, None]
        if fixed is not None:
            pos[fixed] = start[fixed]

    return constrain

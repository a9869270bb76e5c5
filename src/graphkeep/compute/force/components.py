"""Layout of each component by itself, packed side by side."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numba.np.ufunc.parallel import set_num_threads, threading_layer

from graphkeep.compute.connected_components import ComponentOrder
from graphkeep.compute.force.backend import DeviceBackend
from graphkeep.compute.force.engine import Frame, layout_multilevel
from graphkeep.compute.force.schedule import SERIAL, Clock, ForceParams
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.csr_rows import permute_rows
from graphkeep.compute.packing.normalize_scale import normalize_scale
from graphkeep.compute.packing.small_components import SMALL, place_small
from graphkeep.compute.packing.spiral_packing import pack_components
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.sunflower import sunflower

REENTRANT = ("omp", "tbb")  # threading layers that allow concurrent calls of parallel kernels


def layout_components(
    rows: CsrGraph,
    parts: ComponentOrder,
    params: ForceParams,
    clock: Clock,
    backend: DeviceBackend | None = None,
) -> Iterator[Frame]:
    """Lay out each component, packed side by side; the large ones, which yield intermediate frames, come last."""
    component_rows = CsrGraph(*permute_rows(*rows, parts.order, parts.rank))
    del rows
    starts = parts.starts
    sizes = np.diff(starts)
    large, watched = int((sizes > SMALL).sum()), int((sizes >= SERIAL).sum())
    placed = np.zeros((component_rows.n, 2), np.float32)
    place_small(
        starts[large:],
        component_rows.indptr,
        component_rows.indices,
        component_rows.weights,
        placed,
    )
    for component in range(large):
        placed[starts[component] : starts[component + 1]] = sunflower(int(sizes[component]))

    def frame(left: float, *, is_milestone: bool) -> Frame:
        return ComponentsFrame(
            pos=placed, at=parts.rank, starts=starts, rows=component_rows, progress=1 - left / component_rows.n,
            is_milestone=is_milestone,
        )  # fmt: skip

    below = float(starts[watched])
    if large:
        yield frame(float(starts[large]), is_milestone=True)
    for end in layout_in_threads(
        component_rows, starts[watched : large + 1], placed, params, clock, below, backend
    ):
        yield frame(float(starts[large]) - end + below, is_milestone=True)
    for component in range(watched - 1, -1, -1):
        a, b = int(starts[component]), int(starts[component + 1])
        for component_frame in layout_multilevel(
            subgraph(component_rows, a, b), params, clock.part((b - a) / b), backend
        ):
            placed[a:b] = component_frame.whole()
            yield frame(
                b - (b - a) * component_frame.progress, is_milestone=component_frame.is_milestone
            )
    yield frame(0.0, is_milestone=True)


def layout_in_threads(
    own: CsrGraph,
    starts: npt.NDArray[np.int64],
    placed: Positions,
    params: ForceParams,
    clock: Clock,
    below: float,
    backend: DeviceBackend | None,
) -> Iterator[int]:
    """Lay out the components that begin at `starts` into `placed`, one thread each, the largest first.

    Yields the end of each component once it and all before it are complete. `below` more nodes share the time budget.
    """
    threads = params.threads if threading_layer() in REENTRANT else 1

    def settle(a: int, b: int) -> None:
        set_num_threads(1)
        remaining = below + float(starts[-1]) - a
        frame = None
        for frame in layout_multilevel(
            subgraph(own, a, b),
            params,
            clock.part(min(1.0, threads * (b - a) / remaining)),
            backend,
        ):
            pass
        if frame is not None:
            placed[a:b] = frame.whole()

    spans = list(pairwise(starts.tolist()))
    if threads == 1:
        for a, b in spans:
            settle(a, b)
            yield b
        set_num_threads(params.threads)
        return
    pool = ThreadPoolExecutor(threads, "component")
    try:
        for b, future in [(b, pool.submit(settle, a, b)) for a, b in spans]:
            future.result()
            yield b
    finally:
        pool.shutdown(cancel_futures=True)


def subgraph(own: CsrGraph, a: int, b: int) -> CsrGraph:
    """The component with the nodes a..b."""
    inside = slice(own.indptr[a], own.indptr[b])
    return CsrGraph(
        own.indptr[a : b + 1] - own.indptr[a], own.indices[inside] - a, own.weights[inside]
    )


@dataclass(frozen=True, kw_only=True)
class ComponentsFrame(Frame):
    starts: npt.NDArray[np.int64]
    rows: CsrGraph

    def whole(self) -> Positions:
        even = normalize_scale(self.pos, self.starts, self.rows.indptr, self.rows.indices)
        return pack_components(even, self.starts, self.rows.indptr, self.rows.indices)[self.at]

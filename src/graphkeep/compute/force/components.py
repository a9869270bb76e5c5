"""Components laid out one by one, and what they look like side by side."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numba.np.ufunc.parallel import set_num_threads, threading_layer

from graphkeep.compute.connected_components import ComponentOrder
from graphkeep.compute.force.backend import DeviceBackend
from graphkeep.compute.force.coarsen import permute_rows
from graphkeep.compute.force.engine import Frame, layout_multilevel
from graphkeep.compute.force.schedule import SERIAL, Clock, ForceParams
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.packing.normalize_scale import normalize_scale
from graphkeep.compute.packing.small_components import SMALL, place_small
from graphkeep.compute.packing.spiral_packing import pack_components
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.sunflower import sunflower

REENTRANT = ("omp", "tbb")  # what lets several threads of ours call kernels at a time


def layout_components(
    rows: CsrGraph,
    parts: ComponentOrder,
    params: ForceParams,
    clock: Clock,
    backend: DeviceBackend | None = None,
) -> Iterator[Frame]:
    """Each component by itself, side by side; those that are worth watching on their way are the last."""
    own = CsrGraph(*permute_rows(*rows, parts.order, parts.rank))
    del rows
    starts = parts.starts
    sizes = np.diff(starts)
    large, watched = int((sizes > SMALL).sum()), int((sizes >= SERIAL).sum())
    placed = np.zeros((own.n, 2), np.float32)
    place_small(starts[large:], own.indptr, own.indices, own.weights, placed)
    for part in range(large):
        placed[starts[part] : starts[part + 1]] = sunflower(int(sizes[part]))

    def frame(left: float, *, is_milestone: bool) -> Frame:
        return ComponentsFrame(
            pos=placed, at=parts.rank, starts=starts, rows=own, progress=1 - left / own.n,
            is_milestone=is_milestone,
        )  # fmt: skip

    below = float(starts[watched])
    if large:
        yield frame(float(starts[large]), is_milestone=True)
    for after in layout_in_threads(
        own, starts[watched : large + 1], placed, params, clock, below, backend
    ):
        yield frame(float(starts[large]) - after + below, is_milestone=True)
    for part in range(watched - 1, -1, -1):
        a, b = int(starts[part]), int(starts[part + 1])
        for now in layout_multilevel(subgraph(own, a, b), params, clock.part((b - a) / b), backend):
            placed[a:b] = now.whole()
            yield frame(b - (b - a) * now.progress, is_milestone=now.is_milestone)
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
    """Lay out the components that begin at `starts`, into `placed`, a thread each, the largest first.

    Where each ends, as it and those before are done. `below` nodes more wait for a share of the time.
    """
    threads = params.threads if threading_layer() in REENTRANT else 1

    def settle(a: int, b: int) -> None:
        set_num_threads(1)
        left = below + float(starts[-1]) - a
        frame = None
        for frame in layout_multilevel(
            subgraph(own, a, b), params, clock.part(min(1.0, threads * (b - a) / left)), backend
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
        for b, done in [(b, pool.submit(settle, a, b)) for a, b in spans]:
            done.result()
            yield b
    finally:
        pool.shutdown(cancel_futures=True)


def subgraph(own: CsrGraph, a: int, b: int) -> CsrGraph:
    """The component of the nodes a..b."""
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

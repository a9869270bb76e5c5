"""Components laid out one by one, and what they look like side by side."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numba.np.ufunc.parallel import set_num_threads, threading_layer

from graphkeep.compute.force.coarsen import permuted
from graphkeep.compute.force.engine import Frame, descend
from graphkeep.compute.force.schedule import SERIAL, Clock, Plan
from graphkeep.compute.force.simplify import Rows
from graphkeep.compute.packing.arrange import arranged, evened
from graphkeep.compute.packing.small_components import SMALL, place_small
from graphkeep.compute.placement.components import Parts
from graphkeep.compute.spacing.sunflower import sunflower

Positions = npt.NDArray[np.float32]
REENTRANT = ("omp", "tbb")  # what lets several threads of ours call kernels at a time


def in_parts(rows: Rows, parts: Parts, plan: Plan, clock: Clock) -> Iterator[Frame]:
    """Each component by itself, side by side; those that are worth watching on their way are the last."""
    own = Rows(*permuted(*rows, parts.order, parts.rank))
    del rows
    starts = parts.starts
    sizes = np.diff(starts)
    large, watched = int((sizes > SMALL).sum()), int((sizes >= SERIAL).sum())
    placed = np.zeros((own.n, 2), np.float32)
    place_small(starts[large:], own.ptr, own.idx, own.w, placed)
    for part in range(large):
        placed[starts[part] : starts[part + 1]] = sunflower(int(sizes[part]))

    def frame(left: float, *, is_milestone: bool) -> Frame:
        return InParts(
            pos=placed, at=parts.rank, starts=starts, rows=own, progress=1 - left / own.n,
            is_milestone=is_milestone,
        )  # fmt: skip

    below = float(starts[watched])
    if large:
        yield frame(float(starts[large]), is_milestone=True)
    for after in settled(own, starts[watched : large + 1], placed, plan, clock, below):
        yield frame(float(starts[large]) - after + below, is_milestone=True)
    for part in range(watched - 1, -1, -1):
        a, b = int(starts[part]), int(starts[part + 1])
        for now in descend(alone(own, a, b), plan, clock.part((b - a) / b)):
            placed[a:b] = now.whole()
            yield frame(b - (b - a) * now.progress, is_milestone=now.is_milestone)
    yield frame(0.0, is_milestone=True)


def settled(
    own: Rows,
    starts: npt.NDArray[np.int64],
    placed: Positions,
    plan: Plan,
    clock: Clock,
    below: float,
) -> Iterator[int]:
    """Lay out the components that begin at `starts`, into `placed`, a thread each, the largest first.

    Where each ends, as it and those before are done. `below` nodes more wait for a share of the time.
    """
    threads = plan.threads if threading_layer() in REENTRANT else 1

    def settle(a: int, b: int) -> None:
        set_num_threads(1)
        left = below + float(starts[-1]) - a
        frame = None
        for frame in descend(
            alone(own, a, b), plan, clock.part(min(1.0, threads * (b - a) / left))
        ):
            pass
        if frame is not None:
            placed[a:b] = frame.whole()

    spans = list(pairwise(starts.tolist()))
    if threads == 1:
        for a, b in spans:
            settle(a, b)
            yield b
        set_num_threads(plan.threads)
        return
    pool = ThreadPoolExecutor(threads, "component")
    try:
        for b, done in [(b, pool.submit(settle, a, b)) for a, b in spans]:
            done.result()
            yield b
    finally:
        pool.shutdown(cancel_futures=True)


def alone(own: Rows, a: int, b: int) -> Rows:
    """The component of the nodes a..b."""
    inside = slice(own.ptr[a], own.ptr[b])
    return Rows(own.ptr[a : b + 1] - own.ptr[a], own.idx[inside] - a, own.w[inside])


@dataclass(frozen=True, kw_only=True)
class InParts(Frame):
    starts: npt.NDArray[np.int64]
    rows: Rows

    def whole(self) -> Positions:
        even = evened(self.pos, self.starts, self.rows.ptr, self.rows.idx)
        return arranged(even, self.starts, self.rows.ptr, self.rows.idx)[self.at]

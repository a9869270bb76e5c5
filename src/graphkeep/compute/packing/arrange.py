"""Components laid out alone, side by side: a step in the graph is as long in all of them, none lies over another."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from graphkeep.compute.kernels.options import OPTIONS
from graphkeep.compute.packing.packing import pack
from graphkeep.compute.packing.shapes import shapes_of
from graphkeep.compute.spacing.spread import middle_and_spacing

Positions = npt.NDArray[np.float32]
PADDING = 1.7
LOOSEST = 1.0  # times as sparse as the largest may any component be
SOURCES = 3
FULL, STRETCHED = 100, 2.0  # nodes; spacings that a step of a strip has at most
GREAT = 20_000  # nodes; from here on one source tells enough
LANES = 64  # parts of the work, whatever the threads


def evened(
    placed: Positions,
    starts: npt.NDArray[np.int64],
    ptr: npt.NDArray[np.int64],
    idx: npt.NDArray[np.int32],
) -> Positions:
    """Each component centred and scaled: one step in the graph is one length, where that is not too loose.

    The components lie together in `placed` and in the rows `ptr`, `idx`; nodes of the first stand about 1 apart.
    """
    middle, step, spacing = sizes_of(placed, starts, ptr, idx)
    counts = np.diff(starts)
    degree = np.diff(ptr[starts]) / counts
    spacing = room_of(counts, degree, step, spacing)
    unit = max(spacing[0], 1e-12)
    factor = np.where(step > 0, step[0] / np.maximum(step, 1e-12), 1.0)
    loose = spacing * factor / unit
    factor = factor * np.where(loose > LOOSEST, LOOSEST / np.maximum(loose, 1e-12), 1.0) / unit
    return (
        (placed - np.repeat(middle, counts, axis=0)) * np.repeat(factor, counts)[:, None]
    ).astype(np.float32)


def alone_evened(placed: Positions, some: npt.NDArray[np.integer], degree: float) -> Positions:
    """A drawing of one component, around the origin, its nodes about 1 apart; `some` edges tell how long a step is."""
    middle = np.zeros(2)
    spacing = middle_and_spacing(placed, middle)
    step = float(np.hypot(*(placed[some[:, 0]] - placed[some[:, 1]]).T).mean()) if len(some) else 0
    unit = max(float(room_of(len(placed), degree, step, spacing)), 1e-12)
    return ((placed - middle) / unit).astype(np.float32)


def room_of(
    counts: npt.ArrayLike, degree: npt.ArrayLike, step: npt.ArrayLike, spacing: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """The spacing of components, but of strips, which have more room around them than in them: there steps tell it.

    Strips are sparse; what is large and has steps of many spacings is no strip but full of hubs.
    """
    strip = np.asarray(step) * np.minimum(1.0, (2.5 / np.maximum(degree, 1e-9)) ** 2)
    most = np.where(np.asarray(counts) > FULL, STRETCHED * np.asarray(spacing), np.inf)
    return np.maximum(spacing, np.minimum(strip, most))


@njit(parallel=True, **OPTIONS)
def sizes_of(placed, starts, ptr, idx):
    """Per component: middle float64 (k, 2), length of one step in the graph, spacing of its nodes."""
    count = len(starts) - 1
    middle, step, spacing = np.zeros((count, 2)), np.zeros(count), np.zeros(count)
    for lane in prange(LANES):
        for c in range(lane, count, LANES):
            a, n = starts[c], starts[c + 1] - starts[c]
            step[c] = step_length(a, n, placed, ptr, idx)
            spacing[c] = middle_and_spacing(placed[a : a + n], middle[c])
    return middle, step, spacing


@njit(**OPTIONS)
def step_length(a, n, placed, ptr, idx):
    """The length per hop that fits distances from some nodes best, as in stress; 0 for a single node."""
    depth, queue = np.empty(n, np.int32), np.empty(n, np.int32)
    root, ratio, square = 0, 0.0, 0.0
    for _ in range(min(SOURCES, n) if n < GREAT else 1):
        depth[:] = -1
        depth[root] = 0
        queue[0] = root
        head, tail = 0, 1
        while head < tail:
            i = queue[head]
            head += 1
            for e in range(ptr[a + i], ptr[a + i + 1]):
                j = idx[e] - a
                if depth[j] < 0:
                    depth[j] = depth[i] + 1
                    r = math.hypot(
                        placed[a + j, 0] - placed[a + root, 0],
                        placed[a + j, 1] - placed[a + root, 1],
                    )
                    ratio += r / depth[j]
                    square += (r / depth[j]) ** 2
                    queue[tail] = j
                    tail += 1
        root = queue[tail - 1]
    return square / ratio if ratio > 0 else 0.0


def arranged(
    placed: Positions,
    starts: npt.NDArray[np.int64],
    ptr: npt.NDArray[np.int64],
    idx: npt.NDArray[np.int32],
) -> Positions:
    """Each component, centred already, moved to where it has room."""
    counts = np.diff(starts)
    far = np.hypot(placed[:, 0], placed[:, 1])
    far = np.maximum.reduceat(far, starts[:-1]).astype(np.float64)
    shapes = shapes_of(placed, starts, ptr, idx)
    centres = pack(far + PADDING / 2, shapes, PADDING / 2)
    return (placed + np.repeat(centres, counts, axis=0)).astype(np.float32)

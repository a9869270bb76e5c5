"""A common scale for separately laid out components: edges have the same mean length in all of them."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from graphkeep.compute.kernels.bfs import breadth_first
from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.point_spacing import point_spacing

LOOSEST = 1.0  # maximum spacing of a component, relative to the largest component
SOURCES = 3
FULL, STRETCHED = 100, 2.0  # nodes; maximum step length of a strip, in spacings
GREAT = 20_000  # nodes; from this size on one source is enough
LANES = 64  # fixed partition of the work, independent of the number of threads


def normalize_scale(
    placed: Positions,
    starts: npt.NDArray[np.int64],
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.int32],
) -> Positions:
    """Each component centered and scaled to the same length per hop, unless that makes it too sparse.

    Components are contiguous in `placed` and in the rows `indptr`, `indices`; nodes of the first are about 1 apart.
    """
    middle, step, spacing = measure_components(placed, starts, indptr, indices)
    counts = np.diff(starts)
    degree = np.diff(indptr[starts]) / counts
    spacing = component_spacing(counts, degree, step, spacing)
    unit = max(spacing[0], 1e-12)
    factor = np.where(step > 0, step[0] / np.maximum(step, 1e-12), 1.0)
    loose = spacing * factor / unit
    factor = factor * np.where(loose > LOOSEST, LOOSEST / np.maximum(loose, 1e-12), 1.0) / unit
    return (
        (placed - np.repeat(middle, counts, axis=0)) * np.repeat(factor, counts)[:, None]
    ).astype(np.float32)


def normalize_single(placed: Positions, some: npt.NDArray[np.integer], degree: float) -> Positions:
    """A drawing of one component, centered, its nodes about 1 apart; `some` edges estimate the length per hop."""
    middle = np.zeros(2)
    spacing = point_spacing(placed, middle)
    step = float(np.hypot(*(placed[some[:, 0]] - placed[some[:, 1]]).T).mean()) if len(some) else 0
    unit = max(float(component_spacing(len(placed), degree, step, spacing)), 1e-12)
    return ((placed - middle) / unit).astype(np.float32)


def component_spacing(
    counts: npt.ArrayLike, degree: npt.ArrayLike, step: npt.ArrayLike, spacing: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """The spacing of components; for strips, whose point cloud is mostly empty, the length per hop is used.

    Strips are sparse; a large component with steps of many spacings is not a strip but has many hubs.
    """
    strip = np.asarray(step) * np.minimum(1.0, (2.5 / np.maximum(degree, 1e-9)) ** 2)
    upper_bound = np.where(np.asarray(counts) > FULL, STRETCHED * np.asarray(spacing), np.inf)
    return np.maximum(spacing, np.minimum(strip, upper_bound))


@njit(parallel=True, **FAST)
def measure_components(placed, starts, indptr, indices):
    """Per component: center float64 (k, 2), length per hop, spacing of its nodes."""
    count = len(starts) - 1
    middle, step, spacing = np.zeros((count, 2)), np.zeros(count), np.zeros(count)
    for lane in prange(LANES):
        for c in range(lane, count, LANES):
            a, n = starts[c], starts[c + 1] - starts[c]
            step[c] = step_length(a, n, placed, indptr, indices)
            spacing[c] = point_spacing(placed[a : a + n], middle[c])
    return middle, step, spacing


@njit(**FAST)
def step_length(a, n, placed, indptr, indices):
    """The length per hop that best fits distances from a few nodes, as in stress; 0 for a single node."""
    depth, queue = np.empty(n, np.int32), np.empty(n, np.int32)
    root, ratio, square = 0, 0.0, 0.0
    for _ in range(min(SOURCES, n) if n < GREAT else 1):
        farthest = breadth_first(a, n, indptr, indices, root, depth, queue)
        for k in range(1, n):
            j = queue[k]
            r = math.hypot(
                placed[a + j, 0] - placed[a + root, 0], placed[a + j, 1] - placed[a + root, 1]
            )
            ratio += r / depth[j]
            square += (r / depth[j]) ** 2
        root = farthest
    return square / ratio if ratio > 0 else 0.0

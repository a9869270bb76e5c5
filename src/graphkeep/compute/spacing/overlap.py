"""Overlap removal for discs.

Overlapping discs push each other apart repeatedly, larger discs moving less (constraint relaxation, as in
Jakobsen, "Advanced Character Physics", 2001); neighbours are looked up in uniform grids, one per power of four of
the sizes, with cells as wide as their discs. Tasks only gather, so the number of threads does not change the result.
"""

import math

import numpy as np
import numpy.typing as npt
from numba import prange

from graphkeep.compute.kernels.jit import exact, exact_parallel
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.sunflower import GOLDEN

GROWTH = 0.04
SLACK = 1.05  # target distance of overlapping discs, relative to the sum of their radii
CLASSES = 4  # size classes, each four times the next; smaller discs share the last grid


def remove_overlaps(
    positions: Positions,
    sizes: npt.NDArray[np.floating],
    *,
    sweeps: int = 30,
    growth: float = GROWTH,
) -> Positions:
    """Positions float32 (n, 2) at which discs of diameters `sizes` float (n,) overlap less, or not at all.

    Moving discs enlarges the drawing by at most the factor 1 + `growth`; it is then scaled by at most the same factor
    if that removes the remaining overlaps.
    """
    if len(positions) < 2 or not (sizes > 0).any():
        return positions
    points = positions.astype(np.float64)
    radius = np.maximum(np.asarray(sizes, np.float64) / 2, 0.0)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    max_offset = np.maximum(np.ptp(points, axis=0), 1e-12) * (1 + growth) / 2
    # The bounds must have enough area for all discs, even if that exceeds the old frame.
    max_offset = np.maximum(max_offset, math.sqrt(float((radius**2).sum())) * 1.2)
    for _ in range(sweeps):
        moved, overlaps = sweep(points, radius)
        if overlaps == 0:
            break
        points = middle + np.clip(moved - middle, -max_offset, max_offset)
    factor = enlargement(points, radius)
    if 1.0 < factor <= 1 + growth:
        points = middle + (points - middle) * factor
    return points.astype(np.float32)


def sweep(at, radius):
    """Positions after one step of every disc, and the number of overlaps before it."""
    order, first, kind, cell, low = grids(at, radius)
    moved, overlaps, _ = push_apart(at, radius, order, first, kind, cell, low)
    return moved, int(overlaps.sum()) // 2


def overlaps_left(positions: Positions, sizes: npt.NDArray[np.floating]) -> int:
    """Number of pairs of discs that overlap by more than a thousandth of the sum of their radii."""
    return sweep(positions.astype(np.float64), np.asarray(sizes, np.float64) / 2)[1]


def enlargement(at, radius):
    """The scale factor that removes all overlaps; huge for coincident discs."""
    order, first, kind, cell, low = grids(at, radius)
    _, _, growth = push_apart(at, radius, order, first, kind, cell, low)
    return float(growth.max(initial=1.0))


def grids(at, radius):
    """Discs by size class, then by grid cell: `order` int32 (n,), the offset of each class in it, the cell keys
    int64 (n,) in that order, the cell width of each class, and the lower corner of the grids.
    """
    largest = float(radius.max())
    kind = np.zeros(len(radius), np.int64)
    has_size = radius > 0
    kind[has_size] = np.clip(np.floor(np.log2(largest / radius[has_size]) / 2), 0, CLASSES - 1)
    kind[~has_size] = CLASSES - 1
    cell = 2 * largest / 4.0 ** np.arange(CLASSES)
    low = at.min(axis=0)
    cell_index = np.floor((at - low) / cell[kind][:, None]).astype(np.int64)
    key = (cell_index[:, 1] << 31) + cell_index[:, 0]
    order = np.lexsort((key, kind)).astype(np.int32)
    first = np.searchsorted(kind[order], np.arange(CLASSES + 1))
    return order, first, key[order], cell, low


@exact
def lower_bound(keys, a, b, wanted):
    while a < b:
        half = (a + b) // 2
        if keys[half] < wanted:
            a = half + 1
        else:
            b = half
    return a


@exact_parallel
def push_apart(at, radius, order, first, keys, cell, low):
    """New position of each disc, float64 (n, 2); its number of overlaps, int64 (n,); and the scale factor at which
    it overlaps no disc, float64 (n,).
    """
    n = len(radius)
    moved = np.empty((n, 2), np.float64)
    overlaps = np.zeros(n, np.int64)
    growth = np.ones(n, np.float64)
    for i in prange(n):
        x, y = at[i, 0], at[i, 1]
        fx = 0.0
        fy = 0.0
        max_push = 0.0
        count = 0
        for c in range(len(cell)):
            if first[c] == first[c + 1]:
                continue
            reach = radius[i] + cell[c] / 2
            x0 = max(0, math.floor((x - reach - low[0]) / cell[c]))
            x1 = math.floor((x + reach - low[0]) / cell[c])
            y0 = max(0, math.floor((y - reach - low[1]) / cell[c]))
            y1 = math.floor((y + reach - low[1]) / cell[c])
            for row in range(y0, y1 + 1):
                a = lower_bound(keys, first[c], first[c + 1], (np.int64(row) << 31) + x0)
                while a < first[c + 1] and keys[a] <= (np.int64(row) << 31) + x1:
                    j = order[a]
                    a += 1
                    if j == i:
                        continue
                    min_distance = radius[i] + radius[j]
                    dx = x - at[j, 0]
                    dy = y - at[j, 1]
                    d = math.sqrt(dx * dx + dy * dy)
                    if d < min_distance:
                        growth[i] = max(growth[i], min_distance / max(d, 1e-300))
                    if d >= min_distance * 0.999:
                        continue
                    if d < min_distance * 1e-6:
                        # Coincident discs: each moves in a direction determined by its number.
                        angle = GOLDEN * i
                        dx, dy, d = math.cos(angle), math.sin(angle), 1.0
                        push = min_distance / 2
                    else:
                        push = SLACK * min_distance - d
                    share = radius[j] * radius[j] / (radius[i] * radius[i] + radius[j] * radius[j])
                    max_push = max(max_push, push * share)
                    fx += dx / d * push * share
                    fy += dy / d * push * share
                    count += 1
        overlaps[i] = count
        # The pushes of many overlapping discs would add up to a large jump.
        length = math.sqrt(fx * fx + fy * fy)
        ease = max_push / length if length > max_push else 1.0
        moved[i, 0] = x + fx * ease
        moved[i, 1] = y + fy * ease
    return moved, overlaps, growth

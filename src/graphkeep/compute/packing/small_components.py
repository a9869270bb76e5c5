"""Layout of all small components of a graph in one pass, each by direct summation of all pairs.

One and two nodes have a closed form. Others start from distances to two far nodes (pivot MDS, Brandes and Pich 2006,
with two pivots) and are refined with the forces of ForceAtlas2.
"""

import math

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.bfs import breadth_first
from graphkeep.compute.kernels.jit import FAST, LEAF
from graphkeep.compute.kernels.lanes import push
from graphkeep.compute.spacing.sunflower import GOLDEN

SMALL = 60
LANES = 64  # fixed partition of the work, independent of the number of threads
STEPS = 80
GRAVITY = 0.1  # keeps the ends of a small component together


@njit(**FAST)
def sketch(a, n, indptr, indices, x, y):
    """Initial positions: x by the difference of hops to two ends, y by hops from both, with golden-angle jitter."""
    from_first, from_second, queue = (
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
    )
    end = breadth_first(
        a,
        n,
        indptr,
        indices,
        breadth_first(a, n, indptr, indices, 0, from_first, queue),
        from_first,
        queue,
    )
    breadth_first(a, n, indptr, indices, end, from_second, queue)
    side = 0
    for i in range(n):
        if from_first[i] + from_second[i] > from_first[side] + from_second[side]:
            side = i
    from_side = np.empty(n, np.int32)
    breadth_first(a, n, indptr, indices, side, from_side, queue)
    for i in range(n):
        angle = GOLDEN * i
        x[i] = 0.7 * (from_first[i] - from_second[i]) + 0.5 * math.cos(angle)
        y[i] = 0.7 * (from_first[i] + from_second[i] - 2 * from_side[i]) * 0.5 + 0.5 * math.sin(
            angle
        )


@njit(**FAST)
def settle(a, n, indptr, indices, w, x, y):
    leaves = (n + LEAF - 1) // LEAF
    m = np.zeros(leaves * LEAF, np.float32)
    vx, vy = np.zeros(n, np.float32), np.zeros(n, np.float32)
    fx, fy = np.empty(leaves * LEAF, np.float32), np.empty(leaves * LEAF, np.float32)
    sum_x, sum_y = np.empty(LEAF, np.float32), np.empty(LEAF, np.float32)
    for i in range(n):
        m[i] = math.sqrt(indptr[a + i + 1] - indptr[a + i] + 1.0)
    for step in range(STEPS):
        top = np.float32(2.0 * math.exp(-4.0 * step / STEPS))
        for l in range(leaves):
            sum_x[:] = 0
            sum_y[:] = 0
            push(x, y, l * LEAF, x, y, m, 0, n, np.float32(0.01), np.float32(0.5), sum_x, sum_y)
            fx[l * LEAF : l * LEAF + LEAF] = sum_x
            fy[l * LEAF : l * LEAF + LEAF] = sum_y
        for i in range(n):
            total = np.float32(GRAVITY) * m[i]
            ax = m[i] * fx[i] - total * x[i]
            ay = m[i] * fy[i] - total * y[i]
            for e in range(indptr[a + i], indptr[a + i + 1]):
                j = indices[e] - a
                ax += w[e] * (x[j] - x[i])
                ay += w[e] * (y[j] - y[i])
                total += w[e]
            fx[i] = np.float32(0.7) * ax / total
            fy[i] = np.float32(0.7) * ay / total
        for i in range(n):
            dx = fx[i] + np.float32(0.5) * vx[i]
            dy = fy[i] + np.float32(0.5) * vy[i]
            d = math.sqrt(dx * dx + dy * dy)
            if d > top:
                dx *= top / d
                dy *= top / d
            vx[i], vy[i] = dx, dy
            x[i] += dx
            y[i] += dy


@njit(parallel=True, **FAST)
def place_small(starts, indptr, indices, w, pos):
    """Fill pos float32 (n, 2) for every component `starts[c]..starts[c + 1]`, each around its own center."""
    for lane in prange(LANES):
        # Components are sorted by size: each lane gets components of all sizes.
        for c in range(lane, len(starts) - 1, LANES):
            place_one(starts[c], starts[c + 1] - starts[c], indptr, indices, w, pos)


@njit(**FAST)
def place_one(a, n, indptr, indices, w, pos):
    if n == 1:
        pos[a, 0], pos[a, 1] = 0.0, 0.0
    elif n == 2:
        pos[a, 0], pos[a, 1] = -0.5, 0.0
        pos[a + 1, 0], pos[a + 1, 1] = 0.5, 0.0
    else:
        padded = (n + LEAF - 1) // LEAF * LEAF
        x, y = np.zeros(padded, np.float32), np.zeros(padded, np.float32)
        sketch(a, n, indptr, indices, x, y)
        settle(a, n, indptr, indices, w, x, y)
        for i in range(n):
            pos[a + i, 0], pos[a + i, 1] = x[i], y[i]

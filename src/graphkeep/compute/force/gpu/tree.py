"""The implicit 4-ary tree of `force/tree.py`, built on the device: same curve, same leaves, same rows."""

import math

import numpy as np
from numba import cuda, float64

from graphkeep.compute.force.gpu.compare import greater, lesser
from graphkeep.compute.force.gpu.device import FAST, MAX_BLOCKS, REDUCED, THREADS, blocks
from graphkeep.compute.kernels.jit import FAN_OUT, LEAF

CROWN = 16 if MAX_BLOCKS == 2 else 512  # threads of the single block that builds the upper branches
WIDE = CROWN * 8  # a level with more branches gets its own launch
MEASURES = 8
SPACING, LEFT, BOTTOM, CELLS = 0, 1, 2, 3  # indices into `scale`


@cuda.jit(cache=True)
def measure(pos, partial):
    """Per block, float64 (REDUCED, 8): sums of x, y, x^2, y^2, then minima of x, -x, y, -y."""
    partial_sums = cuda.shared.array((MEASURES, THREADS), float64)
    t = cuda.threadIdx.x
    for m in range(MEASURES):
        partial_sums[m, t] = 0.0 if m < 4 else 1e38
    for i in range(cuda.grid(1), len(pos), cuda.gridsize(1)):
        x, y = float64(pos[i, 0]), float64(pos[i, 1])
        partial_sums[0, t] += x
        partial_sums[1, t] += y
        partial_sums[2, t] += x * x
        partial_sums[3, t] += y * y
        partial_sums[4, t] = lesser(partial_sums[4, t], x)
        partial_sums[5, t] = lesser(partial_sums[5, t], -x)
        partial_sums[6, t] = lesser(partial_sums[6, t], y)
        partial_sums[7, t] = lesser(partial_sums[7, t], -y)
    cuda.syncthreads()
    half = THREADS // 2
    while half > 0:
        if t < half:
            for m in range(4):
                partial_sums[m, t] += partial_sums[m, t + half]
                partial_sums[m + 4, t] = lesser(
                    partial_sums[m + 4, t], partial_sums[m + 4, t + half]
                )
        cuda.syncthreads()
        half //= 2
    if t < MEASURES:
        partial[cuda.blockIdx.x, t] = partial_sums[t, 0]


@cuda.jit(cache=True)
def conclude(partial, n, scale):
    """Reduce the measures to `scale` float32 (4,): spacing, left, bottom, and curve cells per unit."""
    totals = cuda.shared.array(MEASURES, float64)
    t = cuda.threadIdx.x
    value = partial[0, t]
    for b in range(1, len(partial)):
        value = value + partial[b, t] if t < 4 else lesser(value, partial[b, t])
    totals[t] = value
    cuda.syncthreads()
    if t == 0:
        mx, my = totals[0] / n, totals[1] / n
        vx, vy = greater(totals[2] / n - mx * mx, 0.0), greater(totals[3] / n - my * my, 0.0)
        area = greater(math.sqrt(vx) * math.sqrt(vy), 1e-12)
        scale[SPACING] = math.sqrt(area) * 3.5 / math.sqrt(float64(n))
        scale[LEFT], scale[BOTTOM] = totals[4], totals[6]
        max_degree = greater(greater(-totals[5] - totals[4], -totals[7] - totals[6]), 1e-20)
        scale[CELLS] = 65535.0 / max_degree


def take_measure(pos, partial, scale):
    measure[REDUCED, THREADS](pos, partial)
    conclude[1, MEASURES](partial, len(pos), scale)


@cuda.jit(cache=True)
def hilbert_keys(pos, scale, key, perm):
    """Hilbert index of each point on a 65,536 x 65,536 grid; initializes `perm` to the identity."""
    upper, lower = np.float32(65535), np.float32(0)
    for i in range(cuda.grid(1), len(pos), cuda.gridsize(1)):
        a = np.int64(lesser(upper, greater(lower, (pos[i, 0] - scale[LEFT]) * scale[CELLS])))
        b = np.int64(lesser(upper, greater(lower, (pos[i, 1] - scale[BOTTOM]) * scale[CELLS])))
        d = np.int64(0)
        s = 32768
        while s > 0:
            rx = 1 if (a & s) else 0
            ry = 1 if (b & s) else 0
            d = (d << 2) | ((3 * rx) ^ ry)
            if ry == 0:
                if rx == 1:
                    a, b = 65535 - a, 65535 - b
                a, b = b, a
            s >>= 1
        key[i] = d
        perm[i] = i


@cuda.jit(cache=True)
def gather(pos, mass, perm, sx, sy, sm):
    """Points and masses in curve order; the last leaf is padded with massless points."""
    n = len(pos)
    for t in range(cuda.grid(1), len(sx), cuda.gridsize(1)):
        i = perm[lesser(t, n - 1)]
        sx[t] = pos[i, 0]
        sy[t] = pos[i, 1]
        sm[t] = mass[i] if t < n else np.float32(0)


@cuda.jit(**FAST)
def grow_leaves(sx, sy, sm, T, spread, scale):
    """Boxes and moments of the leaves, one thread each."""
    least = np.float32(0.05) * scale[SPACING]
    for l in range(cuda.grid(1), len(spread), cuda.gridsize(1)):
        M, X, Y = np.float32(0), np.float32(0), np.float32(0)
        x0, x1 = np.float32(1e30), np.float32(-1e30)
        y0, y1 = np.float32(1e30), np.float32(-1e30)
        for t in range(l * LEAF, l * LEAF + LEAF):
            M += sm[t]
            X += sm[t] * sx[t]
            Y += sm[t] * sy[t]
            x0, x1 = lesser(x0, sx[t]), greater(x1, sx[t])
            y0, y1 = lesser(y0, sy[t]), greater(y1, sy[t])
        s = greater(x1 - x0, y1 - y0)
        T[l, 0], T[l, 1], T[l, 2], T[l, 3] = X / M, Y / M, M, s * s
        T[l, 4], T[l, 5], T[l, 6], T[l, 7] = x0, x1, y0, y1
        area = (x1 - x0) * (y1 - y0)
        spread[l] = greater(np.float32(math.sqrt(area)) * np.float32(0.3), least)


@cuda.jit(device=True)
def join(T, r, begin, end):
    """Build branch r from the nodes begin..end of the level below."""
    M, X, Y = np.float32(0), np.float32(0), np.float32(0)
    x0, x1 = np.float32(1e30), np.float32(-1e30)
    y0, y1 = np.float32(1e30), np.float32(-1e30)
    for c in range(begin, end):
        M += T[c, 2]
        X += T[c, 2] * T[c, 0]
        Y += T[c, 2] * T[c, 1]
        x0, x1 = lesser(x0, T[c, 4]), greater(x1, T[c, 5])
        y0, y1 = lesser(y0, T[c, 6]), greater(y1, T[c, 7])
    s = greater(x1 - x0, y1 - y0)
    T[r, 0], T[r, 1], T[r, 2], T[r, 3] = X / M, Y / M, M, s * s
    T[r, 4], T[r, 5], T[r, 6], T[r, 7] = x0, x1, y0, y1


@cuda.jit(**FAST)
def grow_level(T, below, own, above):
    """Build the branches own..above from the nodes below..own."""
    for r in range(own + cuda.grid(1), above, cuda.gridsize(1)):
        begin = below + (r - own) * FAN_OUT
        join(T, r, begin, lesser(own, begin + FAN_OUT))


@cuda.jit(**FAST)
def grow_crown(T, off, first):
    """Build all levels from `first` up, in one block."""
    for level in range(first, len(off) - 1):
        for q in range(cuda.threadIdx.x, off[level + 1] - off[level], CROWN):
            begin = off[level - 1] + q * FAN_OUT
            join(T, off[level] + q, begin, lesser(off[level], begin + FAN_OUT))
        cuda.syncthreads()


def grow_branches(T, off, off_here):
    """Build all branches; `off` int64 (levels + 1,) is on the device, `off_here` its host copy."""
    level = 1
    while level < len(off_here) - 1 and off_here[level + 1] - off_here[level] > WIDE:
        below_start, level_start, level_end = (
            int(off_here[k]) for k in (level - 1, level, level + 1)
        )
        grow_level[blocks(level_end - level_start), THREADS](T, below_start, level_start, level_end)
        level += 1
    if level < len(off_here) - 1:
        grow_crown[1, CROWN](T, off, level)

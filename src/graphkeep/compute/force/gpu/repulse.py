"""Repulsion on the device, as in `force/repulse.py`: per leaf a thread for the tree walk and a warp for the sum."""

import math

import numpy as np
from numba import cuda, float32, int32

from graphkeep.compute.force.gpu.compare import greater, lesser
from graphkeep.compute.force.gpu.device import FAST
from graphkeep.compute.kernels.jit import FAN_OUT, LEAF, NEAR_CAP

STACK = 64  # each tree level adds at most three entries; enough for 4^19 leaves
WARP = 2 * LEAF


@cuda.jit(**FAST)
def refresh(T, off, it2, near, near_count, far):
    """Near lists and far expansions of all leaves; `it2` is 1 / theta^2.

    `near` int32 (leaves, NEAR_CAP) has leaves at the front and branches, taken as point masses, at the back;
    `near_count` int32 (leaves, 2) is the number of each; `far` float32 (leaves, 9) is center, expansion and reach.
    """
    stack = cuda.local.array(STACK, int32)
    zero, half, unit = np.float32(0), np.float32(0.5), np.float32(1)
    top_level = len(off) - 2
    near_limit = NEAR_CAP - FAN_OUT - (FAN_OUT - 1) * top_level  # as in `visit` of the processor
    for l in range(cuda.grid(1), len(near), cuda.gridsize(1)):
        x0, x1, y0, y1 = T[l, 4], T[l, 5], T[l, 6], T[l, 7]
        leaf_extent = T[l, 3] * it2
        mx, my = half * (x0 + x1), half * (y0 + y1)
        a0r, a0i, a1r, a1i, a2r, a2i = zero, zero, zero, zero, zero, zero
        leaf_count, mass_count, top = 0, 0, 0
        for q in range(off[top_level], off[top_level + 1]):
            stack[top] = q * 32 + top_level
            top += 1
        while top > 0:
            top -= 1
            lev, r = stack[top] & 31, stack[top] >> 5
            cx, cy = T[r, 0], T[r, 1]
            dx = greater(greater(x0 - cx, cx - x1), zero)
            dy = greater(greater(y0 - cy, cy - y1), zero)
            d2 = dx * dx + dy * dy
            is_far = T[r, 3] * it2 < d2
            is_crowded = leaf_count + mass_count + top > near_limit
            if is_far and leaf_extent < d2:
                ex, ey = mx - cx, my - cy
                q2 = unit / (ex * ex + ey * ey)
                wr, wi = ex * q2, -ey * q2
                r1, i1 = T[r, 2] * wr, T[r, 2] * wi
                a0r += r1
                a0i += i1
                r2, i2 = r1 * wr - i1 * wi, r1 * wi + i1 * wr
                a1r -= r2
                a1i -= i2
                a2r += r2 * wr - i2 * wi
                a2i += r2 * wi + i2 * wr
            elif lev == 0 and not is_far:
                near[l, leaf_count] = r
                leaf_count += 1
            elif is_far or (is_crowded and l >> (2 * lev) != r - off[lev]):
                mass_count += 1
                near[l, NEAR_CAP - mass_count] = r
            else:
                begin = off[lev - 1] + (r - off[lev]) * FAN_OUT
                for c in range(begin, lesser(off[lev], begin + FAN_OUT)):
                    stack[top] = c * 32 + lev - 1
                    top += 1
        near_count[l, 0], near_count[l, 1] = leaf_count, mass_count
        far[l, 0], far[l, 1] = mx, my
        far[l, 2], far[l, 3], far[l, 4], far[l, 5], far[l, 6], far[l, 7] = (
            a0r, a0i, a1r, a1i, a2r, a2i,
        )  # fmt: skip
        far[l, 8] = np.float32(0.6) * np.float32(math.sqrt(T[l, 3]))


@cuda.jit(device=True)
def pushed(px, py, bx, by, bm, begin, eps, gam, X, Y):
    """The sums plus the repulsion of sixteen staged sources: m q (1 + gam q) d with q = 1 / (d^2 + eps)."""
    unit = np.float32(1)
    for k in range(begin, begin + LEAF):
        dx, dy = px - bx[k], py - by[k]
        q = unit / (dx * dx + dy * dy + eps)
        strength = bm[k] * q * (unit + gam * q)
        X += strength * dx
        Y += strength * dy
    return X, Y


@cuda.jit(**FAST)
def repulse(
    sx, sy, sm, perm, T, near, near_count, far, spread, softening, short_range, force, local
):
    """Force float32 (n, 2) per unit of mass, one block of one warp per leaf.

    Each half-warp has the sixteen points and every other source; the two halves are added at the end.
    """
    bx = cuda.shared.array(WARP, float32)
    by = cuda.shared.array(WARP, float32)
    bm = cuda.shared.array(WARP, float32)
    zero = np.float32(0)
    lane = cuda.threadIdx.x
    half, t = lane // LEAF, lane % LEAF
    for l in range(cuda.blockIdx.x, len(near), cuda.gridDim.x):
        eps = (softening * spread[l]) * (softening * spread[l])
        gam = (short_range * spread[l]) * (short_range * spread[l])
        px, py = sx[l * LEAF + t], sy[l * LEAF + t]
        X, Y = zero, zero
        if half == 0:
            reach = far[l, 8]
            ex = lesser(greater(px - far[l, 0], -reach), reach)
            ey = lesser(greater(py - far[l, 1], -reach), reach)
            br = far[l, 4] + far[l, 6] * ex - far[l, 7] * ey
            bi = far[l, 5] + far[l, 6] * ey + far[l, 7] * ex
            X = far[l, 2] + br * ex - bi * ey
            Y = -(far[l, 3] + br * ey + bi * ex)
        for e in range(0, near_count[l, 0], 2):
            cuda.syncthreads()
            has_source = e + half < near_count[l, 0]
            source = near[l, e + half] * LEAF + t if has_source else l * LEAF + t
            bx[lane], by[lane] = sx[source], sy[source]
            bm[lane] = sm[source] if has_source else zero
            cuda.syncthreads()
            X, Y = pushed(px, py, bx, by, bm, half * LEAF, eps, gam, X, Y)
        for e in range(0, near_count[l, 1], WARP):
            cuda.syncthreads()
            has_source = e + lane < near_count[l, 1]
            r = near[l, NEAR_CAP - 1 - e - lane] if has_source else l
            bx[lane], by[lane] = T[r, 0], T[r, 1]
            bm[lane] = T[r, 2] if has_source else zero
            cuda.syncthreads()
            X, Y = pushed(px, py, bx, by, bm, half * LEAF, eps, gam, X, Y)
        cuda.syncthreads()
        bx[lane], by[lane] = X, Y
        cuda.syncthreads()
        if half == 0 and l * LEAF + t < len(force):
            i = perm[l * LEAF + t]
            force[i, 0] = X + bx[lane + LEAF]
            force[i, 1] = Y + by[lane + LEAF]
            local[i] = spread[l]
        cuda.syncthreads()

"""Repulsion m / d between all points: near points directly, far points through expansions.

Barnes and Hut (1986) with leaves of sixteen points; masses that are far from a leaf act through a second-order
complex Taylor expansion about its center (Greengard and Rokhlin 1987), reused for several steps.
"""

import math

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.jit import FAN_OUT, FAST, LEAF, NEAR_CAP
from graphkeep.compute.kernels.lanes import push

STACK = 512
BATCH = 2048


@njit(**FAST)
def visit(l, field, it2, stack, fx, fy, fm):
    """Fill the near list of a leaf; returns the number of far masses in fx, fy, fm.

    An entry of the near list is a leaf, or -1 - r for the total mass of tree node r: one that is far from the
    leaf's points but not from its center, or one that cannot be opened because the list is full.
    """
    T, off, near = field.tree, field.off, field.near
    x0, x1, y0, y1 = T[l, 4], T[l, 5], T[l, 6], T[l, 7]
    leaf_extent = T[l, 3] * it2
    near_count, far_count, top = 0, 0, 0
    top_level = len(off) - 2
    # Reserves list entries for everything on the stack and for the path down to the leaf itself.
    near_limit = NEAR_CAP - FAN_OUT - (FAN_OUT - 1) * top_level
    for q in range(off[top_level + 1] - off[top_level]):
        stack[top] = (off[top_level] + q) * 32 + top_level
        top += 1
    while top > 0:
        top -= 1
        lev, r = stack[top] & 31, stack[top] >> 5
        cx, cy = T[r, 0], T[r, 1]
        dx = max(max(x0 - cx, cx - x1), np.float32(0))
        dy = max(max(y0 - cy, cy - y1), np.float32(0))
        d2 = dx * dx + dy * dy
        is_far = T[r, 3] * it2 < d2
        if is_far and leaf_extent < d2 and far_count < BATCH:
            fx[far_count], fy[far_count], fm[far_count] = cx, cy, T[r, 2]
            far_count += 1
        elif lev == 0 and not is_far:
            near[l, near_count] = r
            near_count += 1
        elif is_far or (near_count + top > near_limit and l >> (2 * lev) != r - off[lev]):
            near[l, near_count] = -1 - r
            near_count += 1
        else:
            begin = off[lev - 1] + (r - off[lev]) * FAN_OUT
            for c in range(begin, min(off[lev], begin + FAN_OUT)):
                stack[top] = c * 32 + lev - 1
                top += 1
    field.near_count[l] = near_count
    return far_count


@njit(**FAST)
def expand(l, field, count, fx, fy, fm):
    """Taylor expansion of the far masses' field about the center of a leaf: value, slope and curvature."""
    T, A = field.tree, field.far
    mx = np.float32(0.5) * (T[l, 4] + T[l, 5])
    my = np.float32(0.5) * (T[l, 6] + T[l, 7])
    zero = np.float32(0)
    a0r, a0i, a1r, a1i, a2r, a2i = zero, zero, zero, zero, zero, zero
    for k in range(count):
        ex, ey = mx - fx[k], my - fy[k]
        q = np.float32(1) / (ex * ex + ey * ey)
        wr, wi = ex * q, -ey * q
        r1, i1 = fm[k] * wr, fm[k] * wi
        a0r += r1
        a0i += i1
        r2, i2 = r1 * wr - i1 * wi, r1 * wi + i1 * wr
        a1r -= r2
        a1i -= i2
        a2r += r2 * wr - i2 * wi
        a2i += r2 * wi + i2 * wr
    A[l, 0], A[l, 1] = mx, my
    A[l, 2], A[l, 3], A[l, 4], A[l, 5], A[l, 6], A[l, 7] = a0r, a0i, a1r, a1i, a2r, a2i
    A[l, 8] = np.float32(0.6) * math.sqrt(T[l, 3])


@njit(parallel=True, **FAST)
def refresh(field, theta, chunks):
    """Near lists and far expansions of all leaves; `theta` is the opening angle."""
    leaves = field.off[1]
    it2 = np.float32(1.0 / (theta * theta))
    for ch in prange(chunks):
        fx = np.empty(BATCH, np.float32)
        fy = np.empty(BATCH, np.float32)
        fm = np.empty(BATCH, np.float32)
        stack = np.empty(STACK, np.int64)
        for l in range(np.int64(ch) * leaves // chunks, np.int64(ch + 1) * leaves // chunks):
            count = visit(l, field, it2, stack, fx, fy, fm)
            expand(l, field, count, fx, fy, fm)


@njit(**FAST)
def scatter(l, perm, sum_x, sum_y, spread, force, local):
    """Write the sums of a leaf, and its spacing, to its points."""
    n = len(force)
    for t in range(min(LEAF, n - l * LEAF)):
        i = perm[l * LEAF + t]
        force[i, 0] = sum_x[t]
        force[i, 1] = sum_y[t]
        local[i] = spread


@njit(parallel=True, **FAST)
def repulse(field, softening, short_range, force, local, chunks):
    """Force float32 (n, 2) per unit of mass, from near lists and expansions.

    `softening` of the singularity and reach `short_range` of the short-range term are in spacings of the leaf.
    """
    leaves = field.off[1]
    sx, sy, sm, T, A = field.sx, field.sy, field.sm, field.tree, field.far
    for ch in prange(chunks):
        bx = np.empty(NEAR_CAP, np.float32)
        by = np.empty(NEAR_CAP, np.float32)
        bm = np.empty(NEAR_CAP, np.float32)
        sum_x = np.empty(LEAF, np.float32)
        sum_y = np.empty(LEAF, np.float32)
        for l in range(np.int64(ch) * leaves // chunks, np.int64(ch + 1) * leaves // chunks):
            eps = (softening * field.spread[l]) ** 2
            gam = (short_range * field.spread[l]) ** 2
            mx, my, reach = A[l, 0], A[l, 1], A[l, 8]
            for t in range(LEAF):
                ex = min(max(sx[l * LEAF + t] - mx, -reach), reach)
                ey = min(max(sy[l * LEAF + t] - my, -reach), reach)
                br = A[l, 4] + A[l, 6] * ex - A[l, 7] * ey
                bi = A[l, 5] + A[l, 6] * ey + A[l, 7] * ex
                sum_x[t] = A[l, 2] + br * ex - bi * ey
                sum_y[t] = -(A[l, 3] + br * ey + bi * ex)
            count = 0
            for e in range(field.near_count[l]):
                r = field.near[l, e]
                if r < 0:
                    r = -1 - r
                    bx[count], by[count], bm[count] = T[r, 0], T[r, 1], T[r, 2]
                    count += 1
                else:
                    push(
                        sx,
                        sy,
                        l * LEAF,
                        sx,
                        sy,
                        sm,
                        r * LEAF,
                        r * LEAF + LEAF,
                        eps,
                        gam,
                        sum_x,
                        sum_y,
                    )
            push(sx, sy, l * LEAF, bx, by, bm, 0, count, eps, gam, sum_x, sum_y)
            scatter(l, field.perm, sum_x, sum_y, field.spread[l], force, local)


@njit(**FAST)
def repulse_directly(pos, mass, field, spacing, softening, short_range, force, local):
    """The same by direct summation of all pairs in one thread, for graphs of a few hundred nodes."""
    n = len(pos)
    sx, sy, sm = field.sx, field.sy, field.sm
    for i in range(n):
        sx[i], sy[i], sm[i] = pos[i, 0], pos[i, 1], mass[i]
    eps = (softening * spacing) ** 2
    gam = (short_range * spacing) ** 2
    sum_x = np.empty(LEAF, np.float32)
    sum_y = np.empty(LEAF, np.float32)
    for l in range(field.off[1]):
        sum_x[:] = 0
        sum_y[:] = 0
        push(sx, sy, l * LEAF, sx, sy, sm, 0, n, eps, gam, sum_x, sum_y)
        scatter(l, field.perm, sum_x, sum_y, spacing, force, local)

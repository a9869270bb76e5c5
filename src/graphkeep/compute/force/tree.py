"""An implicit 4-ary tree over Hilbert-sorted leaves of sixteen points: arrays only, no pointers.

After Warren and Salmon (1993), with the Hilbert curve instead of Morton order.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from graphkeep.compute.kernels.jit import FAN_OUT, FAST, LEAF, NEAR_CAP


class Field(NamedTuple):
    """Buffers for the repulsion of n points, reused between steps.

    `off` int64 (levels + 1,): offset of each tree level, leaves first. `tree` float32 (nodes, 8):
    center of mass, mass, squared size, box x0 x1 y0 y1. `sx, sy, sm` float32 (16 leaves,): points and
    masses in curve order `perm`. `near` int32 (leaves, NEAR_CAP): near list of each leaf. `far`
    float32 (leaves, 9): expansion of the far masses. `spread` float32 (leaves,): spacing inside a leaf.
    """

    off: npt.NDArray[np.int64]
    tree: npt.NDArray[np.float32]
    key: npt.NDArray[np.uint32]
    spare_key: npt.NDArray[np.uint32]
    perm: npt.NDArray[np.int32]
    spare_perm: npt.NDArray[np.int32]
    sx: npt.NDArray[np.float32]
    sy: npt.NDArray[np.float32]
    sm: npt.NDArray[np.float32]
    near: npt.NDArray[np.int32]
    near_count: npt.NDArray[np.int32]
    far: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]


def field_of(n: int, *, with_tree: bool) -> Field:
    """Buffers for n points; without a tree, for direct summation only."""
    off = tree_shape(n)
    leaves = int(off[1])
    nodes = int(off[-1]) if with_tree else 1
    lists = leaves if with_tree else 1
    sx, sy, sm = (np.zeros(leaves * LEAF, np.float32) for _ in range(3))
    return Field(
        off, np.zeros((nodes, 8), np.float32), np.zeros(n, np.uint32), np.zeros(n, np.uint32),
        np.arange(n, dtype=np.int32), np.zeros(n, np.int32), sx, sy, sm,
        np.zeros((lists, NEAR_CAP), np.int32), np.zeros(lists, np.int32),
        np.zeros((lists, 9), np.float32), np.ones(leaves, np.float32),
    )  # fmt: skip


def tree_shape(n: int) -> npt.NDArray[np.int64]:
    sizes = [max(1, (n + LEAF - 1) // LEAF)]
    while sizes[-1] > FAN_OUT:
        sizes.append((sizes[-1] + FAN_OUT - 1) // FAN_OUT)
    return np.concatenate(([0], np.cumsum(sizes)))


@njit(parallel=True, **FAST)
def hilbert_keys(pos, x0, y0, inv, key):
    """Hilbert index of each point on a 65,536 x 65,536 grid; `inv` is cells per unit."""
    for i in prange(len(pos)):
        a = np.uint32(min(65535.0, max(0.0, (pos[i, 0] - x0) * inv)))
        b = np.uint32(min(65535.0, max(0.0, (pos[i, 1] - y0) * inv)))
        d = np.uint32(0)
        s = np.uint32(32768)
        while s > 0:
            rx = np.uint32(1) if (a & s) else np.uint32(0)
            ry = np.uint32(1) if (b & s) else np.uint32(0)
            d = (d << np.uint32(2)) | ((np.uint32(3) * rx) ^ ry)
            if ry == 0:
                if rx == 1:
                    a = np.uint32(65535) - a
                    b = np.uint32(65535) - b
                t = a
                a = b
                b = t
            s >>= np.uint32(1)
        key[i] = d


@njit(**FAST)
def radix(key, perm, spare_key, spare_perm):
    """Radix sort by `key` in three passes of eleven bits; `perm` becomes the order of the points."""
    n = len(key)
    h = np.zeros((3, 2048), np.int64)
    for i in range(n):
        v = key[i]
        h[0, v & 2047] += 1
        h[1, (v >> 11) & 2047] += 1
        h[2, v >> 22] += 1
    for p in range(3):
        s = 0
        for b in range(2048):
            c = h[p, b]
            h[p, b] = s
            s += c
    for i in range(n):
        v = key[i]
        o = h[0, v & 2047]
        h[0, v & 2047] += 1
        spare_key[o] = v
        spare_perm[o] = i
    for i in range(n):
        v = spare_key[i]
        b = (v >> 11) & 2047
        o = h[1, b]
        h[1, b] += 1
        key[o] = v
        perm[o] = spare_perm[i]
    for i in range(n):
        v = key[i]
        o = h[2, v >> 22]
        h[2, v >> 22] += 1
        spare_key[o] = v
        spare_perm[o] = perm[i]
    perm[:] = spare_perm


@njit(**FAST)
def sort_along_curve(pos, field):
    x0, x1, y0, y1 = pos[0, 0], pos[0, 0], pos[0, 1], pos[0, 1]
    for i in range(len(pos)):
        x0, x1 = min(x0, pos[i, 0]), max(x1, pos[i, 0])
        y0, y1 = min(y0, pos[i, 1]), max(y1, pos[i, 1])
    inv = np.float32(65535.0 / max(x1 - x0, y1 - y0, np.float32(1e-20)))
    hilbert_keys(pos, x0, y0, inv, field.key)
    radix(field.key, field.perm, field.spare_key, field.spare_perm)


@njit(parallel=True, **FAST)
def gather(pos, mass, perm, sx, sy, sm):
    """Points and masses in curve order; the last leaf is padded with massless points."""
    n = len(pos)
    for l in prange(len(sx) // LEAF):
        begin = np.int64(l) * LEAF
        for t in range(begin, begin + LEAF):
            i = perm[min(t, n - 1)]
            sx[t] = pos[i, 0]
            sy[t] = pos[i, 1]
            sm[t] = mass[i] if t < n else np.float32(0)


@njit(parallel=True, **FAST)
def grow_leaves(sx, sy, sm, T, spread, least):
    """Boxes and moments of the leaves; `least` is the minimum spacing inside a leaf."""
    for l in prange(len(spread)):
        M, X, Y = np.float32(0), np.float32(0), np.float32(0)
        x0, x1 = np.float32(1e30), np.float32(-1e30)
        y0, y1 = np.float32(1e30), np.float32(-1e30)
        for t in range(l * LEAF, l * LEAF + LEAF):
            M += sm[t]
            X += sm[t] * sx[t]
            Y += sm[t] * sy[t]
            x0, x1 = min(x0, sx[t]), max(x1, sx[t])
            y0, y1 = min(y0, sy[t]), max(y1, sy[t])
        s = max(x1 - x0, y1 - y0)
        T[l, 0], T[l, 1], T[l, 2], T[l, 3] = X / M, Y / M, M, s * s
        T[l, 4], T[l, 5], T[l, 6], T[l, 7] = x0, x1, y0, y1
        spread[l] = max(np.sqrt((x1 - x0) * (y1 - y0)) * np.float32(0.3), least)


@njit(**FAST)
def grow_branches(field):
    T, off = field.tree, field.off
    for lev in range(1, len(off) - 1):
        c0, c1 = off[lev - 1], off[lev]
        for q in range(off[lev + 1] - c1):
            M, X, Y = np.float32(0), np.float32(0), np.float32(0)
            x0, x1 = np.float32(1e30), np.float32(-1e30)
            y0, y1 = np.float32(1e30), np.float32(-1e30)
            for c in range(c0 + q * FAN_OUT, min(c1, c0 + q * FAN_OUT + FAN_OUT)):
                M += T[c, 2]
                X += T[c, 2] * T[c, 0]
                Y += T[c, 2] * T[c, 1]
                x0, x1 = min(x0, T[c, 4]), max(x1, T[c, 5])
                y0, y1 = min(y0, T[c, 6]), max(y1, T[c, 7])
            s = max(x1 - x0, y1 - y0)
            r = c1 + q
            T[r, 0], T[r, 1], T[r, 2], T[r, 3] = X / M, Y / M, M, s * s
            T[r, 4], T[r, 5], T[r, 6], T[r, 7] = x0, x1, y0, y1

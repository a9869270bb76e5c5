"""An implicit 4-ary tree over Hilbert-sorted leaves: arrays only, no pointers, no recursion."""

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.options import FAN_OUT, LEAF, OPTIONS


@njit(parallel=True, **OPTIONS)
def hilbert_keys(x, y, x0, y0, inv, key):
    for i in prange(len(x)):
        a = np.uint32(min(65535.0, max(0.0, (x[i] - x0) * inv)))
        b = np.uint32(min(65535.0, max(0.0, (y[i] - y0) * inv)))
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


@njit(**OPTIONS)
def radix(key, perm, k2, p2):
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
        b = v & 2047
        o = h[0, b]
        h[0, b] += 1
        k2[o] = v
        p2[o] = i
    for i in range(n):
        v = k2[i]
        b = (v >> 11) & 2047
        o = h[1, b]
        h[1, b] += 1
        key[o] = v
        perm[o] = p2[i]
    for i in range(n):
        v = key[i]
        b = v >> 22
        o = h[2, b]
        h[2, b] += 1
        k2[o] = v
        p2[o] = perm[i]
    for i in range(n):
        perm[i] = p2[i]


def tree_shape(n):
    sizes = [(n + LEAF - 1) // LEAF]
    while sizes[-1] > FAN_OUT:
        sizes.append((sizes[-1] + FAN_OUT - 1) // FAN_OUT)
    off = np.zeros(len(sizes) + 1, np.int64)
    off[1:] = np.cumsum(sizes)
    return off


@njit(parallel=True, **OPTIONS)
def build(x, y, m, perm, sx, sy, sm, off, T):
    """Sorted copies, then node moments bottom-up.
    T[k] = (cx, cy, mass, size^2, x0, x1, y0, y1)
    """
    n = len(x)
    nl = off[1]
    for l in prange(nl):
        a = l * LEAF
        b = min(n, a + LEAF)
        M = np.float32(0)
        X = np.float32(0)
        Y = np.float32(0)
        x0 = np.float32(1e30)
        x1 = np.float32(-1e30)
        y0 = np.float32(1e30)
        y1 = np.float32(-1e30)
        for t in range(a, b):
            i = perm[t]
            px = x[i]
            py = y[i]
            w = m[i]
            sx[t] = px
            sy[t] = py
            sm[t] = w
            M += w
            X += w * px
            Y += w * py
            x0 = min(x0, px)
            x1 = max(x1, px)
            y0 = min(y0, py)
            y1 = max(y1, py)
        s = max(x1 - x0, y1 - y0)
        T[l, 0] = X / M
        T[l, 1] = Y / M
        T[l, 2] = M
        T[l, 3] = s * s
        T[l, 4] = x0
        T[l, 5] = x1
        T[l, 6] = y0
        T[l, 7] = y1
    for lev in range(1, len(off) - 1):
        c0 = off[lev - 1]
        c1 = off[lev]
        for q in range(off[lev + 1] - c1):
            M = np.float32(0)
            X = np.float32(0)
            Y = np.float32(0)
            x0 = np.float32(1e30)
            x1 = np.float32(-1e30)
            y0 = np.float32(1e30)
            y1 = np.float32(-1e30)
            for c in range(c0 + q * FAN_OUT, min(c1, c0 + q * FAN_OUT + FAN_OUT)):
                w = T[c, 2]
                M += w
                X += w * T[c, 0]
                Y += w * T[c, 1]
                x0 = min(x0, T[c, 4])
                x1 = max(x1, T[c, 5])
                y0 = min(y0, T[c, 6])
                y1 = max(y1, T[c, 7])
            s = max(x1 - x0, y1 - y0)
            r = c1 + q
            T[r, 0] = X / M
            T[r, 1] = Y / M
            T[r, 2] = M
            T[r, 3] = s * s
            T[r, 4] = x0
            T[r, 5] = x1
            T[r, 6] = y0
            T[r, 7] = y1

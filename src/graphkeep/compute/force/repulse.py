"""Repulsion m/d after Barnes and Hut (1986): near lists, and a second-order expansion of what is far."""

import math

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.options import FAN_OUT, LEAF, NEAR_CAP, OPTIONS


@njit(parallel=True, **OPTIONS)
def refresh(n, off, T, theta, near, nnear, A, chunks):
    """Per leaf: near list (leaf id, or -1 - node id for a single mass) and far expansion
    A[l] = (zx, zy, a0r, a0i, a1r, a1i, a2r, a2i) about the centre of the leaf box.
    """
    nl = off[1]
    nlev = len(off) - 1
    it2 = np.float32(1.0 / (theta * theta))
    per = (nl + chunks - 1) // chunks
    for ch in prange(chunks):
        fx = np.empty(2048, np.float32)
        fy = np.empty(2048, np.float32)
        fm = np.empty(2048, np.float32)
        st = np.empty(512, np.int64)
        for l in range(ch * per, min(nl, ch * per + per)):
            gx0 = T[l, 4]
            gx1 = T[l, 5]
            gy0 = T[l, 6]
            gy1 = T[l, 7]
            mx = np.float32(0.5) * (gx0 + gx1)
            my = np.float32(0.5) * (gy0 + gy1)
            h = T[l, 3] * it2
            K = 0
            Q = 0
            sp = 0
            lev = nlev - 1
            a0r = np.float32(0)
            a0i = np.float32(0)
            a1r = np.float32(0)
            a1i = np.float32(0)
            a2r = np.float32(0)
            a2i = np.float32(0)
            for q in range(off[lev + 1] - off[lev]):
                st[sp] = (off[lev] + q) * 32 + lev
                sp += 1
            while sp > 0:
                sp -= 1
                v = st[sp]
                lv = v & 31
                r = v >> 5
                cx = T[r, 0]
                cy = T[r, 1]
                dx = max(max(gx0 - cx, cx - gx1), np.float32(0))
                dy = max(max(gy0 - cy, cy - gy1), np.float32(0))
                d2 = dx * dx + dy * dy
                if T[r, 3] * it2 < d2:
                    if h < d2 or K >= NEAR_CAP:
                        fx[Q] = cx
                        fy[Q] = cy
                        fm[Q] = T[r, 2]
                        Q += 1
                    else:
                        near[l, K] = -1 - r
                        K += 1
                elif lv == 0:
                    if K < NEAR_CAP:
                        near[l, K] = r
                        K += 1
                    elif d2 > 0:
                        fx[Q] = cx
                        fy[Q] = cy
                        fm[Q] = T[r, 2]
                        Q += 1
                else:
                    c0 = off[lv - 1]
                    q = r - off[lv]
                    for c in range(c0 + q * FAN_OUT, min(off[lv], c0 + q * FAN_OUT + FAN_OUT)):
                        st[sp] = c * 32 + lv - 1
                        sp += 1
                if Q >= 2040 or sp == 0:
                    for k in range(Q):
                        ex = mx - fx[k]
                        ey = my - fy[k]
                        q2 = np.float32(1) / (ex * ex + ey * ey)
                        wr = ex * q2
                        wi = -ey * q2
                        r1 = fm[k] * wr
                        i1 = fm[k] * wi
                        a0r += r1
                        a0i += i1
                        r2 = r1 * wr - i1 * wi
                        i2 = r1 * wi + i1 * wr
                        a1r -= r2
                        a1i -= i2
                        a2r += r2 * wr - i2 * wi
                        a2i += r2 * wi + i2 * wr
                    Q = 0
            nnear[l] = K
            A[l, 0] = mx
            A[l, 1] = my
            A[l, 2] = a0r
            A[l, 3] = a0i
            A[l, 4] = a1r
            A[l, 5] = a1i
            A[l, 6] = a2r
            A[l, 7] = a2i
            A[l, 8] = np.float32(0.6) * math.sqrt(T[l, 3])


@njit(parallel=True, **OPTIONS)
def nearfield(n, sx, sy, perm, sm, off, T, near, nnear, A, eps, gam, FX, FY, chunks):
    nl = off[1]
    per = (nl + chunks - 1) // chunks
    for ch in prange(chunks):
        bx = np.empty((NEAR_CAP + 1) * LEAF, np.float32)
        by = np.empty((NEAR_CAP + 1) * LEAF, np.float32)
        bm = np.empty((NEAR_CAP + 1) * LEAF, np.float32)
        for l in range(ch * per, min(nl, ch * per + per)):
            K = 0
            for e in range(nnear[l]):
                r = near[l, e]
                if r < 0:
                    r = -1 - r
                    bx[K] = T[r, 0]
                    by[K] = T[r, 1]
                    bm[K] = T[r, 2]
                    K += 1
                else:
                    a = r * LEAF
                    for t in range(a, min(n, a + LEAF)):
                        bx[K] = sx[t]
                        by[K] = sy[t]
                        bm[K] = sm[t]
                        K += 1
            mx = A[l, 0]
            my = A[l, 1]
            hx = A[l, 8]
            a = l * LEAF
            for t in range(a, min(n, a + LEAF)):
                px = sx[t]
                py = sy[t]
                X = np.float32(0)
                Y = np.float32(0)
                for k in range(K):
                    dx = px - bx[k]
                    dy = py - by[k]
                    q2 = np.float32(1) / (dx * dx + dy * dy + eps)
                    w = bm[k] * q2 * (np.float32(1) + gam * q2)
                    X += w * dx
                    Y += w * dy
                ex = min(max(px - mx, -hx), hx)
                ey = min(max(py - my, -hx), hx)
                br = A[l, 4] + A[l, 6] * ex - A[l, 7] * ey
                bi = A[l, 5] + A[l, 6] * ey + A[l, 7] * ex
                X += A[l, 2] + br * ex - bi * ey
                Y -= A[l, 3] + br * ey + bi * ex
                i = perm[t]
                FX[i] = X
                FY[i] = Y


@njit(parallel=True, **OPTIONS)
def direct(n, x, y, m, eps, gam, FX, FY):
    for i in prange(n):
        X = np.float32(0)
        Y = np.float32(0)
        px = x[i]
        py = y[i]
        for j in range(n):
            dx = px - x[j]
            dy = py - y[j]
            q2 = np.float32(1) / (dx * dx + dy * dy + eps)
            w = m[j] * q2 * (np.float32(1) + gam * q2)
            X += w * dx
            Y += w * dy
        FX[i] = X
        FY[i] = Y

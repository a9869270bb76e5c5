"""Attraction along edges and one diagonally scaled step; the way down from a coarse level."""

import math

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.options import OPTIONS


@njit(parallel=True, **OPTIONS)
def move(
    n,
    ptr,
    idx,
    w,
    x,
    y,
    nx,
    ny,
    m,
    FX,
    FY,
    vx,
    vy,
    kr,
    grav,
    omega,
    beta,
    tmax,
    mode,
    L,
    chunks,
    stat,
):
    """Attraction gathered from CSR, fused with a diagonally scaled step with momentum."""
    per = (n + chunks - 1) // chunks
    for ch in prange(chunks):
        mv = 0.0
        for i in range(ch * per, min(n, ch * per + per)):
            px = x[i]
            py = y[i]
            ax = np.float32(0)
            ay = np.float32(0)
            D = np.float32(0)
            if mode == 0:
                for e in range(ptr[i], ptr[i + 1]):
                    j = idx[e]
                    ww = w[e]
                    ax += ww * x[j]
                    ay += ww * y[j]
                    D += ww
                ax -= D * px
                ay -= D * py
            elif mode == 1:  # linlog-like: log(1+d)/d
                for e in range(ptr[i], ptr[i + 1]):
                    j = idx[e]
                    dx = x[j] - px
                    dy = y[j] - py
                    d = math.sqrt(dx * dx + dy * dy) + np.float32(1e-9)
                    ww = w[e] * math.log(np.float32(1) + d / L) * L / d
                    ax += ww * dx
                    ay += ww * dy
                    D += ww
            elif mode == 3:  # bounded: 1/(1+(d/L)^2)
                for e in range(ptr[i], ptr[i + 1]):
                    j = idx[e]
                    dx = x[j] - px
                    dy = y[j] - py
                    ww = w[e] / (np.float32(1) + (dx * dx + dy * dy) / (L * L))
                    ax += ww * dx
                    ay += ww * dy
                    D += ww
            else:  # FR: d/L
                for e in range(ptr[i], ptr[i + 1]):
                    j = idx[e]
                    dx = x[j] - px
                    dy = y[j] - py
                    ww = w[e] * math.sqrt(dx * dx + dy * dy) / L
                    ax += ww * dx
                    ay += ww * dy
                    D += ww
            mi = m[i]
            g = grav * mi
            fx = ax + kr * mi * FX[i] - g * px
            fy = ay + kr * mi * FY[i] - g * py
            s = omega / (D + g + np.float32(1e-20))
            dx = fx * s + beta * vx[i]
            dy = fy * s + beta * vy[i]
            d = math.sqrt(dx * dx + dy * dy)
            if d > tmax:
                dx *= tmax / d
                dy *= tmax / d
                d = tmax
            vx[i] = dx
            vy[i] = dy
            nx[i] = px + dx
            ny[i] = py + dy
            mv += d
        stat[ch] = mv


@njit(parallel=True, **OPTIONS)
def prolong(n, ptr, idx, w, lab, cx, cy, csize, seed, rad, x, y):
    """Start at the mean of own and neighbouring coarse positions, plus jitter."""
    for i in prange(n):
        c = lab[i]
        X = np.float32(0)
        Y = np.float32(0)
        W = np.float32(0)
        for e in range(ptr[i], min(ptr[i + 1], ptr[i] + 64)):
            d = lab[idx[e]]
            X += w[e] * cx[d]
            Y += w[e] * cy[d]
            W += w[e]
        h = np.uint64(i) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed) * np.uint64(
            0xBF58476D1CE4E5B9
        )
        h ^= h >> np.uint64(31)
        h *= np.uint64(0x94D049BB133111EB)
        h ^= h >> np.uint64(29)
        u = np.float32(h & np.uint64(0xFFFFFF)) / np.float32(16777216.0)
        v = np.float32((h >> np.uint64(24)) & np.uint64(0xFFFFFF)) / np.float32(16777216.0)
        r = rad * math.sqrt(u)
        a = np.float32(6.2831853) * v
        if W > 0 and csize[c] > 1:
            x[i] = np.float32(0.5) * (cx[c] + X / W) + r * math.cos(a)
            y[i] = np.float32(0.5) * (cy[c] + Y / W) + r * math.sin(a)
        else:
            x[i] = cx[c] + r * math.cos(a) * np.float32(0.1)
            y[i] = cy[c] + r * math.sin(a) * np.float32(0.1)

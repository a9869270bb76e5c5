"""Connected components, and the layout of the many small ones in one go."""

import math

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.options import OPTIONS

SMALL = 200


@njit(**OPTIONS)
def components(n, edges):
    """int32 (n,): the component of each node, counted from 0 in order of first sight."""
    parent = np.arange(n).astype(np.int32)
    for k in range(len(edges)):
        a = edges[k, 0]
        b = edges[k, 1]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            if a < b:
                parent[b] = a
            else:
                parent[a] = b
    label = np.full(n, -1, np.int32)
    count = 0
    for i in range(n):
        root = i
        while parent[root] != root:
            root = parent[root]
        if label[root] < 0:
            label[root] = count
            count += 1
        label[i] = label[root]
    return label


@njit(parallel=True, **OPTIONS)
def place_small(starts, ptr, idx, w, seed, x, y):
    """Every component of up to 200 nodes by direct sums, one to a task; nodes lie together."""
    for c in prange(len(starts) - 1):
        a = starts[c]
        n = starts[c + 1] - a
        if n == 1:
            x[a] = 0.0
            y[a] = 0.0
            continue
        vx = np.zeros(n, np.float32)
        vy = np.zeros(n, np.float32)
        gx = np.empty(n, np.float32)
        gy = np.empty(n, np.float32)
        for i in range(n):
            h = np.uint64(a + i + 1) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
            h ^= h >> np.uint64(31)
            h *= np.uint64(0x94D049BB133111EB)
            h ^= h >> np.uint64(29)
            jitter = np.float32(h & np.uint64(0xFFFFFF)) / np.float32(16777216.0)
            angle = np.float32(2.399963) * np.float32(i)
            radius = math.sqrt(np.float32(i) + 0.3 + 0.4 * jitter)
            x[a + i] = radius * math.cos(angle)
            y[a + i] = radius * math.sin(angle)
        steps = 150 if n > 3 else 60
        for step in range(steps):
            top = np.float32(1.2 * math.exp(-4.0 * step / steps))
            for i in range(n):
                px = x[a + i]
                py = y[a + i]
                fx = np.float32(0)
                fy = np.float32(0)
                mass = np.float32(ptr[a + i + 1] - ptr[a + i] + 1)
                for j in range(n):
                    dx = px - x[a + j]
                    dy = py - y[a + j]
                    q = np.float32(1) / (dx * dx + dy * dy + np.float32(0.01))
                    other = np.float32(ptr[a + j + 1] - ptr[a + j] + 1)
                    r = np.float32(0.35) * mass * other * q * (np.float32(1) + q)
                    fx += r * dx
                    fy += r * dy
                total = np.float32(0.02) * mass
                fx -= total * px
                fy -= total * py
                for e in range(ptr[a + i], ptr[a + i + 1]):
                    j = idx[e]
                    fx += w[e] * (x[j] - px)
                    fy += w[e] * (y[j] - py)
                    total += w[e]
                gx[i] = np.float32(0.7) * fx / total
                gy[i] = np.float32(0.7) * fy / total
            for i in range(n):
                dx = gx[i] + np.float32(0.4) * vx[i]
                dy = gy[i] + np.float32(0.4) * vy[i]
                d = math.sqrt(dx * dx + dy * dy)
                if d > top:
                    dx *= top / d
                    dy *= top / d
                vx[i] = dx
                vy[i] = dy
                x[a + i] += dx
                y[a + i] += dy

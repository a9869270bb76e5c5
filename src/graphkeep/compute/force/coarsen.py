"""Multilevel coarsening: size-capped clusters, then two-hop groups; masses and weights add up.

After Walshaw (2003) and Meyerhenke, Nöllenburg and Schulz (2018).
"""

import math

import numpy as np
from numba import njit

from graphkeep.compute.kernels.options import OPTIONS


@njit(**OPTIONS)
def csr_from_edges(n, eu, ev, ew):
    deg = np.zeros(n + 1, np.int64)
    m = len(eu)
    for k in range(m):
        deg[eu[k] + 1] += 1
        deg[ev[k] + 1] += 1
    for i in range(n):
        deg[i + 1] += deg[i]
    pos = deg[:-1].copy()
    idx = np.empty(2 * m, np.int32)
    w = np.empty(2 * m, np.float32)
    for k in range(m):
        u, v = eu[k], ev[k]
        idx[pos[u]] = v
        w[pos[u]] = ew[k]
        pos[u] += 1
        idx[pos[v]] = u
        w[pos[v]] = ew[k]
        pos[v] += 1
    return deg, idx, w


@njit(**OPTIONS)
def cluster(n, ptr, idx, w, size, cap, seed):
    """Size-capped clustering in one pass (rating w / sqrt(size)), then two-hop grouping.
    Returns cluster ids 0..k-1.
    """
    lab = np.arange(n).astype(np.int32)
    csz = size.copy()
    done = np.zeros(n, np.uint8)
    # order: low degree first (bucket by log2 degree), pseudo-random inside
    order = np.empty(n, np.int32)
    key = np.empty(n, np.int32)
    cnt = np.zeros(34, np.int64)
    for i in range(n):
        d = ptr[i + 1] - ptr[i]
        b = 0
        while d > 0:
            d >>= 1
            b += 1
        key[i] = b
        cnt[b + 1] += 1
    for b in range(33):
        cnt[b + 1] += cnt[b]
    step = 0x9E3779B1 % n
    while step == 0 or math.gcd(step, n) != 1:
        step = (step + 1) % n
        if n == 1:
            break
    j = seed % n
    for t in range(n):
        order[cnt[key[j]]] = j
        cnt[key[j]] += 1
        j = (j + step) % n
    fav = np.full(n, -1, np.int32)
    for t in range(n):
        i = order[t]
        if done[i]:
            continue
        best = -1.0
        bj = -1
        fb = -1.0
        fj = -1
        for e in range(ptr[i], ptr[i + 1]):
            v = idx[e]
            c = lab[v]
            if c == i:
                continue
            r = w[e] / math.sqrt(size[v] * 1.0)
            if r > fb:
                fb = r
                fj = v
            if csz[c] + size[i] <= cap:
                r2 = w[e] / csz[c]
                if r2 > best:
                    best = r2
                    bj = c
        if bj >= 0 and csz[i] == size[i] and lab[i] == i:
            lab[i] = bj
            csz[bj] += size[i]
            done[i] = 1
            done[bj] = 1
        elif fj >= 0:
            fav[i] = fj
    # two-hop: leftover singletons that share a favourite
    open_ = np.full(n, -1, np.int32)
    for i in range(n):
        if lab[i] == i and csz[i] == size[i] and done[i] == 0 and fav[i] >= 0:
            f = fav[i]
            o = open_[f]
            if o >= 0 and csz[o] + size[i] <= cap:
                lab[i] = o
                csz[o] += size[i]
            else:
                open_[f] = i
    new = np.full(n, -1, np.int32)
    k = 0
    for i in range(n):
        c = lab[i]
        if new[c] < 0:
            new[c] = k
            k += 1
    for i in range(n):
        lab[i] = new[lab[i]]
    return lab, k


@njit(**OPTIONS)
def contract(n, ptr, idx, w, lab, k, size, mass):
    csize = np.zeros(k, np.int32)
    cmass = np.zeros(k, np.float32)
    head = np.zeros(k + 1, np.int64)
    for i in range(n):
        csize[lab[i]] += size[i]
        cmass[lab[i]] += mass[i]
        head[lab[i] + 1] += 1
    for c in range(k):
        head[c + 1] += head[c]
    member = np.empty(n, np.int32)
    p = head[:-1].copy()
    for i in range(n):
        member[p[lab[i]]] = i
        p[lab[i]] += 1
    nptr = np.zeros(k + 1, np.int64)
    nidx = np.empty(len(idx), np.int32)
    nw = np.empty(len(idx), np.float32)
    slot = np.full(k, -1, np.int64)
    o = 0
    for c in range(k):
        start = o
        for t in range(head[c], head[c + 1]):
            i = member[t]
            for e in range(ptr[i], ptr[i + 1]):
                d = lab[idx[e]]
                if d == c:
                    continue
                s = slot[d]
                if s >= start:
                    nw[s] += w[e]
                else:
                    slot[d] = o
                    nidx[o] = d
                    nw[o] = w[e]
                    o += 1
        nptr[c + 1] = o
    return nptr, nidx[:o].copy(), nw[:o].copy(), csize, cmass


@njit(**OPTIONS)
def permute_csr(n, ptr, idx, w, rank):
    nptr = np.zeros(n + 1, np.int64)
    inv = np.empty(n, np.int64)
    for i in range(n):
        inv[rank[i]] = i
    for j in range(n):
        i = inv[j]
        nptr[j + 1] = nptr[j] + ptr[i + 1] - ptr[i]
    nidx = np.empty(len(idx), np.int32)
    nw = np.empty(len(w), np.float32)
    for j in range(n):
        i = inv[j]
        o = nptr[j]
        for e in range(ptr[i], ptr[i + 1]):
            nidx[o] = rank[idx[e]]
            nw[o] = w[e]
            o += 1
    return nptr, nidx, nw

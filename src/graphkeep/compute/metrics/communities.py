"""Communities by the Louvain method (Blondel et al. 2008), one local pass at a time."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.coarsen import contract, csr_from_edges
from graphkeep.compute.kernels.options import OPTIONS

MOST_LEVELS = 12
PASSES = 8


@njit(**OPTIONS)
def local_moves(n, ptr, idx, w, loops, order, passes):
    """int32 (n,): each node in the neighbouring community that gains most modularity."""
    label = np.arange(n).astype(np.int32)
    strength = np.zeros(n, np.float64)
    total = 0.0
    for i in range(n):
        s = loops[i]
        for e in range(ptr[i], ptr[i + 1]):
            s += w[e]
        strength[i] = s
        total += s
    inside = strength.copy()
    link = np.zeros(n, np.float64)
    seen = np.empty(n, np.int32)
    for p in range(passes):
        moved = 0
        for t in range(n):
            i = order[t]
            count = 0
            for e in range(ptr[i], ptr[i + 1]):
                c = label[idx[e]]
                if link[c] == 0.0:
                    seen[count] = c
                    count += 1
                link[c] += w[e]
            own = label[i]
            inside[own] -= strength[i]
            best = own
            best_gain = link[own] - strength[i] * inside[own] / total
            for q in range(count):
                c = seen[q]
                gain = link[c] - strength[i] * inside[c] / total
                if gain > best_gain + 1e-12 or (gain > best_gain - 1e-12 and c < best):
                    best_gain = gain
                    best = c
            for q in range(count):
                link[seen[q]] = 0.0
            link[own] = 0.0
            inside[best] += strength[i]
            if best != own:
                label[i] = best
                moved += 1
        if moved <= n // 1000:
            break
    return label


def communities(n: int, edges: npt.NDArray[np.integer], *, seed: int = 0) -> npt.NDArray[np.int32]:
    """int32 (n,): the community of each node; 0 is the largest. Directions and weights play no part."""
    if n == 0:
        return np.empty(0, np.int32)
    ends = np.ascontiguousarray(edges, np.int32)
    apart = ends[:, 0] != ends[:, 1]
    u, v = np.ascontiguousarray(ends[apart, 0]), np.ascontiguousarray(ends[apart, 1])
    if len(u) == 0:  # nobody is tied to anybody
        return np.arange(n, dtype=np.int32)
    ptr, idx, w = csr_from_edges(n, u, v, np.ones(len(u), np.float32))
    label: Any = np.arange(n, dtype=np.int32)
    loops: Any = np.zeros(n, np.float64)
    ones = np.ones(n, np.int32)
    rng = np.random.default_rng(seed)
    for _ in range(MOST_LEVELS):
        here = len(ptr) - 1
        found = local_moves(here, ptr, idx, w, loops, rng.permutation(here), PASSES)
        _, dense = np.unique(found, return_inverse=True)
        dense = dense.astype(np.int32)
        count = int(dense.max()) + 1
        label = dense[label]
        if count == here:
            break
        rows = np.repeat(np.arange(here), np.diff(ptr))
        same = dense[rows] == dense[idx]
        kept = np.bincount(dense, weights=loops, minlength=count)
        kept += np.bincount(dense[rows[same]], weights=w[same], minlength=count)
        ptr, idx, w, ones, _mass = contract(
            here, ptr, idx, w, dense, count, ones, np.ones(here, np.float32)
        )
        loops = kept
    sizes = np.bincount(label)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(len(sizes), np.int32)
    rank[order] = np.arange(len(sizes))
    return rank[label]

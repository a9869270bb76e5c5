"""Rows of a graph in CSR form: summed by cluster, or in another order."""

import numpy as np
from numba import njit, prange

from graphkeep.compute.kernels.jit import FAST


@njit(parallel=True, **FAST)
def sum_rows(indptr, indices, w, lab, head, member, room, threads):
    """CSR rows of clusters with the members `head`; each row is built within its capacity `room`, then compacted."""
    k = len(head) - 1
    loose, strength = np.empty(len(indices), np.int32), np.empty(len(indices), np.float32)
    new_indptr = np.zeros(k + 1, np.int64)
    for chunk in prange(threads):
        # Each chunk has a slot per cluster, so there is one chunk per thread; no row depends on their number.
        slot = np.full(k, -1, np.int64)
        first = np.searchsorted(room, chunk * len(indices) // threads)
        last = np.searchsorted(room, (chunk + 1) * len(indices) // threads)
        for c in range(first, k if chunk == threads - 1 else last):
            o = room[c]
            for t in range(head[c], head[c + 1]):
                i = member[t]
                for e in range(indptr[i], indptr[i + 1]):
                    d = lab[indices[e]]
                    if d == c:
                        continue
                    s = slot[d]
                    if s >= room[c]:
                        strength[s] += w[e]
                    else:
                        slot[d] = o
                        loose[o] = d
                        strength[o] = w[e]
                        o += 1
            new_indptr[c + 1] = o - room[c]
    for c in range(k):
        new_indptr[c + 1] += new_indptr[c]
    new_indices, new_weights = (
        np.empty(new_indptr[k], np.int32),
        np.empty(new_indptr[k], np.float32),
    )
    for c in prange(k):
        for e in range(new_indptr[c], new_indptr[c + 1]):
            new_indices[e] = loose[room[c] + e - new_indptr[c]]
            new_weights[e] = strength[room[c] + e - new_indptr[c]]
    return new_indptr, new_indices, new_weights


@njit(parallel=True, **FAST)
def permute_rows(indptr, indices, w, order, rank):
    """Row i becomes row rank[i]."""
    n = len(order)
    new_indptr = np.zeros(n + 1, np.int64)
    for j in range(n):
        new_indptr[j + 1] = new_indptr[j] + indptr[order[j] + 1] - indptr[order[j]]
    new_indices = np.empty(len(indices), np.int32)
    new_weights = np.empty(len(w), np.float32)
    for j in prange(n):
        begin = indptr[order[j]]
        for o in range(new_indptr[j], new_indptr[j + 1]):
            new_indices[o] = rank[indices[begin + o - new_indptr[j]]]
            new_weights[o] = w[begin + o - new_indptr[j]]
    return new_indptr, new_indices, new_weights

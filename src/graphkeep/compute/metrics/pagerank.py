"""PageRank (Brin and Page 1998), by power iteration."""

import math

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, Weights, check_edges, check_weights
from graphkeep.compute.kernels.jit import exact


def pagerank(
    n: int,
    edges: Edges,
    *,
    weights: Weights | None = None,
    directed: bool = True,
    damping: float = 0.85,
    tolerance: float = 1e-9,
) -> npt.NDArray[np.float64]:
    """PageRank float64 (n,), with sum 1: how often a random walk visits each node that follows an edge, by weight, with
    probability `damping`, and otherwise jumps to a random node. At nodes without outgoing edges it always jumps.

    The result is within `tolerance` of the limit, in the sum of absolute differences.

    Raises:
        ValueError: `damping` is negative, or 1 or more.
    """
    if not 0 <= damping < 1:
        raise ValueError("damping must be from 0 to below 1")
    ends = check_edges(n, edges)
    if n == 0:
        return np.empty(0)
    checked_weights = check_weights(len(ends), weights)
    if not directed:
        is_non_loop = ends[:, 0] != ends[:, 1]
        ends = np.concatenate((ends, ends[is_non_loop][:, ::-1]))
        checked_weights = np.concatenate((checked_weights, checked_weights[is_non_loop]))
    # Each step is a contraction by `damping`, so this many steps suffice from any start.
    steps = 1 + math.ceil(math.log(tolerance / 2) / math.log(damping)) if damping else 1
    value: npt.NDArray[np.float64] = walk(
        n, ends[:, 0], ends[:, 1], checked_weights, damping, tolerance * (1 - damping), steps
    )
    return value


@exact
def walk(n, source, destination, each, damping, least, steps):
    m = len(source)
    indptr = np.zeros(n + 1, np.int64)
    leaving = np.zeros(n)
    for k in range(m):
        indptr[destination[k] + 1] += 1
        leaving[source[k]] += each[k]
    for i in range(n):
        indptr[i + 1] += indptr[i]
    fill = indptr[:-1].copy()
    origin = np.empty(m, np.int32)
    share = np.empty(m)
    for k in range(m):
        e = fill[destination[k]]
        origin[e] = source[k]
        share[e] = each[k]
        fill[destination[k]] += 1
    rank = np.full(n, 1.0 / n)
    spread = np.empty(n)
    for _ in range(steps):
        lost = 0.0
        for i in range(n):
            if leaving[i] > 0:
                spread[i] = rank[i] / leaving[i]
            else:
                spread[i] = 0.0
                lost += rank[i]
        base = (1 - damping + damping * lost) / n
        change = 0.0
        for i in range(n):
            value = 0.0
            for e in range(indptr[i], indptr[i + 1]):
                value += share[e] * spread[origin[e]]
            value = base + damping * value
            change += abs(value - rank[i])
            rank[i] = value
        if change <= least:
            break
    return rank

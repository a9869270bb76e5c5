"""Betweenness centrality (Brandes 2001), exact from all sources or estimated from a sample
(Brandes and Pich 2007).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from numba import get_num_threads, prange, set_num_threads

from graphkeep.compute.kernels.csr import CsrGraph, Edges, check_edges, weighted_csr
from graphkeep.compute.kernels.jit import exact, exact_parallel

LANES = 8  # partial sums over sources, added in a fixed order for any number of threads
FEW_LANES, MANY_NODES = 4, 250_000  # a lane takes 40 bytes per node
VISITS = 4_000_000  # visits of nodes and neighbours per lane between two progress reports
TOP = 1e150  # path counts above this are rescaled by this unit, level by level

Floats = npt.NDArray[np.float64]


def betweenness(
    n: int,
    edges: Edges,
    *,
    directed: bool = False,
    samples: int = 256,
    seed: int = 0,
    normalized: bool = True,
    threads: int | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Floats:
    """Betweenness float64 (n,): the share of all shortest paths between two other nodes through each node, or, if not
    `normalized`, their number. Loops and parallel edges are ignored, and all edges have length 1.

    Exact if `samples` is at least the number of nodes with outgoing edges, else an estimate from that
    many random sources. `on_progress` gets the progress (0 to 1); an exception that it raises ends the computation.

    Raises:
        ValueError: `samples` is below 1.
    """
    if samples < 1:
        raise ValueError("samples must be 1 or more")
    ends = check_edges(n, edges)
    rows, rank = close_together(n, ends, directed=directed)
    leaves = rank[np.flatnonzero(np.diff(rows.indptr)[rank] > 0)]
    if len(leaves) == 0:
        return np.zeros(n)
    chosen = leaves
    if samples < len(leaves):
        chosen = np.random.default_rng(seed).choice(leaves, samples, replace=False)
    lanes = FEW_LANES if n > MANY_NODES else LANES
    total = np.zeros((lanes, n))
    batch_size = lanes * max(1, min(64, VISITS // (n + len(rows.indices))))
    processed = 0
    thread_count = get_num_threads()
    set_num_threads(max(1, min(threads or thread_count, thread_count)))
    try:
        while processed < len(chosen):
            batch = chosen[processed : processed + batch_size]
            if threads == 1:
                for lane in range(lanes):
                    add_from(rows.indptr, rows.indices, batch[lane::lanes], total[lane])
            else:
                add_in_lanes(rows.indptr, rows.indices, batch, total)
            processed += len(batch)
            if on_progress is not None:
                on_progress(processed / len(chosen))
    finally:
        set_num_threads(thread_count)
    count = total.sum(axis=0)[rank] * (len(leaves) / len(chosen))
    if normalized:
        return count / max((n - 1) * (n - 2), 1)
    return count if directed else count / 2


def close_together(
    n: int, ends: npt.NDArray[np.int32], *, directed: bool
) -> tuple[CsrGraph, npt.NDArray[np.int32]]:
    """CSR reordered for locality, neighbours near each other in memory, and int32 (n,): the row of each node."""
    original = weighted_csr(n, ends, directed=directed)
    rank: npt.NDArray[np.int32] = by_breadth(original.indptr, original.indices)
    return weighted_csr(n, rank[ends], directed=directed), rank


@exact
def by_breadth(indptr, indices):
    """Visiting order of each node, int32 (n,), in a breadth-first search restarted at each unvisited node."""
    n = len(indptr) - 1
    rank = np.full(n, -1, np.int32)
    order = np.empty(n, np.int32)
    head, tail = 0, 0
    for root in range(n):
        if rank[root] < 0:
            rank[root] = tail
            order[tail] = root
            tail += 1
        while head < tail:
            i = order[head]
            head += 1
            for e in range(indptr[i], indptr[i + 1]):
                j = indices[e]
                if rank[j] < 0:
                    rank[j] = tail
                    order[tail] = j
                    tail += 1
    return rank


@exact_parallel
def add_in_lanes(indptr, indices, sources, total):
    for lane in prange(len(total)):
        add_from(indptr, indices, sources[lane :: len(total)], total[lane])


@exact
def add_from(indptr, indices, sources, total):
    """Add the dependencies of these sources on each node to `total`."""
    n = len(indptr) - 1
    # Per node, adjacent because both are read together: its distance, and its number of paths, which is
    # later overwritten by its dependency per path.
    state = np.empty((n, 2))
    state[:, 0] = -1.0
    state[:, 1] = 0.0
    order = np.empty(n, np.int32)
    unit = np.empty(n)
    for source in sources:
        state[source, 0] = 0.0
        state[source, 1] = 1.0
        order[0] = source
        head, tail, level = 0, 1, 0
        while head < tail:
            end = tail
            max_paths = 0.0
            for k in range(head, end):
                max_paths = max(max_paths, state[order[k], 1])
            unit[level] = 1.0 if max_paths < TOP else 1.0 / TOP
            below = level + 1.0
            for k in range(head, end):
                i = order[k]
                paths = state[i, 1] * unit[level]
                for e in range(indptr[i], indptr[i + 1]):
                    j = indices[e]
                    if state[j, 0] < 0:
                        state[j, 0] = below
                        order[tail] = j
                        tail += 1
                    if state[j, 0] == below:
                        state[j, 1] += paths
            head = end
            level += 1
        for k in range(tail - 1, -1, -1):
            i = order[k]
            distance = state[i, 0]
            through = 0.0
            for e in range(indptr[i], indptr[i + 1]):
                j = indices[e]
                if state[j, 0] == distance + 1.0:
                    through += state[j, 1]
            paths = state[i, 1]
            carried = through * paths * unit[int(distance)]
            if i != source:
                total[i] += carried
            state[i, 1] = (1.0 + carried) / paths if paths > 0 else 0.0
        for k in range(tail):
            state[order[k], 0] = -1.0
            state[order[k], 1] = 0.0

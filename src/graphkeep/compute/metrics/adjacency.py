"""Who is joined to whom: edges checked, and as rows of neighbours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.compute.metrics.compiled import compiled

Edges = npt.NDArray[np.integer]
Weights = npt.NDArray[np.floating]


@dataclass(frozen=True, kw_only=True)
class Adjacency:
    """Row i is `neighbours[starts[i]:starts[i + 1]]`, rising and without repeats; no node is its own.

    `starts` int64 (n + 1,), `neighbours` int32 and `weights` float64, the sums of parallel edges.
    """

    starts: npt.NDArray[np.int64]
    neighbours: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float64]


def adjacency(
    n: int, edges: Edges, *, weights: Weights | None = None, directed: bool = False
) -> Adjacency:
    """Rows of the nodes that edges lead to; where they are not directed, of all that they join."""
    ends = checked_edges(n, edges)
    each = checked_weights(len(ends), weights)
    starts, neighbours, sums = rows(n, ends[:, 0], ends[:, 1], each, directed)
    return Adjacency(starts=starts, neighbours=neighbours, weights=sums)


def checked_edges(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """int32 (m, 2).

    Raises:
        ValueError: they have another shape, or join a node that is not there.
    """
    ends = np.asarray(edges)
    if ends.size == 0:
        return np.empty((0, 2), np.int32)
    if ends.ndim != 2 or ends.shape[1] != 2:
        raise ValueError(f"edges must have the shape (m, 2), not {ends.shape}")
    if int(ends.min()) < 0 or int(ends.max()) >= n:
        raise ValueError(f"an edge joins a node that is not there; nodes are 0 to {n - 1}")
    return np.ascontiguousarray(ends, np.int32)


def checked_weights(m: int, weights: Weights | None) -> npt.NDArray[np.float64]:
    """float64 (m,); ones where there are no weights.

    Raises:
        ValueError: they are not one for each edge, or not finite and 0 or more.
    """
    if weights is None:
        return np.ones(m)
    each = np.ascontiguousarray(weights, np.float64)
    if each.shape != (m,):
        raise ValueError(f"weights must have the shape ({m},), not {each.shape}")
    if m and not (np.isfinite(each).all() and each.min() >= 0):
        raise ValueError("weights must be finite, and 0 or more")
    return each


@compiled
def rows(n, source, destination, each, directed):
    """A radix sort: by destination, then by source; then parallel edges are added up."""
    m = len(source)
    into = np.zeros(n + 1, np.int64)
    out = np.zeros(n + 1, np.int64)
    for k in range(m):
        u, v = source[k], destination[k]
        if u == v:
            continue
        into[v + 1] += 1
        out[u + 1] += 1
        if not directed:
            into[u + 1] += 1
            out[v + 1] += 1
    for i in range(n):
        into[i + 1] += into[i]
        out[i + 1] += out[i]
    held = into[n]
    origin = np.empty(held, np.int32)
    carried = np.empty(held, np.float64)
    at = into[:-1].copy()
    for k in range(m):
        u, v = source[k], destination[k]
        if u == v:
            continue
        origin[at[v]] = u
        carried[at[v]] = each[k]
        at[v] += 1
        if not directed:
            origin[at[u]] = v
            carried[at[u]] = each[k]
            at[u] += 1
    neighbours = np.empty(held, np.int32)
    sums = np.empty(held, np.float64)
    at = out[:-1].copy()
    for v in range(n):
        for e in range(into[v], into[v + 1]):
            u = origin[e]
            neighbours[at[u]] = v
            sums[at[u]] = carried[e]
            at[u] += 1
    starts = np.zeros(n + 1, np.int64)
    write = 0
    for u in range(n):
        first = write
        for e in range(out[u], out[u + 1]):
            if write > first and neighbours[write - 1] == neighbours[e]:
                sums[write - 1] += sums[e]
            else:
                neighbours[write] = neighbours[e]
                sums[write] = sums[e]
                write += 1
        starts[u + 1] = write
    return starts, neighbours[:write].copy(), sums[:write].copy()

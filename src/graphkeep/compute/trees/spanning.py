"""Breadth-first spanning trees of a graph, one per component, and their roots."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.compute.connected_components import components
from graphkeep.compute.kernels.csr import Edges, directed_csr, undirected_csr
from graphkeep.compute.kernels.jit import exact

EXACT = 64  # nodes; up to this size every node is tried as the center
TRIED = 16


@dataclass(frozen=True, kw_only=True)
class Forest:
    """Nodes by tree, then by depth, with children of the same parent adjacent.

    `order` int32 (n,): node rows in that order. The other arrays are indexed by position in it: `parent` int32 (n,),
    -1 for roots, always before its children; `depth` int32 (n,); `tree` int32 (n,).
    """

    order: npt.NDArray[np.int32]
    parent: npt.NDArray[np.int32]
    depth: npt.NDArray[np.int32]
    tree: npt.NDArray[np.int32]

    @property
    def rank(self) -> npt.NDArray[np.int32]:
        """The position in `order` of each row, int32 (n,)."""
        ranks = np.empty(len(self.order), np.int32)
        ranks[self.order] = np.arange(len(self.order), dtype=np.int32)
        return ranks


def spanning_forest(n: int, edges: Edges, *, root: int | None = None, directed: bool) -> Forest:
    """Spanning trees from `root` in its component. In other components, with `directed` edges, from the only node
    without incoming edges if it reaches all others; otherwise from the most central node.
    """
    if n == 0:
        empty = np.empty(0, np.int32)
        return Forest(order=empty, parent=empty, depth=empty, tree=empty)
    near = undirected_csr(n, edges)
    label = components(n, edges)
    roots = middles(near.indptr, near.indices, label)
    ahead = directed_csr(n, edges) if directed else near
    heads = heads_of(n, ahead, label, len(roots)) if directed else np.full(len(roots), -1, np.int32)
    roots = np.where(heads >= 0, heads, roots).astype(np.int32)
    if root is not None:
        roots[label[root]] = root
    follows = (heads >= 0) & (roots == heads)
    order, parent, depth = breadth_first(
        near.indptr, near.indices, ahead.indptr, ahead.indices, roots, follows
    )
    return Forest(order=order, parent=parent, depth=depth, tree=label[order])


def heads_of(n, ahead, label, count):
    """Only node without incoming edges of each component, int32 (count,), if it reaches all others; else -1."""
    incoming = np.bincount(ahead.indices, minlength=n)
    sources = np.flatnonzero(incoming == 0)
    counts = np.bincount(label[sources], minlength=count)
    sizes = np.bincount(label, minlength=count)
    only = sources[counts[label[sources]] == 1].astype(np.int32)
    reached = reach(ahead.indptr, ahead.indices, only)
    candidates = only[reached == sizes[label[only]]]
    out = np.full(count, -1, np.int32)
    out[label[candidates]] = candidates
    return out


@exact
def reach(indptr, indices, starts):
    """Number of nodes reachable from each start, int64 (k,); no two starts share a component."""
    n = len(indptr) - 1
    visited = np.zeros(n, np.uint8)
    queue = np.empty(n, np.int32)
    out = np.zeros(len(starts), np.int64)
    for s in range(len(starts)):
        queue[0] = starts[s]
        visited[starts[s]] = 1
        head, end = 0, 1
        while head < end:
            u = queue[head]
            head += 1
            for e in range(indptr[u], indptr[u + 1]):
                v = indices[e]
                if not visited[v]:
                    visited[v] = 1
                    queue[end] = v
                    end += 1
        out[s] = end
    return out


@exact
def middles(indptr, indices, label):
    """Most central node of each component, int32 (k,): the smallest sum of distances among nodes of highest degree."""
    n = len(indptr) - 1
    k = 0
    for i in range(n):
        k = max(k, label[i] + 1)
    starts = np.zeros(k + 1, np.int64)
    for i in range(n):
        starts[label[i] + 1] += 1
    for c in range(k):
        starts[c + 1] += starts[c]
    members = np.empty(n, np.int32)
    fill = starts[:-1].copy()
    for i in range(n):
        members[fill[label[i]]] = i
        fill[label[i]] += 1
    out = np.empty(k, np.int32)
    marks = np.full(n, -1, np.int32)
    far = np.zeros(n, np.int32)
    queue = np.empty(n, np.int32)
    mark = 0
    for c in range(k):
        size = starts[c + 1] - starts[c]
        nodes = members[starts[c] : starts[c + 1]]
        out[c] = nodes[0]
        if size == 1:
            continue
        candidates = nodes
        if size > EXACT:
            degree = np.empty(size, np.int64)
            for j in range(size):
                degree[j] = -(indptr[nodes[j] + 1] - indptr[nodes[j]])
            candidates = nodes[np.argsort(degree, kind="mergesort")[:TRIED]]
        least = np.int64(-1)
        for j in range(len(candidates)):
            root = candidates[j]
            marks[root] = mark
            far[root] = 0
            queue[0] = root
            head, end = 0, 1
            total = np.int64(0)
            while head < end:
                u = queue[head]
                head += 1
                total += far[u]
                for e in range(indptr[u], indptr[u + 1]):
                    v = indices[e]
                    if marks[v] != mark:
                        marks[v] = mark
                        far[v] = far[u] + 1
                        queue[end] = v
                        end += 1
            mark += 1
            if least < 0 or total < least:
                least = total
                out[c] = root
    return out


@exact
def breadth_first(near_ptr, near_idx, ahead_ptr, ahead_idx, roots, follows):
    """Breadth-first forest, along edge directions for roots that `follows` marks, else in either direction."""
    n = len(near_ptr) - 1
    order = np.empty(n, np.int32)
    parent = np.full(n, -1, np.int32)
    depth = np.zeros(n, np.int32)
    visited = np.zeros(n, np.uint8)
    end = 0
    for r in range(len(roots)):
        indptr, indices = (ahead_ptr, ahead_idx) if follows[r] else (near_ptr, near_idx)
        visited[roots[r]] = 1
        order[end] = roots[r]
        head = end
        end += 1
        while head < end:
            u = order[head]
            for e in range(indptr[u], indptr[u + 1]):
                v = indices[e]
                if not visited[v]:
                    visited[v] = 1
                    order[end] = v
                    parent[end] = head
                    depth[end] = depth[head] + 1
                    end += 1
            head += 1
    return order, parent, depth

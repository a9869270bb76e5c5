"""Communities of high modularity by the Leiden algorithm (Traag, Waltman and van Eck 2019)."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, Weights, check_edges, weighted_csr
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.leiden import merged, move_nodes, refine

MAX_LEVELS = 30
ROUNDS = 2  # the second starts from the result of the first; a third adds almost nothing

Labels = npt.NDArray[np.int32]


def communities(
    n: int,
    edges: Edges,
    *,
    weights: Weights | None = None,
    resolution: float = 1.0,
    seed: int = 0,
    on_level: Callable[[], None] | None = None,
) -> Labels:
    """Community of each node, int32 (n,); each community is connected, 0 is the largest.

    Edge directions and loops are ignored. A higher `resolution` gives more and smaller communities.
    `on_level` is called at each level; an exception that it raises ends the computation.
    """
    rows = weighted_csr(n, edges, weights=weights)
    label: Labels = np.arange(n, dtype=np.int32)
    graph = (rows.indptr, rows.indices, rows.weights, strength_of(rows.indptr, rows.weights))
    if graph[3].sum() == 0:  # no edges with weight
        return label
    rng = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        improved = one_round(graph, label, resolution, rng, on_level)
        if improved is None:
            break
        label = improved
    # The last moves can disconnect a community; its components are never worse on their own.
    ends = check_edges(n, edges)
    return components(n, ends[label[ends[:, 0]] == label[ends[:, 1]]])


Rows = tuple[
    npt.NDArray[np.int64],
    npt.NDArray[np.int32],
    npt.NDArray[np.floating],
    npt.NDArray[np.float64],
]


def one_round(
    graph: Rows,
    label: Labels,
    resolution: float,
    rng: np.random.Generator,
    on_level: Callable[[], None] | None,
) -> Labels | None:
    """Communities at least as good as `label`, or None if no single node would move."""
    member_of = np.arange(len(label), dtype=np.int32)  # each node's row in the current level
    community = label.copy()
    for level in range(MAX_LEVELS):
        if on_level is not None:
            on_level()
        size = len(graph[3])
        moves = move_nodes(*graph, shuffled(size, rng), community, resolution)
        if level == 0 and moves == 0:
            return None
        community = dense(community)
        if int(community.max()) + 1 == size:
            break
        refined = dense(refine(*graph, shuffled(size, rng), community, resolution))
        count = int(refined.max()) + 1
        if count == size:
            break
        graph = merged(*graph, refined, count)
        above = np.empty(count, np.int32)
        above[refined] = community
        member_of, community = refined[member_of], above
    return community[member_of]


def strength_of(
    indptr: npt.NDArray[np.int64], weights: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    n = len(indptr) - 1
    row = np.repeat(np.arange(n), np.diff(indptr))
    return np.bincount(row, weights=weights, minlength=n).astype(np.float64)


def shuffled(size: int, rng: np.random.Generator) -> Labels:
    return rng.permutation(size).astype(np.int32)


def dense(label: Labels) -> Labels:
    used = np.zeros(int(label.max()) + 1, np.int32)
    used[label] = 1
    return (np.cumsum(used, dtype=np.int32) - 1)[label].astype(np.int32, copy=False)

"""Graphs of chosen size and seed, with ids shuffled: `GENERATORS[name](edge_count, seed)`.

Each returns a `Sample`: simple, undirected, without isolated nodes unless the model makes them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """n nodes, `edges` int32 (m, 2), `labels` int32 (n,) of communities (-1: of none) or None."""

    n: int
    edges: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int32] | None = None


def lfr(edge_count: int, seed: int = 0) -> Sample:
    """Power-law degrees and community sizes; 22 edges of 100 are drawn without regard to communities.

    After Lancichinetti, Fortunato, Radicchi 2008; stubs are paired at random inside and outside.
    """
    rng = np.random.default_rng(seed)
    n = max(edge_count // 5, 20)
    degree = np.round(power_law(rng, n, 2.5, 4.5, 50)).astype(np.int64)
    least, most = np.clip(n / 40, 20, 100), np.clip(n / 4, 20, 1500)
    sizes = np.round(power_law(rng, n, 1.5, least, most)).astype(np.int64)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), n)) + 1]
    label = np.repeat(np.arange(len(sizes)), sizes)[:n]
    inner = (0.78 * degree + rng.random(n)).astype(np.int64)
    inside = paired(rng, np.repeat(np.arange(n), inner), label)
    outside = paired(rng, np.repeat(np.arange(n), degree - inner), np.zeros(n, np.int64))
    return shuffled(rng, n, np.concatenate((inside, outside)), label)


def paired(rng: np.random.Generator, stubs: Ints, group: Ints) -> Ints:
    """Stubs joined in twos at random, each within its group; odd ones stay over."""
    stubs = rng.permutation(stubs)
    stubs = stubs[np.argsort(group[stubs], kind="stable")]
    owner = group[stubs]
    start = np.searchsorted(owner, owner)
    first = (np.arange(len(stubs)) - start) % 2 == 0
    first[-1:] = False
    at = np.flatnonzero(first)
    at = at[owner[at] == owner[at + 1]]
    return np.column_stack((stubs[at], stubs[at + 1]))


def power_law(
    rng: np.random.Generator, count: int, exponent: float, low: float, high: float
) -> npt.NDArray[np.float64]:
    """Draws from a density proportional to x ** -exponent on [low, high]."""
    power = 1 - exponent
    share = rng.random(count)
    drawn: npt.NDArray[np.float64] = (low**power + share * (high**power - low**power)) ** (
        1 / power
    )
    return drawn


def grid(edge_count: int, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(edge_count / 2)))
    at = np.arange(side * side).reshape(side, side)
    across = np.column_stack((at[:, :-1].ravel(), at[:, 1:].ravel()))
    down = np.column_stack((at[:-1].ravel(), at[1:].ravel()))
    return shuffled(rng, side * side, np.concatenate((across, down)))


def hyper(edge_count: int, seed: int = 0) -> Sample:
    """Events and their entities, as a table of logs becomes a graph: one link to each of four columns.

    Three columns hold entities of communities, 95 of 100 the event's own; the fourth column has 47
    values that all events share and that belong to no community.
    """
    rng = np.random.default_rng(seed)
    events = edge_count // 4
    groups = max(edge_count // 1000, 2)
    own = rng.integers(0, groups, events)
    columns, labels, n = [], [own], events
    for share in (60, 100, 150):
        count = max(edge_count // share, groups)
        label = np.arange(count) * groups // count
        first = np.searchsorted(label, np.arange(groups))
        size = np.bincount(label, minlength=groups)
        near = first[own] + (rng.random(events) * size[own]).astype(np.int64)
        far = rng.integers(0, count, events)
        columns.append(n + np.where(rng.random(events) < 0.95, near, far))
        labels.append(label)
        n += count
    columns.append(n + rng.integers(0, 47, events))
    labels.append(np.full(47, -1))
    edges = np.column_stack((np.tile(np.arange(events), 4), np.concatenate(columns)))
    return shuffled(rng, n + 47, edges, np.concatenate(labels))


def tree(edge_count: int, seed: int = 0) -> Sample:
    """A tree that grows where it has grown: each node hangs on an end of an edge drawn at random."""
    rng = np.random.default_rng(seed)
    return shuffled(rng, edge_count + 1, attached(rng, edge_count + 1, 1))


def rmat(edge_count: int, seed: int = 0) -> Sample:
    """Skewed degrees by recursive quadrants (Chakrabarti, Zhan, Faloutsos 2004), a 0.57, b = c 0.19."""
    rng = np.random.default_rng(seed)
    drawn = int(1.15 * edge_count)
    source, destination = np.zeros(drawn, np.int64), np.zeros(drawn, np.int64)
    for _ in range(max(int(np.round(np.log2(edge_count / 8))), 2)):
        quadrant = rng.choice(4, drawn, p=(0.57, 0.19, 0.19, 0.05))
        source = 2 * source + quadrant // 2
        destination = 2 * destination + quadrant % 2
    edges = np.column_stack((source, destination))
    edges = edges[source != destination]
    names, ends = np.unique(edges, return_inverse=True)
    return shuffled(rng, len(names), ends.reshape(-1, 2))


def comps(edge_count: int, seed: int = 0) -> Sample:
    """Very many components, their sizes a power law; each long and thin, with links between near nodes."""
    rng = np.random.default_rng(seed)
    sizes = component_sizes(rng, int(0.8 * edge_count))
    n, start, rank = places(sizes)
    child = np.flatnonzero(rank)
    parent = child - 1 - (rng.random(len(child)) * np.minimum(2, rank[child])).astype(np.int64)
    one = np.flatnonzero(rng.random(n) < 0.36)
    other = np.maximum(one - 1 - rng.integers(0, 12, len(one)), start[one])
    edges = np.concatenate((np.column_stack((parent, child)), np.column_stack((one, other))))
    return shuffled(rng, n, edges)


def bushes(edge_count: int, seed: int = 0) -> Sample:
    """As many components as `comps`, each a random tree with some edges more."""
    rng = np.random.default_rng(seed)
    sizes = component_sizes(rng, int(0.8 * edge_count))
    n, start, rank = places(sizes)
    child = np.flatnonzero(rank)
    parent = start[child] + (rng.random(len(child)) * rank[child]).astype(np.int64)
    one = rng.integers(0, n, int(0.36 * n))
    other = start[one] + (rng.random(len(one)) * np.repeat(sizes, sizes)[one]).astype(np.int64)
    edges = np.concatenate((np.column_stack((parent, child)), np.column_stack((one, other))))
    return shuffled(rng, n, edges)


def places(sizes: Ints) -> tuple[int, Ints, Ints]:
    """Node count, first node of each node's component, and rank of each node in it."""
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return len(start), start, np.arange(len(start)) - start


def component_sizes(rng: np.random.Generator, total: int) -> Ints:
    """Sizes of 2 to 2000 nodes, density s ** -2, in all just below `total`."""
    sizes = np.floor(power_law(rng, total, 2.0, 2, 2000)).astype(np.int64)
    return sizes[: int(np.searchsorted(np.cumsum(sizes), total))]


def mesh(edge_count: int, seed: int = 0) -> Sample:
    """The Delaunay triangulation of random points in a square.

    Without the long slivers at its border, which would be shortcuts along it.
    """
    from scipy.spatial import Delaunay

    rng = np.random.default_rng(seed)
    n = max(int(edge_count / 2.97), 4)
    points = rng.random((n, 2))
    corners = Delaunay(points).simplices
    edges = np.concatenate((corners[:, :2], corners[:, 1:], corners[:, ::2]))
    long = np.hypot(*(points[edges[:, 0]] - points[edges[:, 1]]).T)
    return shuffled(rng, n, edges[long < 3 / np.sqrt(n)])


def ba(edge_count: int, seed: int = 0) -> Sample:
    """Barabasi and Albert 1999, four edges a node."""
    rng = np.random.default_rng(seed)
    n = edge_count // 4
    return shuffled(rng, n, attached(rng, n, 4))


def attached(rng: np.random.Generator, n: int, each: int) -> Ints:
    """Edges int64 (each * (n - 1), 2) of nodes 1 to n - 1 to ends of earlier edges drawn at random.

    Slot 2 k is the new node of edge k, slot 2 k + 1 the end that edge k drew: each draw is followed
    from slot to slot until it comes to a node (Batagelj and Brandes 2005).
    """
    source = np.repeat(np.arange(1, n), each)
    slot = (rng.random(len(source)) * 2 * each * (source - 1)).astype(np.int64)
    destination = np.zeros(len(source), np.int64)
    waiting = np.flatnonzero(source > 1)
    while len(waiting):
        at = slot[waiting]
        edge = at // 2
        named = at % 2 == 0
        destination[waiting[named]] = source[edge[named]]
        waiting = waiting[~named]
        edge = edge[~named]
        # The first nodes' draws are all node 0.
        waiting, edge = waiting[source[edge] > 1], edge[source[edge] > 1]
        slot[waiting] = slot[edge]
    return np.column_stack((source, destination))


def shuffled(rng: np.random.Generator, n: int, edges: Ints, label: Ints | None = None) -> Sample:
    """Simple edges under new random ids, in random order and direction."""
    edges = simple(n, edges)
    name = rng.permutation(n)
    edges = name[edges]
    turned = rng.random(len(edges)) < 0.5
    edges[turned] = edges[turned, ::-1]
    edges = edges[rng.permutation(len(edges))].astype(np.int32)
    labels = None
    if label is not None:
        labels = np.empty(n, np.int32)
        labels[name] = label
    return Sample(n=n, edges=np.ascontiguousarray(edges), labels=labels)


def simple(n: int, edges: Ints) -> Ints:
    """Each pair of different nodes once, the lower id first."""
    low, high = edges.min(axis=1).astype(np.int64), edges.max(axis=1).astype(np.int64)
    key = np.unique((low * n + high)[low != high])
    return np.column_stack((key // n, key % n))


GENERATORS: dict[str, Callable[[int, int], Sample]] = {
    "lfr": lfr,
    "grid": grid,
    "hyper": hyper,
    "tree": tree,
    "rmat": rmat,
    "comps": comps,
    "bushes": bushes,
    "mesh": mesh,
    "ba": ba,
}

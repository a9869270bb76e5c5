"""Numbers for a drawing, the same for every contender; sources and samples depend on the graph only.

`judge(n, edges, positions, labels)` gives all of them:

* stress: over pairs (source, node of its component), mean of ((s r - d) / d)^2 with r the distance in
  the drawing, d the distance in the graph, and the one scale s that makes it least. Sources are drawn
  until there are 32 of them and half a million pairs.
* np1: mean over a sample of nodes of the Jaccard index of the neighbours of v in the graph and the
  deg(v) nodes nearest to v in the drawing (isolated nodes left out).
* auc: the probability that an end of a random edge lies nearer to the other end than to a random node of
  its component that is no neighbour.
* edge_cv: standard deviation of the lengths of edges by their mean.
* crossings: of 10,000 pairs of edges how many cross, by ten million random pairs, all pairs where there
  are fewer; two edges that share an end do not cross.
* collisions: share of nodes with another one nearer than a fiftieth of the spacing, which is
  sqrt(area / n) of the box that holds the drawing without the outermost 0.5 % at each side.
* purity: share of the 10 nearest nodes that are of the same community, over labelled nodes.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Edges = npt.NDArray[np.int32]

SOURCES, PAIRS, MOST_SOURCES = 32, 500_000, 20_000
NODES = 5_000
EDGES = 200_000
EDGE_PAIRS = 10_000_000
TOO_NEAR = 0.02
NEAREST = 10


def judge(
    n: int, edges: Edges, positions: npt.NDArray[np.floating], labels: npt.NDArray[np.int32] | None
) -> dict[str, float]:
    at = np.ascontiguousarray(positions, np.float64)
    if at.shape != (n, 2) or not np.isfinite(at).all():
        raise ValueError(f"a drawing of {n} nodes needs {n} finite points, two columns")
    start, neighbours = adjacency(n, edges)
    nearest = Nearest(at)
    found = {
        "stress": stress(start, neighbours, at),
        "np1": preserved(start, neighbours, nearest),
        "auc": auc(start, neighbours, at),
        "edge_cv": edge_cv(edges, at),
        "crossings": crossings(edges, at),
        "collisions": collisions(nearest),
    }
    if labels is not None:
        found["purity"] = purity(labels, nearest)
    return found


def adjacency(n: int, edges: Edges) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """CSR of simple undirected edges: row starts int64 (n + 1,), neighbours int32 (2 m,), sorted."""
    here = np.concatenate((edges[:, 0], edges[:, 1]))
    there = np.concatenate((edges[:, 1], edges[:, 0]))
    order = np.lexsort((there, here))
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(here, minlength=n), out=start[1:])
    return start, there[order].astype(np.int32)


# ---------------------------------------------------------------- distances


def stress(start: npt.NDArray[np.int64], neighbours: npt.NDArray[np.int32], at: Floats) -> float:
    rng = np.random.default_rng(0)
    linked = np.flatnonzero(np.diff(start))
    if not len(linked):
        return 0.0
    sources = rng.choice(linked, min(MOST_SOURCES, len(linked)), replace=False)
    pairs, ratio, square = _stress_sums(
        start, neighbours, at, sources.astype(np.int64), SOURCES, PAIRS
    )
    return float(1 - ratio * ratio / (square * pairs)) if square > 0 else 1.0


@njit(cache=True, nogil=True)
def _stress_sums(start, neighbours, at, sources, least_sources, least_pairs):
    """Number of pairs and the sums of r/d and (r/d)^2; with s = sum(r/d) / sum((r/d)^2) the stress is
    1 - s * mean(r/d)."""
    n = len(start) - 1
    seen = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    pairs, ratio, square = 0, 0.0, 0.0
    for k in range(len(sources)):
        if k >= least_sources and pairs >= least_pairs:
            break
        source = sources[k]
        seen[source] = k
        queue[0] = source
        head, tail, depth, layer = 0, 1, 0, 1
        while head < tail:
            if head == layer:
                depth += 1
                layer = tail
            v = queue[head]
            head += 1
            if v != source:
                r = np.hypot(at[v, 0] - at[source, 0], at[v, 1] - at[source, 1]) / depth
                pairs += 1
                ratio += r
                square += r * r
            for e in range(start[v], start[v + 1]):
                u = neighbours[e]
                if seen[u] != k:
                    seen[u] = k
                    queue[tail] = u
                    tail += 1
            if head == layer and head == tail:
                break
    return pairs, ratio, square


# -------------------------------------------------------------- neighbourhoods


class Nearest:
    """The nodes nearest to a node in a drawing, without itself."""

    def __init__(self, at: Floats) -> None:
        from scipy.spatial import cKDTree

        self.at = at
        self._tree = cKDTree(at, leafsize=16)

    def distances(self) -> Floats:
        """To the nearest other node, for each node."""
        if len(self.at) < 2:
            return np.full(len(self.at), np.inf)
        found: Floats = self._tree.query(self.at, k=2)[0][:, 1]
        return found

    def nodes(self, rows: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
        """Ids (len(rows), count) by growing distance; `count` is at most n - 1."""
        found = self._tree.query(self.at[rows], k=count + 1)[1].reshape(len(rows), -1)
        self_at = found == rows[:, None]
        # Where more nodes than asked for lie on one spot, a node may not find itself: drop the last.
        self_at[~self_at.any(axis=1), -1] = True
        others: npt.NDArray[np.int64] = found[~self_at].reshape(len(rows), count)
        return others


def preserved(
    start: npt.NDArray[np.int64], neighbours: npt.NDArray[np.int32], nearest: Nearest
) -> float:
    degree = np.diff(start)
    rows = sampled(np.flatnonzero(degree), NODES)
    total = 0.0
    for count in np.unique(degree[rows]):
        for chunk in np.array_split(
            mine := rows[degree[rows] == count], len(mine) * count // 10**6 + 1
        ):
            near = nearest.nodes(chunk, int(count))
            for row, drawn in zip(chunk, near, strict=True):
                linked = neighbours[start[row] : start[row + 1]]
                both = len(np.intersect1d(drawn, linked, assume_unique=True))
                total += both / (2 * count - both)
    return float(total / max(len(rows), 1))


def collisions(nearest: Nearest) -> float:
    return float((nearest.distances() < TOO_NEAR * spacing(nearest.at)).mean())


def spacing(at: Floats) -> float:
    low, high = np.percentile(at, (0.5, 99.5), axis=0)
    return float(np.sqrt(np.prod(high - low) / max(len(at), 1)))


def purity(labels: npt.NDArray[np.int32], nearest: Nearest) -> float:
    rows = sampled(np.flatnonzero(labels >= 0), 4 * NODES)
    near = nearest.nodes(rows, min(NEAREST, len(labels) - 1))
    return float((labels[near] == labels[rows][:, None]).mean())


# ------------------------------------------------------------------- edges


def auc(start: npt.NDArray[np.int64], neighbours: npt.NDArray[np.int32], at: Floats) -> float:
    n = len(start) - 1
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(neighbours), EDGES if len(neighbours) else 0)
    here = np.searchsorted(start, drawn, side="right") - 1
    other = companions(start, neighbours, here, rng)
    linked = np.isin(here * n + other, np.repeat(np.arange(n), np.diff(start)) * n + neighbours)
    apart = (here != other) & ~linked
    if not apart.any():
        return 0.5
    near = lengths(np.column_stack((here, neighbours[drawn]))[apart], at)
    far = lengths(np.column_stack((here, other))[apart], at)
    return float((near < far).mean() + (near == far).mean() / 2)


def companions(
    start: npt.NDArray[np.int64],
    neighbours: npt.NDArray[np.int32],
    here: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """For each node one drawn at random from its component."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    matrix = csr_array(
        (np.ones(len(neighbours), np.int8), neighbours, start), (len(start) - 1,) * 2
    )
    label = connected_components(matrix, directed=False)[1]
    order = np.argsort(label, kind="stable")
    size = np.bincount(label)
    first = np.cumsum(size) - size
    own = label[here]
    found: npt.NDArray[np.int64] = order[
        first[own] + (rng.random(len(own)) * size[own]).astype(int)
    ]
    return found


def edge_cv(edges: Edges, at: Floats) -> float:
    long = lengths(edges, at)
    return float(long.std() / long.mean()) if len(long) and long.mean() > 0 else 0.0


def lengths(pairs: npt.NDArray[np.integer], at: Floats) -> Floats:
    away = at[pairs[:, 0]] - at[pairs[:, 1]]
    long: Floats = np.hypot(away[:, 0], away[:, 1])
    return long


def crossings(edges: Edges, at: Floats) -> float:
    m = len(edges)
    if m < 2:
        return 0.0
    if m * (m - 1) // 2 <= EDGE_PAIRS:
        one, other = np.triu_indices(m, 1)
    else:
        rng = np.random.default_rng(2)
        one = rng.integers(0, m, EDGE_PAIRS)
        other = (one + rng.integers(1, m, EDGE_PAIRS)) % m
    crossed = _crossed(at, edges, one, other)
    return float(crossed / len(one) * 10_000)


@njit(cache=True, nogil=True)
def _crossed(at, edges, one, other):
    count = 0
    for k in range(len(one)):
        a, b = edges[one[k]]
        c, d = edges[other[k]]
        if a in (c, d) or b in (c, d):
            continue
        ax, ay, bx, by = at[a, 0], at[a, 1], at[b, 0], at[b, 1]
        cx, cy, dx, dy = at[c, 0], at[c, 1], at[d, 0], at[d, 1]
        if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
            continue
        if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
            continue
        side_c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        side_d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
        side_a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
        side_b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
        if side_c * side_d < 0 and side_a * side_b < 0:
            count += 1
    return count


def sampled(rows: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(3).choice(rows, most, replace=False))

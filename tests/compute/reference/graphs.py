"""Small graphs for the references, and the slow words for what kernels do with rows."""

import numpy as np

from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.kernels.csr import CsrGraph


def path(n: int) -> np.ndarray:
    return np.column_stack((np.arange(n - 1), np.arange(1, n)))


def cycle(n: int) -> np.ndarray:
    return np.column_stack((np.arange(n), (np.arange(n) + 1) % n))


def star(n: int) -> np.ndarray:
    return np.column_stack((np.zeros(n - 1, np.int64), np.arange(1, n)))


def complete(n: int) -> np.ndarray:
    return np.column_stack(np.triu_indices(n, 1))


def grid(side: int) -> np.ndarray:
    at = np.arange(side * side).reshape(side, side)
    across = np.column_stack((at[:, :-1].ravel(), at[:, 1:].ravel()))
    down = np.column_stack((at[:-1].ravel(), at[1:].ravel()))
    return np.concatenate((across, down))


def random_edges(n: int, m: int, seed: int) -> np.ndarray:
    """Loops and repeated edges in both directions are among them."""
    return np.random.default_rng(seed).integers(0, n, (m, 2))


def random_rows(n: int, m: int, seed: int) -> CsrGraph:
    """Strengths are whole sixteenths, so that sums of them are exact in any order."""
    rows = simplify(n, random_edges(n, m, seed))
    rng = np.random.default_rng(seed)
    strength = rng.integers(1, 64, (n, n)) / 16
    strength = np.maximum(strength, strength.T)
    return CsrGraph(
        rows.indptr, rows.indices, strength[sources(rows), rows.indices].astype(np.float32)
    )


def sources(rows: CsrGraph) -> np.ndarray:
    return np.repeat(np.arange(rows.n), np.diff(rows.indptr))


def dense(rows: CsrGraph) -> np.ndarray:
    """float64 (n, n) of strengths; asserts that no neighbour stands twice in a row."""
    matrix = np.zeros((rows.n, rows.n))
    at = sources(rows)
    assert len({*zip(at.tolist(), rows.indices.tolist(), strict=True)}) == len(rows.indices)
    matrix[at, rows.indices] = rows.weights
    return matrix


def hops(rows: CsrGraph) -> np.ndarray:
    """float64 (n, n): shortest ways by Floyd and Warshall; inf where there is none."""
    way = np.where(dense(rows) > 0, 1.0, np.inf)
    np.fill_diagonal(way, 0)
    for k in range(rows.n):
        way = np.minimum(way, way[:, k, None] + way[None, k])
    return way


def distances(placed: np.ndarray) -> np.ndarray:
    """float64 (n, n)."""
    placed = placed.astype(np.float64)
    return np.hypot(*(placed[:, None] - placed[None]).transpose(2, 0, 1))


def stress(placed: np.ndarray, wanted: np.ndarray) -> float:
    """Mean squared relative error of distances at the best scale."""
    pairs = np.triu_indices(len(placed), 1)
    ratio = distances(placed)[pairs] / wanted[pairs]
    scale = ratio.sum() / (ratio**2).sum()
    return float(((scale * ratio - 1) ** 2).mean())

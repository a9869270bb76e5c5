"""Small graphs, laid out by name, and what can be counted in a drawing."""

from typing import Any

import numpy as np

from graphkeep.compute.layout import LayoutResult, LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.graph.graph import Graph
from tests.graphs import graph_of

__all__ = ["crossings", "graph_of", "laid_out", "nearest", "random_tree", "side"]


def laid_out(name: str, graph: Graph, **said: Any) -> LayoutResult:
    layout = LAYOUTS[name]
    return layout.place(graph, layout.check(said, graph), LayoutRun())


def crossings(positions: np.ndarray, edges: list[tuple[int, int]] | np.ndarray) -> int:
    """Pairs of straight edges without a common end that cross."""
    ends = np.array(edges)
    at = positions.astype(np.float64)
    count = 0
    for k in range(len(ends)):
        a, b = ends[k]
        rest = ends[k + 1 :]
        apart = ~np.isin(rest, (a, b)).any(axis=1)
        c, d = at[rest[apart, 0]], at[rest[apart, 1]]
        across = side(at[a], at[b], c) * side(at[a], at[b], d) < 0
        along = side(c, d, at[a]) * side(c, d, at[b]) < 0
        count += int((across & along).sum())
    return count


def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
    return np.sign(
        (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
        - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
    )


def nearest(positions: np.ndarray) -> float:
    apart = np.hypot(*(positions[:, None] - positions[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    return float(apart.min())


def random_tree(n: int, seed: int) -> np.ndarray:
    """Parents come before children."""
    rng = np.random.default_rng(seed)
    return np.column_stack((rng.integers(0, np.arange(1, n)), np.arange(1, n)))

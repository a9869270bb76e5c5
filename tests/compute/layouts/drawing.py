"""Small graphs, laid out by name, and what can be counted in a drawing."""

from typing import Any

import numpy as np
import pyarrow as pa

from graphkeep.compute.layout import LayoutResult, LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph


def graph_of(n: int, edges: list[tuple[int, int]] | np.ndarray, **columns: Any) -> Graph:
    """Nodes n0, n1, …; `columns` are more of theirs."""
    ends = np.array(edges, np.uint32).reshape(-1, 2)
    ids = [f"n{i}" for i in range(n)]
    said = {
        name: values if isinstance(values, pa.Array) else pa.array(values)
        for name, values in columns.items()
    }
    return Graph(
        nodes=pa.table({"id": ids, **said}),
        edges=pa.table(
            {
                "s": pa.array([ids[i] for i in ends[:, 0]]),
                "d": pa.array([ids[i] for i in ends[:, 1]]),
            }
        ),
        bindings=Bindings(source="s", destination="d", node="id"),
        source_index=ends[:, 0].copy(),
        destination_index=ends[:, 1].copy(),
    )


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

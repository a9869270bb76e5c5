"""Small graphs that tests of several packages share; `tests/conftest.py` has them as fixtures."""

from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pyarrow as pa

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


def make_triangle() -> Graph:
    return graph_of(3, [(0, 1), (1, 2), (2, 0)])


def karate_edges() -> npt.NDArray[np.int64]:
    return np.array(nx.karate_club_graph().edges())


def make_karate() -> Graph:
    """Zachary's karate club: 34 nodes, 78 edges."""
    return graph_of(34, karate_edges())


def make_messy() -> Graph:
    """Loops, parallel edges, cycles, several components, alone standing nodes, equal values."""
    rng = np.random.default_rng(7)
    edges = np.concatenate(
        (rng.integers(0, 90, (140, 2)), [(5, 5), (5, 6), (5, 6), (6, 5), (95, 96)])
    )
    values = rng.integers(0, 6, 100).astype(float)
    return graph_of(
        100,
        edges,
        score=values,
        x=values,
        y=values[::-1].copy(),
        lat=values * 9,
        lon=values[::-1] * 20,
    )

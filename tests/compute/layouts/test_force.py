"""The force layout heeds everything that a run and its parameters say."""

import numpy as np
import pytest

from graphkeep.compute import force_layout
from graphkeep.compute.edges import bound_edge_weights, edge_index
from graphkeep.compute.force.parameters import ForceOptions
from graphkeep.compute.layout import LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph
from tests.compute.layouts.drawing import graph_of

WEIGHTS = [9.0, 1.0, 1.0, 9.0, 1.0, 1.0]


def ring(weights: list[float] | None = None) -> Graph:
    """Six nodes in a ring, whose edges 0-1 and 3-4 may be stronger than the others."""
    graph = graph_of(6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)], team=["a"] * 6)
    if weights is None:
        return graph
    return Graph(
        nodes=graph.nodes,
        edges=graph.edges.append_column("amount", [weights]),
        bindings=Bindings(source="s", destination="d", node="id", edge_weight="amount"),
        source_index=graph.source_index,
        destination_index=graph.destination_index,
    )


def lengths(graph: Graph, positions: np.ndarray) -> np.ndarray:
    ends = positions[edge_index(graph)]
    return np.hypot(*(ends[:, 0] - ends[:, 1]).T)


@pytest.mark.parametrize("name", ["force", "boxes"])
def test_strong_edges_are_drawn_shorter(name: str) -> None:
    graph, layout = ring(WEIGHTS), LAYOUTS[name]
    run = LayoutRun(edge_weights=bound_edge_weights(graph))
    parameters = layout.check({"column": "team"} if name == "boxes" else {}, graph)

    long = lengths(graph, layout.place(graph, parameters, run).positions)
    alike = lengths(graph, layout.place(graph, parameters, LayoutRun()).positions)

    assert max(long[[0, 3]]) < 0.7 * min(long[[1, 2, 4, 5]])
    assert max(alike) < 1.3 * min(alike)


@pytest.mark.parametrize(
    "values", [{"style": "distances", "quality": "best"}, {"gravity": 300, "scaling_ratio": 4}]
)
def test_parameters_reach_the_engine(values: dict) -> None:
    graph, force = ring(), LAYOUTS["force"]
    options = {name: value for name, value in values.items() if name not in ("style", "quality")}

    placed = force.place(graph, force.check(values, graph), LayoutRun(seed=3)).positions

    expected = force_layout(
        6,
        edge_index(graph),
        seed=3,
        style=values.get("style", "auto"),
        quality=values.get("quality", "balanced"),
        options=ForceOptions(**options),
    )
    assert np.array_equal(placed, expected)


def test_a_run_continues_from_its_start_around_fixed_nodes_until_it_is_cancelled() -> None:
    graph, force = ring(), LAYOUTS["force"]
    start = np.arange(12, dtype=np.float32).reshape(6, 2)
    fixed = np.array([True] * 5 + [False])
    shares = []
    run = LayoutRun(
        start=start, fixed=fixed, budget_s=5.0, threads=1,
        on_frame=lambda _, share: shares.append(share), cancel=lambda: bool(shares),
    )  # fmt: skip

    placed = force.place(graph, force.check({}, graph), run).positions

    assert np.allclose(placed[:5], start[:5], atol=1e-4)
    assert len(shares) <= 2  # the frame at which it was cancelled, and perhaps the last

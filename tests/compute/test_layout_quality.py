"""The force layout with its default words draws small graphs as well as it promises."""

import pytest

from benchmarks.layouts.graphs import GENERATORS
from benchmarks.layouts.metrics import judge
from graphkeep.compute.force.layout import force_layout


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_grid_is_drawn_flat(seed) -> None:
    assert figures("grid", seed)["stress"] <= 0.03


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_nearest_are_of_the_same_community(seed) -> None:
    assert figures("lfr", seed)["purity"] >= 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_tree_is_drawn_almost_without_crossings(seed) -> None:
    assert figures("tree", seed)["crossings"] <= 1


@pytest.mark.parametrize("name", GENERATORS)
def test_nodes_do_not_lie_on_one_another(name) -> None:
    assert figures(name, 1)["collisions"] <= 0.02


def figures(name: str, seed: int) -> dict[str, float]:
    graph = GENERATORS[name](1000, seed)
    placed = force_layout(graph.n, graph.edges, seed=seed)
    return judge(graph.n, graph.edges, placed, graph.labels)

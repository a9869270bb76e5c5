"""Trees hang from their roots: levels, no crossings, parents over the middle of their children."""

import numpy as np
import pytest

from graphkeep.graph.errors import UserInputError
from tests.compute.layouts.drawing import crossings, graph_of, laid_out, random_tree

FAMILY = [(0, 1), (0, 2), (0, 3), (1, 4), (1, 5), (3, 6)]


def test_a_small_tree_stands_where_it_is_drawn_by_hand() -> None:
    placed = laid_out("tree", graph_of(7, FAMILY), level_distance=1)

    expected = [(0, 0), (-1, -1), (0, -1), (1, -1), (-1.5, -2), (-0.5, -2), (1, -2)]
    assert (placed.positions - placed.positions[0]).tolist() == [
        list(map(float, xy)) for xy in expected
    ]
    assert placed.notes == ()


@pytest.mark.parametrize("seed", range(8))
def test_no_edges_cross_and_parents_stand_over_the_middle(seed: int) -> None:
    edges = random_tree(150, seed)
    at = laid_out("tree", graph_of(150, edges), level_distance=1).positions

    assert crossings(at, edges) == 0
    for parent in np.unique(edges[:, 0]):
        children = at[edges[edges[:, 0] == parent, 1]]
        assert at[parent, 0] == pytest.approx(
            (children[:, 0].min() + children[:, 0].max()) / 2, abs=1e-3
        )
        assert np.allclose(children[:, 1], at[parent, 1] - 1)


@pytest.mark.parametrize("seed", range(4))
def test_nodes_of_a_level_stand_apart_and_subtrees_do_not_reach_into_one_another(seed: int) -> None:
    edges = random_tree(200, seed)
    at = laid_out("tree", graph_of(200, edges), level_distance=1).positions.astype(float)
    owner = np.arange(200)  # the child of the root that each node descends from
    for parent, child in edges:
        owner[child] = child if parent == 0 else owner[parent]

    for level in np.unique(at[:, 1]):
        row = np.flatnonzero(at[:, 1] == level)
        row = row[np.argsort(at[row, 0])]
        assert np.diff(at[row, 0]).min(initial=1) >= 1 - 1e-4
        changes = np.count_nonzero(np.diff(owner[row]))
        assert changes == len(np.unique(owner[row])) - 1


def test_a_tree_and_its_mirror_image_are_drawn_alike() -> None:
    edges = random_tree(60, 3)
    mirror = np.arange(60)[::-1]
    at = laid_out("tree", graph_of(60, edges), root=0).positions
    mirrored = laid_out("tree", graph_of(60, mirror[edges]), root=59).positions

    assert np.allclose(at - at[0], (mirrored[mirror] - mirrored[59]) * (-1, 1), atol=1e-3)


@pytest.mark.parametrize(
    ("direction", "way"), [("down", (0, -1)), ("up", (0, 1)), ("right", (1, 0)), ("left", (-1, 0))]
)
def test_it_grows_the_way_that_is_said(direction: str, way: tuple[int, int]) -> None:
    at = laid_out("tree", graph_of(7, FAMILY), direction=direction, level_distance=3).positions

    for parent, child in FAMILY:
        assert np.dot(at[child] - at[parent], way) == pytest.approx(3, abs=1e-4)


def test_the_root_is_the_node_that_leads_to_all_whatever_the_order_of_rows() -> None:
    at = laid_out("tree", graph_of(4, [(3, 0), (3, 1), (1, 2)])).positions

    assert np.argmax(at[:, 1]) == 3


def test_levels_follow_the_edges_where_one_node_leads_to_all() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (0, 4), (3, 4)]
    at = laid_out("tree", graph_of(5, edges), level_distance=1).positions

    assert (at[0, 1] - at[:, 1]).tolist() == [0, 1, 2, 3, 1]


def test_a_cycle_hangs_from_the_chosen_node_and_its_extra_link_is_told() -> None:
    graph = graph_of(5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)])
    placed = laid_out("tree", graph, root="n2", level_distance=1)

    depths = placed.positions[2, 1] - placed.positions[:, 1]
    assert depths.tolist() == [2, 1, 0, 1, 2]
    assert placed.notes == ("This graph is no tree; links that run across the drawing: 1 of 5.",)


def test_trees_of_a_forest_do_not_overlap() -> None:
    parts = [random_tree(n, n) for n in (40, 25, 7)]
    starts = [0, 40, 65]
    edges = np.concatenate([part + start for part, start in zip(parts, starts, strict=True)])
    at = laid_out("tree", graph_of(75, edges)).positions
    part = np.repeat([0, 1, 2, 3, 4, 5], [40, 25, 7, 1, 1, 1])

    frames = [(at[part == k].min(axis=0), at[part == k].max(axis=0)) for k in range(6)]
    for k, (low, high) in enumerate(frames):
        for other_low, other_high in frames[:k]:
            assert (low > other_high).any() or (other_low > high).any()


def test_a_deep_path_and_an_empty_graph_are_drawn() -> None:
    n = 50_000
    path = np.column_stack((np.arange(n - 1), np.arange(1, n)))
    at = laid_out("tree", graph_of(n, path), level_distance=1).positions

    assert np.array_equal(at[:, 1] - at[0, 1], -np.arange(n))
    assert laid_out("tree", graph_of(0, [])).positions.shape == (0, 2)


def test_a_root_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserInputError, match="root: there is no node 'n9'"):
        laid_out("tree", graph_of(3, [(0, 1)]), root="n9")

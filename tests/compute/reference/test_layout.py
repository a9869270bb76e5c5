"""Whole layouts: every option does what its name says, odd graphs are drawn, wrong input is refused."""

import numpy as np
import pytest

from graphkeep.compute.force.layout import ForceOptions, force_layout
from tests.compute.reference.graphs import (
    complete,
    cycle,
    distances,
    grid,
    path,
    random_edges,
    star,
)

NONE = np.empty((0, 2), np.int64)


def lengths(placed: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.hypot(*(placed[edges[:, 0]] - placed[edges[:, 1]]).T)


def radius(placed: np.ndarray) -> float:
    return float(np.hypot(*(placed - placed.mean(axis=0)).T).mean())


def two_groups() -> np.ndarray:
    """Two dense groups of forty and thirty edges between them."""
    rng = np.random.default_rng(0)
    inside, between = rng.integers(0, 40, (300, 2)), rng.integers([0, 40], [40, 80], (30, 2))
    return np.concatenate((inside, 40 + inside, path(40), 40 + path(40), between))


def grids(*sides: int) -> tuple[int, np.ndarray]:
    """Square grids beside one another."""
    first = np.cumsum([0, *(side**2 for side in sides)])
    return first[-1], np.concatenate(
        [grid(side) + at for side, at in zip(sides, first, strict=False)]
    )


MANY = grids(70, 30, 25, 20, 12, 12, 9, 8, 5, 2)


@pytest.mark.parametrize(
    ("n", "edges"), [(900, grid(30)), (6000, random_edges(6000, 9000, 1)), MANY]
)
@pytest.mark.parametrize("style", ["auto", "clusters", "balanced", "distances"])
def test_any_threads_give_the_same_bits(n: int, edges: np.ndarray, style) -> None:
    one, two = (
        force_layout(n, edges, style=style, quality="fast", seed=2, threads=threads)
        for threads in (1, 2)
    )

    np.testing.assert_array_equal(one, two)
    assert np.isfinite(one).all()


def test_the_edges_order_of_ends_does_not_matter_to_the_picture_of_a_path() -> None:
    forth, back = path(30), path(30)[:, ::-1]

    np.testing.assert_allclose(
        np.sort(lengths(force_layout(30, forth), forth)),
        np.sort(lengths(force_layout(30, back), back)),
        rtol=1e-3,
    )


def test_many_components_are_disjoint() -> None:
    sizes, edges, at = [100, 64, 30, 9, 9, 5, 3, 2, 2], [], 0
    for size in sizes:
        edges.append(at + (grid(int(size**0.5)) if int(size**0.5) ** 2 == size else cycle(size)))
        at += size
    n = at + 20
    placed = force_layout(n, np.concatenate(edges), seed=1)
    owner = np.concatenate((np.repeat(np.arange(len(sizes)), sizes), len(sizes) + np.arange(20)))
    count = owner.max() + 1
    middle = np.array([placed[owner == c].mean(axis=0) for c in range(count)])
    reach = np.array([np.hypot(*(placed[owner == c] - middle[c]).T).max() for c in range(count)])
    between = distances(middle) - reach[:, None] - reach[None]
    np.fill_diagonal(between, np.inf)

    assert between.min() > 0


def test_together_lays_components_out_as_one_picture() -> None:
    edges = np.concatenate((cycle(30), 30 + cycle(40)))
    placed = force_layout(75, edges, components="together")

    assert np.isfinite(placed).all()
    assert len(np.unique(placed, axis=0)) == 75


@pytest.mark.parametrize("style", ["clusters", "balanced", "distances"])
def test_weights_pull_together(style) -> None:
    edges = grid(12)
    heavy = np.arange(len(edges)) % 5 == 0
    weights = np.where(heavy, 20.0, 1.0)
    plain = lengths(force_layout(144, edges, style=style), edges)
    pulled = lengths(force_layout(144, edges, style=style, weights=weights), edges)
    before, after = (np.median(one[heavy]) / np.median(one[~heavy]) for one in (plain, pulled))

    assert after < 0.75 * before


def test_edge_influence_zero_leaves_weights_aside() -> None:
    edges = grid(8)
    weights = np.random.default_rng(1).random(len(edges))
    options = ForceOptions(edge_influence=0.0)

    np.testing.assert_array_equal(
        force_layout(64, edges, weights=weights, options=options), force_layout(64, edges)
    )


@pytest.mark.parametrize("scale", [2.0, 1e200])
def test_only_the_proportion_of_weights_counts(scale: float) -> None:
    edges = grid(8)
    weights = 1 + np.random.default_rng(1).random(len(edges))
    one, other = (force_layout(64, edges, weights=each) for each in (weights, scale * weights))

    np.testing.assert_allclose(one, other, atol=0.05)


def test_hubs_are_dissuaded_to_the_border() -> None:
    edges = np.concatenate((star(40), 40 + star(40), [[0, 40], [1, 41], [2, 42]]))
    near, far = (
        lengths(
            force_layout(80, edges, style="balanced", options=ForceOptions(dissuade_hubs=hubs)),
            edges,
        )
        for hubs in (False, True)
    )
    joined = slice(78, 81)

    assert np.mean(far[joined]) / np.mean(far[:78]) < np.mean(near[joined]) / np.mean(near[:78])


def test_lin_log_shows_groups_more() -> None:
    edges = two_groups()
    own = np.arange(80) < 40

    def apart(options: ForceOptions) -> float:
        placed = force_layout(80, edges, style="auto", options=options)
        between = distances(placed)
        return float(between[own][:, ~own].mean() / between[own][:, own].mean())

    plain = force_layout(80, edges, style="balanced")
    balanced = distances(plain)[own][:, ~own].mean() / distances(plain)[own][:, own].mean()
    assert apart(ForceOptions(lin_log=True)) > 1.05 * balanced
    np.testing.assert_array_equal(
        force_layout(80, edges, options=ForceOptions(lin_log=True)),
        force_layout(80, edges, style="clusters"),
    )


def loose() -> np.ndarray:
    """A dense middle with long tails, which gravity draws in."""
    return np.concatenate((complete(20), [[0, 20], [1, 60]], 20 + path(40), 60 + path(40)))


def reach_of(options: ForceOptions) -> float:
    """How far out the tails are, by the size of the middle."""
    placed = force_layout(100, loose(), style="balanced", options=options)
    placed = placed - placed[:20].mean(axis=0)
    return float(np.hypot(*placed[20:].T).max() / np.hypot(*placed[:20].T).mean())


def test_gravity_draws_in_and_strong_gravity_more() -> None:
    none = reach_of(ForceOptions(gravity=0))
    some = reach_of(ForceOptions(gravity=300))
    strong = reach_of(ForceOptions(gravity=300, strong_gravity=True))

    assert strong < some < none


def test_given_positions_keep_their_scale_beside_the_scaling_ratio() -> None:
    edges = grid(10)
    placed = [
        force_layout(100, edges, style="balanced", options=ForceOptions(scaling_ratio=ratio))
        for ratio in (1.0, 10.0)
    ]

    assert not np.array_equal(placed[0], placed[1])
    assert [np.median(lengths(one, edges)) for one in placed] == pytest.approx([1, 1], abs=0.25)


@pytest.mark.parametrize("name", ["locked_x", "locked_y", "locked_r"])
def test_a_lock_keeps_its_coordinate_and_frees_the_other(name: str) -> None:
    start = np.random.default_rng(2).normal(size=(49, 2)).astype(np.float32)
    after = force_layout(49, grid(7), positions=start, options=ForceOptions(**{name: True}))

    def coordinates(placed: np.ndarray) -> dict[str, np.ndarray]:
        return {"locked_x": placed[:, 0], "locked_y": placed[:, 1], "locked_r": np.hypot(*placed.T)}

    changed = {
        each: float(np.abs(was - coordinates(after)[each]).max())
        for each, was in coordinates(start).items()
    }
    assert changed.pop(name) < 1e-3
    assert max(changed.values()) > 0.05


@pytest.mark.parametrize("precision", [-5, -1, 0, 1, 5])
def test_any_precision_gives_about_the_same_picture(precision: float) -> None:
    edges = grid(27)
    options = ForceOptions(precision_vs_speed=precision)
    placed = force_layout(729, edges, style="distances", options=options)

    assert lengths(placed, edges).std() < 0.5 * lengths(placed, edges).mean()


ODD = {
    "star": (50, star(50)),
    "large star": (3000, star(3000)),
    "path": (200, path(200)),
    "four in a row": (4, path(4)),
    "complete": (40, complete(40)),
    "two": (2, path(2)),
    "three": (3, path(3)),
    "loops": (10, np.column_stack((np.arange(10), np.arange(10)))),
    "loops and edges": (6, np.array([[0, 0], [0, 1], [1, 1], [2, 3], [3, 4], [4, 5], [5, 5]])),
    "n above any id": (500, np.array([[0, 1], [1, 2]])),
    "long bar": (
        800,
        np.concatenate((complete(20), 20 + path(760), [[0, 20], [779, 780]], 780 + complete(20))),
    ),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("style", ["auto", "distances"])
def test_odd_graphs_have_finite_places_of_their_own(name: str, style) -> None:
    n, edges = ODD[name]
    placed = force_layout(n, edges, style=style)

    assert (placed.shape, placed.dtype) == ((n, 2), np.float32)
    assert np.isfinite(placed).all()
    assert len(np.unique(placed, axis=0)) == n


@pytest.mark.parametrize("n", [3, 4, 5, 10, 100, 700])
def test_steps_of_a_path_are_about_as_long_as_the_space_between_nodes(n: int) -> None:
    edges = path(n)

    assert 0.1 < np.median(lengths(force_layout(n, edges), edges)) < 3


def test_a_step_is_as_long_in_each_component_and_about_one() -> None:
    n, edges = MANY
    found = np.array(lengths(force_layout(n, edges), edges))
    sides, cuts = (70, 30, 25, 20, 12, 12, 9, 8, 5, 2), 0
    medians = []
    for side in sides:
        medians.append(float(np.median(found[cuts : cuts + 2 * side * (side - 1)])))
        cuts += 2 * side * (side - 1)

    assert medians == pytest.approx([1.0] * len(sides), abs=0.25)


def test_repeated_edges_pull_by_the_root_of_their_number() -> None:
    edges = grid(7)
    repeated = np.concatenate((edges, edges[::3], edges[::3][:, ::-1], edges[::3]))
    weights = np.ones(len(edges))
    weights[::3] = 4 / 4**0.5

    np.testing.assert_allclose(
        force_layout(49, repeated), force_layout(49, edges, weights=weights), atol=0.02
    )


@pytest.mark.parametrize("edges", [NONE, np.array([[1, 1]]), path(3)])
def test_a_given_picture_of_few_or_no_edges_stays_finite(edges: np.ndarray) -> None:
    start = np.random.default_rng(3).normal(size=(5, 2)).astype(np.float32)

    assert np.isfinite(force_layout(5, edges, positions=start)).all()
    assert np.isfinite(force_layout(5, edges, positions=np.zeros((5, 2), np.float32))).all()


TWO = np.array([[0, 1], [1, 2]])
PLACES = np.zeros((3, 2), np.float32)
REFUSED = {
    "edges of three columns": ({"edges": np.zeros((4, 3), int)}, "two columns"),
    "edges in a row": ({"edges": np.zeros(4, int)}, "two columns"),
    "edges that are not whole": ({"edges": np.zeros((4, 2))}, "integer"),
    "an id too high": ({"edges": np.array([[0, 3]])}, "not there"),
    "an id below nought": ({"edges": np.array([[-1, 2]])}, "not there"),
    "an id beyond 32 bits": ({"edges": np.array([[0, 2**32]])}, "not there"),
    "too few weights": ({"weights": np.ones(1)}, "one number for each edge"),
    "weights in columns": ({"weights": np.ones((2, 1))}, "one number for each edge"),
    "a weight that is none": ({"weights": np.array([1, np.nan])}, "weight is not a finite"),
    "a weight without end": ({"weights": np.array([1, np.inf])}, "weight is not a finite"),
    "too few positions": ({"positions": PLACES[:2]}, "two numbers for each node"),
    "a position that is none": ({"positions": np.full((3, 2), np.nan)}, "position is not finite"),
    "a position without end": ({"positions": np.full((3, 2), np.inf)}, "position is not finite"),
    "pins without positions": ({"fixed": np.ones(3, bool)}, "one truth for each node"),
    "too few pins": ({"positions": PLACES, "fixed": np.ones(2, bool)}, "one truth for each node"),
    "pins by number": ({"positions": PLACES, "fixed": np.array([0, 1, 1])}, "one truth for each"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_laid_out_is_refused_in_words(name: str) -> None:
    said, words = REFUSED[name]
    arguments = {"edges": TWO, **said}

    with pytest.raises(ValueError, match=words):
        force_layout(3, **arguments)

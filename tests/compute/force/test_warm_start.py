"""New nodes start among their neighbours; a slow reference says where exactly."""

import math

import numpy as np
import pytest

from graphkeep.compute.warm_start import GOLDEN, random_unit, seeded_positions
from tests.compute.force.test_force import planted


def reference(n, edges, known, is_known, seed):
    """The same by sets and dictionaries, wave by wave."""
    placed = {i: known[i].astype(float) for i in range(n) if is_known[i]}
    joined = [[] for _ in range(n)]
    for a, b in edges:
        if a != b:
            joined[a].append(b)
            joined[b].append(a)
    inside = [math.dist(placed[a], placed[b]) for a, b in edges if a in placed and b in placed]
    inside = [one for one in inside if one > 0]
    middle = np.mean([*placed.values()], axis=0) if placed else np.zeros(2)
    radius = max((math.dist(middle, at) for at in placed.values()), default=0.0)
    length = float(np.median(inside)) if inside else radius / math.sqrt(max(len(placed), 1)) or 1.0
    lonely = 0
    while len(placed) < n:
        wave = {
            new: np.mean([placed[one] for one in joined[new] if one in placed], axis=0)
            for new in range(n)
            if new not in placed and any(one in placed for one in joined[new])
        }
        if not wave:
            away = math.sqrt((radius + length) ** 2 + lonely * length**2)
            at = (math.cos(GOLDEN * lonely), math.sin(GOLDEN * lonely))
            placed[min(set(range(n)) - set(placed))] = middle + away * np.array(at)
            lonely += 1
            continue
        for new, mean in wave.items():
            angle = 2 * math.pi * random_unit(seed, new, 0)
            away = 0.5 * length * math.sqrt(random_unit(seed, new, 1))
            placed[new] = mean + away * np.array([math.cos(angle), math.sin(angle)])
    return np.array([placed[i] for i in range(n)]).reshape(n, 2)


def a_graph(n: int, m: int, share: float, seed: int):
    rng = np.random.default_rng(seed)
    edges = rng.integers(0, n, (m, 2))
    known = rng.normal(3, 40, (n, 2)).astype(np.float32)
    return edges, known, rng.random(n) < share


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.95])
@pytest.mark.parametrize(("n", "m"), [(1, 0), (5, 3), (60, 40), (60, 200)])
def test_it_places_as_the_slow_reference_does(n: int, m: int, share: float) -> None:
    for seed in range(5):
        edges, known, is_known = a_graph(n, m, share, seed)
        placed = seeded_positions(n, edges, known, is_known, seed)

        wanted = reference(n, edges, known, is_known, seed)
        assert placed == pytest.approx(wanted, rel=1e-4, abs=1e-3)


def test_what_is_known_does_not_move_and_what_is_not_is_not_read() -> None:
    edges, known, is_known = a_graph(200, 400, 0.6, 1)
    placed = seeded_positions(200, edges, known, is_known, 1)
    known[~is_known] = np.nan

    assert placed.dtype == np.float32
    assert np.array_equal(placed[is_known], known[is_known])
    assert np.array_equal(placed, seeded_positions(200, edges, known, is_known, 1))
    assert np.array_equal(
        known[is_known], seeded_positions(200, edges, known, np.ones(200, bool), 1)[is_known]
    )


def test_a_new_node_stands_in_the_middle_of_its_neighbours() -> None:
    known = np.array([[0, 0], [4, 0], [0, 4], [4, 4], [0, 0]], np.float32)
    edges = np.array([[4, 0], [4, 1], [4, 2], [4, 3], [0, 1], [0, 2]])
    placed = seeded_positions(5, edges, known, np.array([1, 1, 1, 1, 0], bool), 3)

    assert math.dist(placed[4], (2, 2)) <= 2
    assert (
        seeded_positions(5, edges, known, np.array([1, 1, 1, 1, 0], bool), 4)[4].tolist()
        != placed[4].tolist()
    )


def test_strangers_stand_around_the_picture() -> None:
    edges, known, _ = a_graph(400, 0, 1, 2)
    is_known = np.arange(400) < 100
    placed = seeded_positions(400, edges, known, is_known, 0)
    middle = known[:100].mean(axis=0)
    inner = np.hypot(*(placed[:100] - middle).T).max()
    apart = np.hypot(*(placed[100:, None] - placed[None, 100:]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)

    assert np.hypot(*(placed[100:] - middle).T).min() > inner
    assert apart.min() > 1


def test_a_new_member_starts_with_its_group() -> None:
    edges, own = planted(20, 50)
    angle = 2 * math.pi * own / 20
    known = np.column_stack((np.cos(angle), np.sin(angle))).astype(np.float32) * 100
    known += np.random.default_rng(0).normal(0, 2, known.shape).astype(np.float32)
    is_known = np.random.default_rng(1).random(1000) < 0.7
    placed = seeded_positions(1000, edges, known, is_known, 0)
    homes = np.array([known[is_known & (own == one)].mean(axis=0) for one in range(20)])
    nearest = np.hypot(*(placed[:, None] - homes[None]).transpose(2, 0, 1)).argmin(axis=1)

    assert (nearest == own)[~is_known].mean() > 0.8


@pytest.mark.parametrize(
    ("edges", "known", "is_known"),
    [
        ([[0, 2]], np.zeros((2, 2)), [True, False]),
        ([[0, -1]], np.zeros((2, 2)), [True, False]),
        ([[0, 1]], np.zeros((3, 2)), [True, False]),
        ([[0, 1]], np.zeros((2, 2)), [True]),
    ],
)
def test_what_does_not_fit_together_is_refused(edges, known, is_known) -> None:
    with pytest.raises(ValueError, match=r"not there|for each node"):
        seeded_positions(2, np.array(edges), known.astype(np.float32), np.array(is_known))

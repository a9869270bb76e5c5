"""Small components, all in one go, against a loop for each."""

import math

import numpy as np
import pytest

from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.packing.small_components import STEPS, breadth_first, place_small, sketch
from tests.compute.reference.graphs import (
    complete,
    cycle,
    distances,
    grid,
    hops,
    path,
    star,
    stress,
)

GRAPHS = {"path": path(5), "cycle": cycle(7), "star": star(6), "grid": grid(4), "pair": path(2)}


def placed(rows: CsrGraph, starts: list[int]) -> np.ndarray:
    pos = np.full((rows.n, 2), np.nan, np.float32)
    place_small(np.array(starts), *rows, pos)
    return pos


def settled(rows: CsrGraph, pos: np.ndarray) -> np.ndarray:
    """The forces of ForceAtlas2 with a short-range term, one node after another."""
    n = rows.n
    pos, speed = pos.astype(np.float64), np.zeros((n, 2))
    mass = np.sqrt(np.diff(rows.indptr) + 1.0)
    for turn in range(STEPS):
        step = np.empty((n, 2))
        for i in range(n):
            held = 0.1 * mass[i]
            force = -held * pos[i]
            for j in range(n):
                d = pos[i] - pos[j]
                q = 1 / (d @ d + 0.01)
                force = force + mass[i] * mass[j] * q * (1 + 0.5 * q) * d
            for e in range(rows.indptr[i], rows.indptr[i + 1]):
                force = force + rows.weights[e] * (pos[rows.indices[e]] - pos[i])
                held += rows.weights[e]
            step[i] = 0.7 * force / held + 0.5 * speed[i]
        length = np.hypot(*step.T)[:, None]
        speed = step * np.minimum(1, 2 * math.exp(-4 * turn / STEPS) / np.maximum(length, 1e-12))
        pos += speed
    return pos


@pytest.mark.parametrize("name", ["path", "cycle", "star", "grid"])
def test_a_component_settles_as_in_a_plain_loop(name: str) -> None:
    edges = GRAPHS[name]
    n = int(edges.max()) + 1
    rows = simplify(n, edges)
    x, y = np.zeros(n, np.float32), np.zeros(n, np.float32)
    sketch(0, n, rows.indptr, rows.indices, x, y)

    expected = settled(rows, np.column_stack((x, y)))
    np.testing.assert_allclose(placed(rows, [0, n]), expected, atol=0.02)


@pytest.mark.parametrize("root", [0, 7, 15])
def test_depths_are_shortest_ways(root: int) -> None:
    rows = simplify(20, 4 + grid(4))
    depth, queue = np.empty(16, np.int32), np.empty(16, np.int32)
    last = breadth_first(4, 16, rows.indptr, rows.indices, root, depth, queue)

    np.testing.assert_array_equal(depth, hops(rows)[4 + root, 4:])
    assert depth[last] == depth.max()


def test_one_and_two_nodes_have_a_closed_form() -> None:
    rows = simplify(3, np.array([[1, 2]]))

    assert placed(rows, [0, 1, 3]).tolist() == [[0, 0], [-0.5, 0], [0.5, 0]]


def test_each_component_is_placed_as_if_it_were_alone() -> None:
    edges, starts, alone = [], [0], []
    for part in GRAPHS.values():
        size = int(part.max()) + 1
        edges.append(part + starts[-1])
        starts.append(starts[-1] + size)
        alone.append(placed(simplify(size, part), [0, size]))

    together = placed(simplify(starts[-1], np.concatenate(edges)), starts)
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_small_shapes_come_out_as_they_are() -> None:
    line, ring, mesh = (
        (placed(rows, [0, rows.n]), rows)
        for rows in (simplify(9, path(9)), simplify(12, cycle(12)), simplify(16, grid(4)))
    )

    radius = np.hypot(*(ring[0] - ring[0].mean(axis=0)).T)
    assert stress(line[0], hops(line[1])) < 0.03
    assert np.ptp(radius) < 0.1 * radius.mean()
    assert stress(mesh[0], hops(mesh[1])) < 0.03


@pytest.mark.parametrize("edges", [complete(30), star(60), complete(3), grid(7)])
def test_no_two_nodes_lie_on_one_another(edges: np.ndarray) -> None:
    n = int(edges.max()) + 1
    apart = distances(placed(simplify(n, edges), [0, n]))
    np.fill_diagonal(apart, np.inf)

    assert apart.min() > 0.2

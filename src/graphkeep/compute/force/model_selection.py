"""Attraction model of a graph, from a rough layout: are edges shorter than random pairs of nodes?"""

import numpy as np
from numba import njit

from graphkeep.compute.force.coarsen import Level
from graphkeep.compute.force.schedule import SPARSE, TREE
from graphkeep.compute.force.step import LINEAR, LINLOG, SQUARE
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.kernels.noise import noise

SAMPLE = 2999  # a prime
FEW = 100  # nodes; smaller levels are too noisy to judge
CLUSTERED, REGULAR = 0.74, 0.985
HUB = 2.7  # times the mean degree; a mesh has no such node
BUSY = 10  # neighbours; a node with fewer is never a hub
GIANT = 250.0  # times the mean degree
SMALL_MESH = 1000  # nodes; up to this size the balanced model keeps more neighbours together


def initial_model(rows: CsrGraph) -> int:
    """The model of the coarsest level, before there is a layout to judge."""
    degree, regular = len(rows.indices) / rows.n, is_regular(rows)
    if degree < TREE or (degree < SPARSE and not regular):
        return LINLOG
    return SQUARE if rows.n > SMALL_MESH and regular else LINEAR


def is_regular(rows: CsrGraph) -> bool:
    """Whether all nodes have similar degrees, as in a mesh."""
    degree = np.diff(rows.indptr)
    return bool(degree.max() < max(HUB * degree.mean(), BUSY))


def has_giants(rows: CsrGraph) -> bool:
    """Whether a few nodes have huge degrees: only a superlinear attraction keeps their neighbours near."""
    degree = np.diff(rows.indptr)
    return bool(degree.max() > GIANT * degree.mean())


def choose_model(level: Level, whole: float, pos: np.ndarray, finest: Level, seed: int) -> int:
    """The model after a refined level; `whole` is the total edge weight of the finest level.

    LINEAR for random graphs, LINLOG for graphs with communities, SQUARE for meshes.
    """
    if level.n < FEW or len(level.rows.indices) == 0:
        return initial_model(finest.rows)
    rows = level.rows
    inside = max(0.0, 1.0 - float(rows.weights.sum(dtype=np.float64)) / whole)
    nearer = inside + (1 - inside) * shorter_than_chance(
        rows.indptr, rows.indices, rows.weights, pos, seed
    )
    if nearer < CLUSTERED:
        return SQUARE if has_giants(finest.rows) else LINEAR
    initial = initial_model(finest.rows)
    return initial if nearer > REGULAR and is_regular(finest.rows) else LINLOG


@njit(**FAST)
def shorter_than_chance(indptr, indices, w, pos, seed):
    """Fraction of sampled edges that are shorter than a pair of ends of two random edges.

    The sample is spread evenly over the total edge weight; pairs are formed by multiples modulo a prime.
    """
    source, target = sample_edges(indptr, indices, w, seed)
    noise_1, noise_2 = noise(1, seed)
    stride_1, stride_2 = 1 + int(noise_1 * (SAMPLE - 1)), 1 + int(noise_2 * (SAMPLE - 1))
    shorter_count, b, c = 0, 0, SAMPLE // 2
    for a in range(SAMPLE):
        b = (b + stride_1) % SAMPLE
        c = (c + stride_2) % SAMPLE
        edge = distance2(pos, source[a], target[a])
        shorter_count += edge < distance2(pos, source[b], target[c])
    return shorter_count / SAMPLE


@njit(**FAST)
def distance2(pos, i, j):
    dx, dy = pos[i, 0] - pos[j, 0], pos[i, 1] - pos[j, 1]
    return dx * dx + dy * dy


@njit(**FAST)
def sample_edges(indptr, indices, w, seed):
    """Ends int32 (SAMPLE,) of edges, sampled in proportion to their weights."""
    total_weight = 0.0
    for e in range(len(indices)):
        total_weight += w[e]
    source, target = np.empty(SAMPLE, np.int32), np.empty(SAMPLE, np.int32)
    offset, _ = noise(0, seed)
    stride = total_weight / SAMPLE
    due, cumulative, count = offset * stride, 0.0, 0
    for i in range(len(indptr) - 1):
        for e in range(indptr[i], indptr[i + 1]):
            cumulative += w[e]
            while count < SAMPLE and due < cumulative:
                source[count], target[count] = i, indices[e]
                count += 1
                due += stride
    for index in range(count, SAMPLE):
        source[index], target[index] = source[count - 1], target[count - 1]
    return source, target

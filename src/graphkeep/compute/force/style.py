"""Which law suits a graph, from a rough layout of it: are edges shorter than chance would have them?"""

import numpy as np
from numba import njit

from graphkeep.compute.force.coarsen import Level
from graphkeep.compute.force.schedule import TREE
from graphkeep.compute.force.simplify import Rows
from graphkeep.compute.force.step import LINEAR, LINLOG, SQUARE
from graphkeep.compute.kernels.noise import noise
from graphkeep.compute.kernels.options import OPTIONS

SAMPLE = 3000
FEW = 100  # nodes; below, chance decides
CLUSTERED, REGULAR = 0.74, 0.985
HUB = 2.7  # times the mean degree; a mesh has no such node
GIANT = 250.0  # times the mean degree
SMALL_MESH = 1000  # nodes; up to here balance keeps more neighbours together


def first_law(rows: Rows) -> int:
    """The law of the coarsest level, of which nothing can be seen yet."""
    if len(rows.idx) < TREE * rows.n:
        return LINLOG
    return SQUARE if rows.n > SMALL_MESH and is_regular(rows) else LINEAR


def is_regular(rows: Rows) -> bool:
    """Whether nodes have about as many neighbours each, as in a mesh."""
    degree = np.diff(rows.ptr)
    return bool(degree.max() < HUB * degree.mean())


def has_giants(rows: Rows) -> bool:
    """Whether a few nodes hold the graph together: only a pull that grows faster keeps what hangs on them near."""
    degree = np.diff(rows.ptr)
    return bool(degree.max() > GIANT * degree.mean())


def law_of(level: Level, whole: float, pos: np.ndarray, finest: Level, seed: int) -> int:
    """The law for what follows a relaxed level; `whole` is the strength of all edges of the finest.

    Random graphs balance, those with communities show them, and meshes show distances.
    """
    if level.n < FEW or len(level.rows.idx) == 0:
        return first_law(finest.rows)
    rows = level.rows
    inside = max(0.0, 1.0 - float(rows.w.sum(dtype=np.float64)) / whole)
    nearer = inside + (1 - inside) * shorter(rows.ptr, rows.idx, rows.w, pos, seed)
    if nearer < CLUSTERED:
        return SQUARE if has_giants(finest.rows) else LINEAR
    first = first_law(finest.rows)
    return first if nearer > REGULAR and is_regular(finest.rows) else LINLOG


@njit(**OPTIONS)
def shorter(ptr, idx, w, pos, seed):
    """How often a random edge is shorter than a pair of ends of two random edges, by a sample."""
    n = len(ptr) - 1
    source = np.empty(len(idx), np.int32)
    total = np.empty(len(idx), np.float64)
    so_far = 0.0
    for i in range(n):
        for e in range(ptr[i], ptr[i + 1]):
            source[e] = i
            so_far += w[e]
            total[e] = so_far
    won = 0
    for turn in range(SAMPLE):
        one, two = noise(2 * turn, seed)
        three, _ = noise(2 * turn + 1, seed)
        a = min(np.searchsorted(total, one * so_far), len(idx) - 1)
        b = min(np.searchsorted(total, two * so_far), len(idx) - 1)
        c = min(np.searchsorted(total, three * so_far), len(idx) - 1)
        edge = np.hypot(pos[source[a], 0] - pos[idx[a], 0], pos[source[a], 1] - pos[idx[a], 1])
        pair = np.hypot(pos[source[b], 0] - pos[idx[c], 0], pos[source[b], 1] - pos[idx[c], 1])
        won += edge < pair
    return won / SAMPLE

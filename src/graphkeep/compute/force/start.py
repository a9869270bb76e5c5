"""Initial positions of the coarsest level from graph distances, so that the layout does not start folded.

Distances from four far nodes (pivot MDS, Brandes and Pich 2006), then stress majorization (Gansner, Koren
and North 2004).
"""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.bfs import breadth_first
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.spacing.sunflower import GOLDEN, sunflower

ROUNDS = 25
MOST = 2000  # nodes; up to this size all pairwise distances are stored


def initial_positions(rows: CsrGraph, mass: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Positions float32 (n, 2) for a connected graph of at most a few hundred nodes.

    Larger graphs, which could not be coarsened further, start evenly spread on a disc.
    """
    if rows.n > MOST:
        return sunflower(rows.n)
    hops = hop_distances(rows.indptr, rows.indices)
    from_first = hops[int(hops[0].argmax())]
    from_second = hops[int(from_first.argmax())]
    # The third pivot is far from both and off the path between them; the fourth is opposite it (on a path, itself).
    side = int((from_first + from_second - 0.5 * np.abs(from_first - from_second)).argmax())
    from_third = hops[side]
    from_fourth = hops[int(np.where(from_first == from_first[side], from_third, -1).argmax())]
    turn = GOLDEN * np.arange(rows.n)
    x = 0.7 * (from_first - from_second) + 0.4 * np.cos(turn)
    y = 0.5 * (from_fourth - from_third) + 0.4 * np.sin(turn)
    pos = majorize_stress(np.column_stack((x, y)).astype(np.float32), hops, ROUNDS)
    return pos * np.float32(math.sqrt(float(mass.mean())))


@njit(**FAST)
def majorize_stress(pos, hops, rounds):
    """Move each node to its stress minimum, weighted by 1 / d^2; repeated."""
    n = len(pos)
    updated = np.empty_like(pos)
    for _ in range(rounds):
        for i in range(n):
            x, y, total = np.float32(0), np.float32(0), np.float32(0)
            for j in range(n):
                dx, dy = pos[i, 0] - pos[j, 0], pos[i, 1] - pos[j, 1]
                distance = max(hops[i, j], np.float32(1))
                weight = (np.float32(1) if i != j else np.float32(0)) / (distance * distance)
                pull = distance / math.sqrt(dx * dx + dy * dy + np.float32(1e-8))
                x += weight * (pos[j, 0] + pull * dx)
                y += weight * (pos[j, 1] + pull * dy)
                total += weight
            updated[i, 0], updated[i, 1] = (
                x / max(total, np.float32(1e-20)),
                y / max(total, np.float32(1e-20)),
            )
        pos, updated = updated, pos
    return pos


@njit(**FAST)
def hop_distances(indptr, indices):
    """Hop distance float32 (n, n) between each pair of nodes."""
    n = len(indptr) - 1
    hops = np.empty((n, n), np.float32)
    depth, queue = np.empty(n, np.int32), np.empty(n, np.int32)
    for root in range(n):
        breadth_first(0, n, indptr, indices, root, depth, queue)
        for j in range(n):
            hops[root, j] = max(depth[j], 0)
    return hops

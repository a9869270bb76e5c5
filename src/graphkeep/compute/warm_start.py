"""Initial positions of new nodes in an existing layout: near their neighbours, so that the layout stays stable."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.sunflower import GOLDEN

JITTER = 0.5  # of the typical length of an edge


def seeded_positions(
    n: int,
    edges: npt.NDArray[np.integer],
    known_positions: Positions,
    is_known: npt.NDArray[np.bool_],
    seed: int = 0,
) -> Positions:
    """Positions float32 (n, 2): known nodes unchanged, others at the mean of their neighbours, plus jitter.

    `edges` is int (m, 2), `known_positions` float32 (n, 2), of which only rows of `is_known` bool (n,) are read.
    New nodes are placed breadth-first, outwards from known nodes; a component without any known node
    grows from a point around the layout. The same seed gives the same positions.

    Raises:
        ValueError: an edge names a node that is not below `n`, or the shapes do not match.
    """
    if known_positions.shape != (n, 2) or is_known.shape != (n,):
        raise ValueError("there must be a position, and a word whether it is known, for each node")
    if len(edges) and (int(edges.max()) >= n or int(edges.min()) < 0):
        raise ValueError("an edge names a node that is not there")
    placed = np.where(is_known[:, None], known_positions, 0).astype(np.float32)
    if is_known.all():
        return placed
    pairs = np.ascontiguousarray(edges, np.int64).reshape(-1, 2)
    middle, radius = center_and_radius(placed[is_known])
    length = edge_length(pairs, placed, is_known, radius)
    indices, indptr = neighbor_rows(n, pairs)
    place_outwards(
        indptr,
        indices,
        placed,
        is_known.copy(),
        middle,
        radius + length,
        length,
        seed & 0xFFFFFFFF,
    )
    return placed


def center_and_radius(known: Positions) -> tuple[npt.NDArray[np.float64], float]:
    """Center of a layout, and the distance of its farthest node."""
    if len(known) == 0:
        return np.zeros(2), 0.0
    middle = known.mean(axis=0, dtype=np.float64)
    return middle, float(np.hypot(*(known - middle).T).max())


def edge_length(
    pairs: npt.NDArray[np.int64],
    placed: Positions,
    is_known: npt.NDArray[np.bool_],
    radius: float,
) -> float:
    """Median length of edges between known nodes; without any, the typical spacing of known nodes."""
    inside = pairs[is_known[pairs[:, 0]] & is_known[pairs[:, 1]]]
    lengths = np.hypot(*(placed[inside[:, 0]] - placed[inside[:, 1]]).T)
    lengths = lengths[lengths > 0]
    if len(lengths):
        return float(np.median(lengths))
    return radius / math.sqrt(max(int(is_known.sum()), 1)) or 1.0


def neighbor_rows(
    n: int, pairs: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """CSR rows: neighbours int64 (2m,) grouped by node, and the offset of each node's group, int64 (n + 1,)."""
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    ends = np.concatenate((pairs[:, 0], pairs[:, 1]))
    neighbors = np.concatenate((pairs[:, 1], pairs[:, 0]))
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=n), out=indptr[1:])
    return neighbors[np.argsort(ends, kind="stable")], indptr


@njit(**FAST)
def random_unit(seed, node, which):
    """Pseudo-random number in 0..1, independent of the order of calls."""
    h = np.uint64(node + 1) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed) * np.uint64(31)
    h += np.uint64(which) * np.uint64(0xD1B54A32D192ED03)
    h ^= h >> np.uint64(31)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(29)
    return float(h & np.uint64(0xFFFFFF)) / 16777216.0


@njit(**FAST)
def place_outwards(indptr, indices, placed, is_placed, middle, radius, length, seed):
    """Fill `placed`, wave by wave; a wave only uses nodes placed in earlier waves."""
    n = len(is_placed)
    queue = np.empty(n, np.int64)
    wave = np.zeros(n, np.int64)  # wave in which each node was placed; 0 for known nodes
    tail = 0
    for i in range(n):
        if is_placed[i]:
            queue[tail] = i
            tail += 1
    head, lonely, next_root = 0, 0, 0
    while True:
        while head < tail:
            node = queue[head]
            head += 1
            for e in range(indptr[node], indptr[node + 1]):
                new_node = indices[e]
                if is_placed[new_node]:
                    continue
                is_placed[new_node] = True
                wave[new_node] = wave[node] + 1
                queue[tail] = new_node
                tail += 1
                x, y, count = 0.0, 0.0, 0
                for k in range(indptr[new_node], indptr[new_node + 1]):
                    neighbor = indices[k]
                    if is_placed[neighbor] and wave[neighbor] < wave[new_node]:
                        x += placed[neighbor, 0]
                        y += placed[neighbor, 1]
                        count += 1
                angle = 2 * math.pi * random_unit(seed, new_node, 0)
                distance = JITTER * length * math.sqrt(random_unit(seed, new_node, 1))
                placed[new_node, 0] = x / count + distance * math.cos(angle)
                placed[new_node, 1] = y / count + distance * math.sin(angle)
        while next_root < n and is_placed[next_root]:
            next_root += 1
        if next_root == n:
            return
        # A sunflower pattern around the known nodes, with the density of nodes one edge apart.
        distance = math.sqrt(radius * radius + lonely * length * length)
        angle = GOLDEN * lonely
        placed[next_root, 0] = middle[0] + distance * math.cos(angle)
        placed[next_root, 1] = middle[1] + distance * math.sin(angle)
        is_placed[next_root] = True
        queue[tail] = next_root
        tail += 1
        lonely += 1

"""Shapes of components whose bounding disc may be mostly empty: strips and sprawling trees.

Sparse components are packed as polyominoes, the grid cells that they cover (Freivalds, Dogrusoz, Kikusts 2002).
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.jit import FAST

STEP = 0.5  # between two points of an edge
FEWEST, MOST = 8, 20_000  # nodes; others are discs
DENSEST = 6.0  # mean degree; denser components fill their disc


class Shapes(NamedTuple):
    """Points float32 (p, 2) of nodes and edges; component c has `first[c]..first[c + 1]`, a disc has no points."""

    points: npt.NDArray[np.float32]
    first: npt.NDArray[np.int64]


def shapes_of(
    placed: npt.NDArray[np.float32],
    starts: npt.NDArray[np.int64],
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.int32],
) -> Shapes:
    """Shapes of centered components, which are contiguous in `placed` and in the rows."""
    counts = np.diff(starts)
    degree = np.diff(indptr[starts]) / counts
    hollow = (counts >= FEWEST) & (counts <= MOST) & (degree < DENSEST)
    return Shapes(*points_of(placed, starts, hollow, indptr, indices))


@njit(**FAST)
def points_of(placed, starts, hollow, indptr, indices):
    count = len(starts) - 1
    first = np.zeros(count + 1, np.int64)
    for c in range(count):
        first[c + 1] = first[c]
        if hollow[c]:
            for i in range(starts[c], starts[c + 1]):
                first[c + 1] += 1
                for e in range(indptr[i], indptr[i + 1]):
                    if indices[e] > i:
                        first[c + 1] += parts_of_edge(placed, i, indices[e])
    points = np.empty((first[count], 2), np.float32)
    o = 0
    for c in range(count):
        if hollow[c]:
            for i in range(starts[c], starts[c + 1]):
                points[o] = placed[i]
                o += 1
                for e in range(indptr[i], indptr[i + 1]):
                    j = indices[e]
                    if j > i:
                        segments = parts_of_edge(placed, i, j)
                        for segment in range(segments):
                            share = np.float32((segment + 1) / (segments + 1))
                            points[o, 0] = placed[i, 0] + share * (placed[j, 0] - placed[i, 0])
                            points[o, 1] = placed[i, 1] + share * (placed[j, 1] - placed[i, 1])
                            o += 1
    return points, first


@njit(**FAST)
def parts_of_edge(placed, i, j):
    return int(math.hypot(placed[j, 0] - placed[i, 0], placed[j, 1] - placed[i, 1]) / STEP)


@njit(**FAST)
def cells_of(points, cell, pad):
    """Cells int32 (k, 2) (column, row), relative to the center, that points cover, dilated by `pad` cells."""
    far = np.float32(0)
    for k in range(len(points)):
        far = max(far, max(abs(points[k, 0]), abs(points[k, 1])))
    reach = int(far / cell) + pad + 2
    board = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    for k in range(len(points)):
        column = math.floor(points[k, 0] / cell + 0.5) + reach
        row = math.floor(points[k, 1] / cell + 0.5) + reach
        for dy in range(-pad, pad + 1):
            wide = int(math.sqrt(pad * pad - dy * dy))
            for dx in range(-wide, wide + 1):
                board[row + dy, column + dx] = 1
    total = 0
    for row in range(2 * reach + 1):
        for column in range(2 * reach + 1):
            total += board[row, column]
    cells = np.empty((total, 2), np.int32)
    o = 0
    for row in range(2 * reach + 1):
        for column in range(2 * reach + 1):
            if board[row, column]:
                cells[o, 0], cells[o, 1] = column - reach, row - reach
                o += 1
    return cells

"""Components side by side: each in its circle, the largest in the middle, none over another."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.options import OPTIONS

FINEST = 1400  # cells along one side of the board at most


def pack_circles(radii: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Centres float64 (k, 2) of circles, float64 (k,), placed by decreasing radius."""
    order = np.argsort(-radii, kind="stable")
    ordered = radii[order]
    cell = board_side(ordered) / FINEST
    if cell > ordered[-1] / 1.5:
        # On a coarse board a border is known to about a cell and a half.
        ordered = ordered + np.minimum(1.5 * cell, ordered)
    side = board_side(ordered)
    cell = max(float(ordered[-1]) / 1.5, side / FINEST)
    cells = int(side / cell) + 4
    placed = spiral(ordered / cell, cells) * cell
    centres = np.empty((len(radii), 2))
    centres[order] = placed
    return centres


def board_side(ordered: npt.NDArray[np.float64]) -> float:
    """Room for circles of falling radius, however badly they fit."""
    return 2 * (float(ordered[0]) + math.sqrt(float((ordered**2).sum()) * 3.0)) + 4 * float(
        ordered[0]
    )


@njit(**OPTIONS)
def spiral(radii, cells):
    """Each circle at the first free place of a spiral, on a board of cells."""
    board = np.zeros((cells, cells), np.uint8)
    middle = cells / 2
    out = np.zeros((len(radii), 2))
    turn = 0.0
    former = -1.0
    for c in range(len(radii)):
        radius = radii[c]
        if former < 0 or radius < 0.8 * former:
            turn = 0.0
            former = radius
        pitch = max(1.0, 0.6 * radius)
        reach = math.ceil(radius)
        while True:
            distance = pitch * turn / 6.283185307
            x = middle + distance * math.cos(turn)
            y = middle + distance * math.sin(turn)
            column = int(x)
            row = int(y)
            inside = reach < column < cells - reach - 1 and reach < row < cells - reach - 1
            if not inside:
                break
            free = board[row, column] == 0
            if free:
                for dy in range(-reach, reach + 1):
                    wide = int(math.sqrt(max(0.0, radius * radius - dy * dy)))
                    for dx in range(-wide, wide + 1):
                        if board[row + dy, column + dx]:
                            free = False
                            break
                    if not free:
                        break
            if free:
                for dy in range(-reach, reach + 1):
                    wide = int(math.sqrt(max(0.0, radius * radius - dy * dy)))
                    for dx in range(-wide, wide + 1):
                        board[row + dy, column + dx] = 1
                break
            turn += pitch / max(distance, pitch)
        out[c, 0] = x - middle
        out[c, 1] = y - middle
    return out

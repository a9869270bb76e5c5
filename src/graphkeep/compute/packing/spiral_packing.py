"""Spiral packing of components by their circles or shapes, without overlaps, the largest in the middle."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.packing.component_shapes import STEP, Shapes, cells_of, shapes_of
from graphkeep.compute.positions import Positions

FINEST = 1400  # maximum number of cells along one side of the board
AGAIN = 0.9  # of the radius that last restarted the search in the middle; smaller radii restart it
PADDING = 1.7
NO_POINTS = np.empty((0, 2), np.float32)


def pack_components(
    placed: Positions,
    starts: npt.NDArray[np.int64],
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.int32],
) -> Positions:
    """Positions with each centered component moved to a free position."""
    counts = np.diff(starts)
    far = np.hypot(placed[:, 0], placed[:, 1])
    far = np.maximum.reduceat(far, starts[:-1]).astype(np.float64)
    shapes = shapes_of(placed, starts, indptr, indices)
    centres = pack(far + PADDING / 2, shapes, PADDING / 2)
    return (placed + np.repeat(centres, counts, axis=0)).astype(np.float32)


def pack_circles(radii: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Centres float64 (k, 2) of circles, float64 (k,), placed by decreasing radius."""
    return pack(radii, Shapes(NO_POINTS, np.zeros(len(radii) + 1, np.int64)), 0.0)


def pack(radii: npt.NDArray[np.float64], shapes: Shapes, margin: float) -> npt.NDArray[np.float64]:
    """Centres float64 (k, 2) of circles, float64 (k,), or of shapes with `margin` around their points."""
    order = np.argsort(-radii, kind="stable")
    ordered = radii[order]
    # A shape counts as a circle of equal area.
    covered = np.diff(shapes.first)[order] * STEP * 2 * margin
    filled = np.where(covered > 0, np.minimum(ordered, np.sqrt(covered / math.pi)), ordered)
    detail = min(float(ordered[-1]), margin if covered.any() else math.inf)
    cell = board_side(ordered[0], filled) / FINEST
    coarse = cell > detail / 1.5
    if coarse:
        # On a coarse board borders are accurate to about one and a half cells.
        filled = filled + np.minimum(1.5 * cell, filled)
        ordered = ordered + np.minimum(1.5 * cell, ordered)
    side = board_side(ordered[0], filled)
    cell = max(detail / 1.5, side / FINEST)
    pad = math.ceil(margin / cell) + (1 if coarse else 0)
    placed = spiral(ordered / cell, int(side / cell) + 4, order, *shapes, cell, pad) * cell
    centres = np.empty((len(radii), 2))
    centres[order] = placed
    return centres


def board_side(largest: float, filled: npt.NDArray[np.float64]) -> float:
    """Side of a board large enough for the circles, even if they pack badly."""
    return 2 * (float(largest) + math.sqrt(float((filled**2).sum()) * 3.0)) + 4 * float(largest)


@njit(**FAST)
def spiral(radii, side, order, points, first, cell, pad):
    """Centers of circles or shapes, each at the first free position along a spiral, on a board of side x side cells."""
    board = np.zeros((side, side), np.uint8)
    middle = side / 2
    out = np.zeros((len(radii), 2))
    reached = np.zeros(2)  # distance from the middle of the last disc and of the last shape
    former = -1.0
    for c in range(len(radii)):
        radius = radii[c]
        if former < 0 or radius < AGAIN * former:
            reached[:] = 0.0
            former = radius
        shape = points[first[order[c]] : first[order[c] + 1]]
        is_disc = len(shape) == 0
        cells = disc(radius) if is_disc else cells_of(shape, cell, pad)
        pitch = max(1.0, (0.6 if is_disc else 0.1) * radius)
        turn = reached[int(is_disc)] * 6.283185307 / pitch
        reach = math.ceil(radius) + (0 if is_disc else pad + 2)
        while True:
            distance = pitch * turn / 6.283185307
            x = middle + distance * math.cos(turn)
            y = middle + distance * math.sin(turn)
            column = int(x)
            row = int(y)
            if not (reach < column < side - reach - 1 and reach < row < side - reach - 1):
                break
            if is_free(board, row, column, cells):
                for k in range(len(cells)):
                    board[row + cells[k, 1], column + cells[k, 0]] = 1
                reached[int(is_disc)] = distance
                break
            turn += pitch / max(distance, pitch)
        out[c, 0] = x - middle if is_disc else column + 0.5 - middle
        out[c, 1] = y - middle if is_disc else row + 0.5 - middle
    return out


@njit(**FAST)
def is_free(board, row, column, cells):
    for k in range(len(cells)):
        if board[row + cells[k, 1], column + cells[k, 0]]:
            return False
    return True


@njit(**FAST)
def disc(radius):
    """Cells int32 (k, 2) (column, row) of a disc relative to its center, which is first as the likeliest conflict."""
    reach = math.ceil(radius)
    cells = np.zeros(((2 * reach + 1) ** 2, 2), np.int32)
    o = 1
    for dy in range(-reach, reach + 1):
        wide = int(math.sqrt(max(0.0, radius * radius - dy * dy)))
        for dx in range(-wide, wide + 1):
            if dx or dy:
                cells[o, 0], cells[o, 1] = dx, dy
                o += 1
    return cells[:o]

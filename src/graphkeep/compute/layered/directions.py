"""Distances and orientation of drawings in levels."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.parameters import Choice

DIRECTION = Choice(
    name="direction",
    title="Direction",
    help="Which way the levels follow one another.",
    default="down",
    choices={"down": "Down", "up": "Up", "right": "To the right", "left": "To the left"},
)
ASPECT = 1.7  # default ratio of a drawing's width to its height

Numbers = npt.NDArray[np.float64]


def level_distances(across: Numbers, levels: npt.NDArray[np.integer], direction: str) -> Numbers:
    """Distance between levels for drawings float64 (k,) across, so that each has the shape of a window."""
    along = across / ASPECT if direction in {"down", "up"} else across * ASPECT
    return np.maximum(1.0, along / np.maximum(levels, 1))


def orient_levels(across: Numbers, along: Numbers, direction: str) -> Numbers:
    """Positions float64 (n, 2) from coordinates `across` and `along` the direction: down, up, right or left."""
    x, y = {
        "down": (across, -along),
        "up": (across, along),
        "right": (along, -across),
        "left": (-along, -across),
    }[direction]
    return np.column_stack((x, y))

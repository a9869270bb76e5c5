"""Drawings in levels, whichever way they grow."""

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
ASPECT = 1.7  # a drawing's width by its height, where nothing is said

Numbers = npt.NDArray[np.float64]


def level_distances(across: Numbers, levels: npt.NDArray[np.integer], direction: str) -> Numbers:
    """How far apart the levels of drawings float64 (k,) across stand, so that these look like a window."""
    along = across / ASPECT if direction in {"down", "up"} else across * ASPECT
    return np.maximum(1.0, along / np.maximum(levels, 1))


def orient_levels(across: Numbers, along: Numbers, direction: str) -> Numbers:
    """float64 (n, 2): what lies `across` and `along` its way, as it grows down, up, right or left."""
    x, y = {
        "down": (across, -along),
        "up": (across, along),
        "right": (along, -across),
        "left": (-along, -across),
    }[direction]
    return np.column_stack((x, y))

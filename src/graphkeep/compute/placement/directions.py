"""Drawings in levels, whichever way they grow."""

import numpy as np
import numpy.typing as npt

HEIGHT = 0.55  # of a drawing's width, where nothing is said

Numbers = npt.NDArray[np.float64]


def level_distances(across: Numbers, levels: npt.NDArray[np.integer]) -> Numbers:
    """How far apart the levels of drawings stand that are float64 (k,) wide, so that they look like a window."""
    return np.maximum(1.0, HEIGHT * across / np.maximum(levels, 1))


def grown(across: Numbers, along: Numbers, direction: str) -> Numbers:
    """float64 (n, 2): what lies `across` and `along` its way, as it grows down, up, right or left."""
    x, y = {
        "down": (across, -along),
        "up": (across, along),
        "right": (along, -across),
        "left": (-along, -across),
    }[direction]
    return np.column_stack((x, y))

"""Sunflower pattern of points on a disc: even spacing without visible structure.

H. Vogel, "A better way to construct the sunflower head", Mathematical Biosciences 44, 1979.
"""

import math

import numpy as np
import numpy.typing as npt

GOLDEN = math.pi * (3.0 - math.sqrt(5.0))  # the angle between two seeds


def sunflower(n: int) -> npt.NDArray[np.float32]:
    """Points float32 (n, 2) around the origin, about 1 apart."""
    index = np.arange(n, dtype=np.float64)
    angle, radius = index * GOLDEN, 0.5 * np.sqrt(index + 0.5)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle))).astype(np.float32)

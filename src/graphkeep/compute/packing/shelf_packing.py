"""Shelf packing of rectangles, the tallest first.

Coffman, Garey, Johnson and Tarjan, "Performance Bounds for Level-Oriented Two-Dimensional Packing", 1980.
"""

import math

import numpy as np
import numpy.typing as npt

ASPECT = 1.6  # of the whole: about a window's

Sizes = npt.NDArray[np.float64]


def pack_boxes(sizes: Sizes, *, gap: float = 1.0) -> Sizes:
    """Lower left corners float64 (k, 2) for boxes of width and height `sizes` float64 (k, 2), at least `gap` apart."""
    padded = sizes + gap
    total_area = float((padded[:, 0] * padded[:, 1]).sum())
    width = max(math.sqrt(total_area * ASPECT), float(padded[:, 0].max(initial=0.0)))
    order = np.lexsort((-padded[:, 0], -padded[:, 1]))
    corners = np.empty(sizes.shape, np.float64)
    x = top = tallest = 0.0
    for k in order.tolist():
        wide, high = float(padded[k, 0]), float(padded[k, 1])
        if x > 0 and x + wide > width:
            top -= tallest
            x = tallest = 0.0
        corners[k] = (x, top - high)
        x += wide
        tallest = max(tallest, high)
    return corners

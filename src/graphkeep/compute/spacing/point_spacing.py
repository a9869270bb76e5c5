"""Typical spacing of a point cloud."""

import math

from numba import njit

from graphkeep.compute.kernels.jit import FAST


@njit(**FAST)
def point_spacing(pos, middle):
    """The typical distance between neighbouring points of pos float32 (n, 2); `middle` float64 (2,) gets their mean."""
    n = len(pos)
    x, y, xx, yy = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        x += pos[i, 0]
        y += pos[i, 1]
    x, y = x / n, y / n
    for i in range(n):
        xx += (pos[i, 0] - x) ** 2
        yy += (pos[i, 1] - y) ** 2
    middle[0], middle[1] = x, y
    return 3.5 * math.sqrt(math.sqrt(xx / n) * math.sqrt(yy / n) / n)

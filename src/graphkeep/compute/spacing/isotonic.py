"""Minimum spacing of points on a line with the smallest moves, by isotonic regression.

Least squares under an order constraint, by pooling adjacent violators: Ayer, Brunk, Ewing, Reid and Silverman, 1955.
"""

import numpy as np

from graphkeep.compute.kernels.jit import exact


@exact
def space_isotonically(wanted, gaps):
    """Coordinates float64 (n,) nearest to `wanted` in least squares, point k + 1 at least `gaps[k]` after point k."""
    n = len(wanted)
    offset = np.zeros(n, np.float64)
    for k in range(n - 1):
        offset[k + 1] = offset[k] + gaps[k]
    mean = np.empty(n, np.float64)
    size = np.empty(n, np.int64)
    pools = 0
    for k in range(n):
        mean[pools] = wanted[k] - offset[k]
        size[pools] = 1
        pools += 1
        while pools > 1 and mean[pools - 2] >= mean[pools - 1]:
            pooled_size = size[pools - 2] + size[pools - 1]
            mean[pools - 2] += (mean[pools - 1] - mean[pools - 2]) * size[pools - 1] / pooled_size
            size[pools - 2] = pooled_size
            pools -= 1
    out = np.empty(n, np.float64)
    begin = 0
    for p in range(pools):
        for k in range(begin, begin + size[p]):
            out[k] = mean[p] + offset[k]
        begin += size[p]
    return out

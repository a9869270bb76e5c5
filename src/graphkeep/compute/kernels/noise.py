"""Deterministic pseudo-random numbers by hashing, independent of the number of threads."""

import numpy as np
from numba import njit


@njit(inline="always")
def noise(i, seed):
    """Two numbers in 0..1 that depend only on the node and the seed."""
    h = np.uint64(i + 1) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed) * np.uint64(
        0xBF58476D1CE4E5B9
    )
    h ^= h >> np.uint64(31)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(29)
    u = np.float32(h & np.uint64(0xFFFFFF)) / np.float32(16777216.0)
    v = np.float32((h >> np.uint64(24)) & np.uint64(0xFFFFFF)) / np.float32(16777216.0)
    return u, v

"""Minimum and maximum of two values: `min` and `max` do not compile for CUDA with numba 0.68's built-in target."""

from numba import cuda


@cuda.jit(device=True)
def lesser(a, b):
    return a if a < b else b  # noqa: FURB136 - see above


@cuda.jit(device=True)
def greater(a, b):
    return a if a > b else b  # noqa: FURB136 - see above

"""The lesser and the greater of two: `min` and `max` do not compile for a device with numba 0.68's own target."""

from numba import cuda


@cuda.jit(device=True)
def lesser(a, b):
    return a if a < b else b  # noqa: FURB136 - see above


@cuda.jit(device=True)
def greater(a, b):
    return a if a > b else b  # noqa: FURB136 - see above

"""How the kernels of exact placements are compiled: without fastmath, so that every machine gets the same bits."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    return njit(cache=True, nogil=True)(function)


def compiled_parallel(function: Callable[..., Any]) -> Any:
    """For kernels that only gather: each task writes its own rows, so threads change no bit."""
    return njit(cache=True, nogil=True, parallel=True)(function)

"""How the kernels of this folder are compiled: without fastmath, so that every machine gets the same bits."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any], *, parallel: bool = False) -> Any:
    try:
        return njit(cache=True, nogil=True, parallel=parallel)(function)
    except RuntimeError:  # no folder for a cache: a sandbox may write nowhere
        return njit(nogil=True, parallel=parallel)(function)

"""numba options of the kernels, and the sizes that they share; imported before numba starts its threads."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Threads that spin while waiting block cores that have work: 10 s instead of 1 s on two cores.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numba
from numba import njit

LEAF = 16  # points in a leaf of the tree, one register of them
FAN_OUT = 4
NEAR_CAP = 128  # the longest near list of a leaf
FAST: dict[str, Any] = {
    "cache": True,
    "fastmath": True,
    "nogil": True,
    "error_model": "numpy",
}
"""Options of the force layout's kernels: `@njit(**FAST)`. The last bits differ between CPU models."""


def exact(function: Callable[..., Any]) -> Any:
    """Compile a kernel without fastmath, so that results are bit-identical on every machine."""
    return compile_exactly(function, parallel=False)


def exact_parallel(function: Callable[..., Any]) -> Any:
    """Like `exact`, for a parallel kernel whose tasks write separate rows: bit-identical for any number of threads."""
    return compile_exactly(function, parallel=True)


def compile_exactly(function: Callable[..., Any], *, parallel: bool) -> Any:
    try:
        return njit(cache=True, nogil=True, parallel=parallel)(function)
    except RuntimeError:  # a sandbox may have no writable cache folder
        return njit(nogil=True, parallel=parallel)(function)


def separate_caches() -> None:
    """Use a separate compiler cache for each version of the sources.

    numba recompiles a kernel if its own file changed, but not if a kernel that it calls changed.
    """
    folder = os.environ.get("NUMBA_CACHE_DIR")
    if not folder:
        return
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.read_bytes())
    numba.config.CACHE_DIR = str(Path(folder) / digest.hexdigest()[:16])  # type: ignore[attr-defined]


separate_caches()

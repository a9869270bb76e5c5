"""The NVIDIA device, if there is one: whether it works, whether a graph fits, and launch sizes of kernels.

Under NUMBA_ENABLE_CUDASIM=1 numba simulates the device in Python: the same kernels, very slow and in small blocks.
"""

import logging
from functools import cache
from typing import Any

import numpy as np
from numba import config, cuda

logger = logging.getLogger(__name__)

SIMULATED = bool(config.ENABLE_CUDASIM)  # type: ignore[attr-defined]
THREADS = 16 if SIMULATED else 128  # per block
MAX_BLOCKS = 2 if SIMULATED else 8192  # of a launch; kernels stride over the rest
REDUCED = 2 if SIMULATED else 128  # blocks, and therefore partial results, of a sum over all nodes
NODE_BYTES, EDGE_BYTES = 160, 16  # device memory for the finest level
FAST: dict[str, Any] = {"cache": True, "fastmath": True}

config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # type: ignore[attr-defined]  # small levels are expected


def blocks(n: int, threads: int = THREADS) -> int:
    """Number of blocks for one thread per item, up to the launch limit."""
    return max(1, min(MAX_BLOCKS, (n + threads - 1) // threads))


def is_wanted(n: int, edge_count: int, *, is_demanded: bool) -> bool:
    """Whether to lay out on the device: one works and the graph fits.

    Raises:
        ValueError: the device is demanded, but none works.
    """
    problem = missing()
    if is_demanded:
        if problem is not None:
            raise ValueError(f"there is no GPU to lay out on: {problem}; device may be auto or cpu")
        return True
    return problem is None and not SIMULATED and fits(n, edge_count)


def failures() -> tuple[type[Exception], ...]:
    """Exceptions of a device that does not work, at the first kernel or during one."""
    from numba.cuda.cudadrv.driver import LinkerError
    from numba.cuda.cudadrv.error import CudaDriverError, CudaSupportError, NvvmError

    # numba-cuda raises RuntimeError for a missing library.
    return LinkerError, CudaDriverError, CudaSupportError, NvvmError, OSError, RuntimeError


@cache
def missing() -> str | None:
    """Why kernels do not run on this machine, or None; tested by running one kernel, once per process."""
    if SIMULATED:
        return None
    error = cuda.cuda_error()
    if error is not None:
        return f"no NVIDIA driver that works ({' '.join(str(error).split())})"
    if not cuda.is_available():
        return "no libNVVM, the compiler for it (install the CUDA toolkit, or graphkeep[gpu])"
    # numba-cuda of one release and numpy of another may not know each other's names.
    of_any_kind: tuple[type[Exception], ...] = (*failures(), AttributeError, ImportError)
    try:
        answer = cuda.to_device(np.zeros(1, np.int32))
        count_one[1, 1](answer)
        works = int(answer.copy_to_host()[0]) == 1
    except of_any_kind as failure:
        logger.warning("a GPU is present, but cannot run kernels: %s", failure)
        return f"the driver does not run a kernel ({failure})"
    return None if works else "the device gave a wrong answer to a trial"


@cuda.jit
def count_one(answer):
    answer[0] += 1


def fits(n: int, edge_count: int) -> bool:
    free, _ = cuda.current_context().get_memory_info()
    return bool(n * NODE_BYTES + 2 * edge_count * EDGE_BYTES < 0.8 * free)

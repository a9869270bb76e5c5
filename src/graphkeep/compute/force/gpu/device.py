"""The NVIDIA device, if there is one: whether it works, how much fits on it, how wide kernels are launched.

Under NUMBA_ENABLE_CUDASIM=1 numba plays the device in Python: the same kernels, very slowly and in small blocks.
"""

import logging
from functools import cache
from typing import Any

import numpy as np
from numba import config, cuda

logger = logging.getLogger(__name__)

SIMULATED = bool(config.ENABLE_CUDASIM)  # type: ignore[attr-defined]
THREADS = 16 if SIMULATED else 128  # of a block
MAX_BLOCKS = 2 if SIMULATED else 8192  # of a launch; kernels stride over the rest
REDUCED = 2 if SIMULATED else 128  # blocks, and so partial results, of a sum over all nodes
NODE_BYTES, EDGE_BYTES = 160, 16  # on the device, of the finest level
FAST: dict[str, Any] = {"cache": True, "fastmath": True}

config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # type: ignore[attr-defined]  # small levels are small


def blocks(n: int, threads: int = THREADS) -> int:
    """Blocks that give each of n things a thread, or as many as a launch may have."""
    return max(1, min(MAX_BLOCKS, (n + threads - 1) // threads))


def is_wanted(n: int, edge_count: int, *, is_demanded: bool) -> bool:
    """Whether to lay out on the device: where one works and the graph fits.

    Raises:
        ValueError: it is demanded, and there is none that works.
    """
    problem = missing()
    if is_demanded:
        if problem is not None:
            raise ValueError(f"there is no GPU to lay out on: {problem}; device may be auto or cpu")
        return True
    return problem is None and not SIMULATED and fits(n, edge_count)


def failures() -> tuple[type[Exception], ...]:
    """What a device says that does not work, at the first kernel or in the middle of one."""
    from numba.cuda.cudadrv.driver import LinkerError
    from numba.cuda.cudadrv.error import CudaDriverError, CudaSupportError, NvvmError

    # numba-cuda says RuntimeError for a library that it does not find.
    return LinkerError, CudaDriverError, CudaSupportError, NvvmError, OSError, RuntimeError


@cache
def missing() -> str | None:
    """What keeps kernels from running here; found out by running one, once a process."""
    if SIMULATED:
        return None
    error = cuda.cuda_error()
    if error is not None:
        return f"no NVIDIA driver that works ({' '.join(str(error).split())})"
    if not cuda.is_available():
        return "no libNVVM, the compiler for it (install the CUDA toolkit, or graphkeep[gpu])"
    try:
        answer = cuda.to_device(np.zeros(1, np.int32))
        count_one[1, 1](answer)
        works = int(answer.copy_to_host()[0]) == 1
    except failures() as failure:
        logger.warning("a GPU is here, but does not run kernels: %s", failure)
        return f"the driver does not run a kernel ({failure})"
    return None if works else "the device gave a wrong answer to a trial"


@cuda.jit
def count_one(answer):
    answer[0] += 1


def fits(n: int, edge_count: int) -> bool:
    free, _ = cuda.current_context().get_memory_info()
    return bool(n * NODE_BYTES + 2 * edge_count * EDGE_BYTES < 0.8 * free)

"""numba's CUDA simulator with the threads of a block as greenlets, in an order drawn anew after each barrier.

The simulator's own are Python threads that are polled, and it may hand two of them different shared arrays.
Import this, with NUMBA_ENABLE_CUDASIM=1, before kernels are launched.
"""

import random
import threading
from types import SimpleNamespace

from greenlet import getcurrent, greenlet
from numba.cuda.simulator import kernel, kernelapi

DRAW = random.Random(0)


class Lane:
    """One thread of a block; what stands here of it is what the simulator asks for."""

    def __init__(self, manager, block_at, lane_at) -> None:
        self._manager = manager
        self.blockIdx, self.threadIdx = kernelapi.Dim3(*block_at), kernelapi.Dim3(*lane_at)

    def syncthreads(self) -> None:
        getcurrent().parent.switch()


class Block:
    """Runs all its lanes up to the barrier, or to their end, and again."""

    def __init__(self, f, grid_dim, block_dim, debug) -> None:
        self._f, self._grid_dim, self._block_dim = f, grid_dim, block_dim

    def run(self, grid_point, *args) -> None:
        (width, _, _) = self._block_dim
        lanes = [Lane(self, grid_point, (x, 0, 0)) for x in range(width)]
        running = [(lane, greenlet(self._f)) for lane in lanes]
        first = args
        while running:
            DRAW.shuffle(running)
            for lane, body in running:
                NOW.lane = lane
                body.switch(*first)
            left = [(lane, body) for lane, body in running if not body.dead]
            assert len(left) in (0, width), "a barrier that not all threads reach"
            running, first = left, ()


NOW = SimpleNamespace(lane=None)
kernel.BlockManager = Block
kernelapi.threading = SimpleNamespace(current_thread=lambda: NOW.lane, Lock=threading.Lock)

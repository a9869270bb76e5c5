"""A stable least-significant-digit radix sort of keys and their values.

After Satish, Harris and Garland (2009): each block counts the digits of its tile, a prefix sum is taken over the
counts, and each block scatters its tile. Integers only, so the order never depends on block scheduling.
"""

from numba import cuda, int32

from graphkeep.compute.force.gpu.compare import lesser
from graphkeep.compute.force.gpu.device import SIMULATED, THREADS

BITS = 4 if SIMULATED else 6
DIGITS = 1 << BITS
PASSES = 8 if SIMULATED else 6  # even, so that the result ends up in the input arrays
RUN = 4 if SIMULATED else 16  # keys per thread
TILE = THREADS * RUN
ROOM = THREADS + 1  # row length: one padding element against bank conflicts between columns
SCAN = 16 if SIMULATED else 1024  # threads of the prefix sum over the counts


def tiles_of(n: int) -> int:
    return (n + TILE - 1) // TILE


def sort_by_key(key, perm, spare_key, spare_perm, counts):
    """Sort uint32 `key` and int32 `perm` in place, with spares of equal length and `counts` int32 (DIGITS * tiles,)."""
    tiles = tiles_of(len(key))
    for turn in range(PASSES):
        count[tiles, THREADS](key, turn * BITS, counts)
        accumulate[1, SCAN](counts)
        scatter[tiles, THREADS](key, perm, turn * BITS, counts, spare_key, spare_perm)
        key, spare_key = spare_key, key
        perm, spare_perm = spare_perm, perm


@cuda.jit(cache=True)
def count(key, shift, counts):
    """Histogram of the digits of each tile, ordered by digit, then by tile."""
    tally = cuda.shared.array((DIGITS, ROOM), int32)
    t = cuda.threadIdx.x
    for d in range(DIGITS):
        tally[d, t] = 0
    begin = cuda.blockIdx.x * TILE + t * RUN
    for k in range(begin, lesser(begin + RUN, len(key))):
        tally[(key[k] >> shift) & (DIGITS - 1), t] += 1
    cuda.syncthreads()
    for d in range(t, DIGITS, THREADS):
        total = 0
        for thread in range(THREADS):
            total += tally[d, thread]
        counts[d * cuda.gridDim.x + cuda.blockIdx.x] = total


@cuda.jit(cache=True)
def accumulate(counts):
    """Exclusive prefix sum of the counts, in one block."""
    sums = cuda.shared.array(SCAN, int32)
    t = cuda.threadIdx.x
    share = (len(counts) + SCAN - 1) // SCAN
    begin, end = lesser(t * share, len(counts)), lesser((t + 1) * share, len(counts))
    total = 0
    for k in range(begin, end):
        total += counts[k]
    sums[t] = total
    cuda.syncthreads()
    reach = 1
    while reach < SCAN:
        addend = sums[t - reach] if t >= reach else 0
        cuda.syncthreads()
        sums[t] += addend
        cuda.syncthreads()
        reach *= 2
    running = sums[t] - total
    for k in range(begin, end):
        digit_count = counts[k]
        counts[k] = running
        running += digit_count


@cuda.jit(cache=True)
def scatter(key, perm, shift, counts, sorted_key, sorted_perm):
    """Scatter the keys of the tile to their sorted positions, stable within and between threads."""
    offset = cuda.shared.array((DIGITS, ROOM), int32)
    t = cuda.threadIdx.x
    for d in range(DIGITS):
        offset[d, t] = 0
    begin = cuda.blockIdx.x * TILE + t * RUN
    end = lesser(begin + RUN, len(key))
    for k in range(begin, end):
        offset[(key[k] >> shift) & (DIGITS - 1), t] += 1
    cuda.syncthreads()
    for d in range(t, DIGITS, THREADS):
        running = counts[d * cuda.gridDim.x + cuda.blockIdx.x]
        for thread in range(THREADS):
            digit_count = offset[d, thread]
            offset[d, thread] = running
            running += digit_count
    cuda.syncthreads()
    for k in range(begin, end):
        d = (key[k] >> shift) & (DIGITS - 1)
        sorted_key[offset[d, t]] = key[k]
        sorted_perm[offset[d, t]] = perm[k]
        offset[d, t] += 1

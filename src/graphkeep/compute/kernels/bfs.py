"""Breadth-first search in a component with contiguous rows."""

from numba import njit

from graphkeep.compute.kernels.jit import FAST


@njit(**FAST)
def breadth_first(first, n, indptr, indices, root, depth, queue):
    """Hops from `root` to each node of the component `first`..`first` + n, into `depth` int32 (n,).

    Nodes are numbered from 0 inside the component; `queue` int (n,) gets them in the order visited, `depth` is -1
    for unreachable nodes. Returns the last node visited, which has the maximum distance from the root.
    """
    depth[:n] = -1
    depth[root] = 0
    queue[0] = root
    head, tail = 0, 1
    while head < tail:
        i = queue[head]
        head += 1
        for e in range(indptr[first + i], indptr[first + i + 1]):
            j = indices[e] - first
            if depth[j] < 0:
                depth[j] = depth[i] + 1
                queue[tail] = j
                tail += 1
    return queue[tail - 1]

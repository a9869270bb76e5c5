"""Horizontal coordinates of nodes on their layers: edges upright, nodes centered below their neighbours.

Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment", GD 2001: four alignments of nodes with their
medians, and the mean of the middle two of the four coordinates. Blocks are compacted by longest paths between
them, not by the classes of the paper, whose shifts its authors have since corrected.
"""

import numpy as np

from graphkeep.compute.kernels.csr import directed_csr
from graphkeep.compute.kernels.jit import exact
from graphkeep.compute.spacing.isotonic import space_isotonically

WIDEST = 1.5  # times the fullest layer


def abscissae(row, indptr, edges, width):
    """Coordinates float64 (n,) of nodes of `width` float64 (n,); `row` and `indptr` are those of `ordered_layers`."""
    n = len(row)
    down = directed_csr(n, edges)
    up = directed_csr(n, edges[:, ::-1])
    candidates = np.empty((4, n))
    for k, (from_below, from_right) in enumerate(
        ((False, False), (False, True), (True, False), (True, True))
    ):
        near, far = (down, up) if from_below else (up, down)
        candidates[k] = hung(
            near.indptr,
            near.indices,
            far.indptr,
            far.indices,
            row,
            indptr,
            width,
            from_below,
            from_right,
        )
    return squeezed(balanced(candidates), row, indptr, width)


def balanced(drawn):
    """The four drawings aligned with the narrowest, and the mean of each node's middle two coordinates."""
    low, high = drawn.min(axis=1, initial=np.inf), drawn.max(axis=1, initial=-np.inf)
    narrow = int(np.argmin(high - low))
    for k in range(4):
        drawn[k] += low[narrow] - low[k] if k % 2 == 0 else high[narrow] - high[k]
    return np.sort(drawn, axis=0)[1:3].mean(axis=0)


def squeezed(x, row, indptr, width):
    """Coordinates compressed to WIDEST times the fullest layer where long blocks shift each other like stairs."""
    summed = np.concatenate(([0.0], np.cumsum(width[row])))
    max_width = WIDEST * float((summed[indptr[1:]] - summed[indptr[:-1]]).max(initial=0.0))
    span = float(np.ptp(x)) if len(x) else 0.0
    if span <= max_width:
        return x
    pressed(x, row, indptr, width, max_width / span)
    return x


@exact
def pressed(x, row, indptr, width, scale):
    for i in range(len(indptr) - 1):
        nodes = row[indptr[i] : indptr[i + 1]]
        gaps = np.empty(max(len(nodes) - 1, 0), np.float64)
        for k in range(len(gaps)):
            gaps[k] = (width[nodes[k]] + width[nodes[k + 1]]) / 2
        x[nodes] = space_isotonically(x[nodes] * scale, gaps)


@exact
def hung(near_ptr, near_idx, far_ptr, far_idx, row, indptr, width, from_below, from_right):
    """One of the four drawings: blocks of aligned nodes, compacted to one side."""
    n = len(row)
    position_of = np.empty(n, np.int64)
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1]):
            position_of[row[k]] = indptr[i + 1] - 1 - k if from_right else k - indptr[i]
    turned = np.empty(n, np.int32)
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1]):
            turned[indptr[i] + position_of[row[k]]] = row[k]
    root = aligned(near_ptr, near_idx, turned, indptr, position_of, n, width, from_below)
    x = pushed(turned, indptr, root, width)
    if from_right:
        x = -x
    return x


@exact
def aligned(near_ptr, near_idx, row, indptr, at, n, width, from_below):
    """First node of each node's block, int32 (n,); of crossing edges, one between two dummy nodes takes precedence."""
    root = np.arange(n).astype(np.int32)
    has_child = np.zeros(n, np.uint8)  # already has an aligned node in the next layer
    layers = len(indptr) - 1
    for step in range(1, layers):
        i = layers - 1 - step if from_below else step
        reach = forbidden(near_ptr, near_idx, row, indptr, at, width, i)
        previous = -1
        for k in range(indptr[i], indptr[i + 1]):
            v = row[k]
            count = near_ptr[v + 1] - near_ptr[v]
            if count == 0:
                continue
            places = np.empty(count, np.int64)
            for e in range(count):
                places[e] = at[near_idx[near_ptr[v] + e]]
            ranked = np.argsort(places)
            for m in ((count - 1) // 2, count // 2):
                u = near_idx[near_ptr[v] + ranked[m]]
                are_dummies = width[u] < 1.0 and width[v] < 1.0
                low, high = reach[0, k - indptr[i]], reach[1, k - indptr[i]]
                is_free = are_dummies or (low <= at[u] and at[u] <= high)
                if previous < at[u] and is_free and not has_child[u]:
                    root[v] = root[u]
                    has_child[u] = 1
                    previous = at[u]
                    break
    return root


@exact
def forbidden(near_ptr, near_idx, row, indptr, at, width, i):
    """Bounds int64 (2, count) of the previous layer's positions to which each node of layer `i` may be aligned.

    They are set by the nearest edges between dummy nodes, the straight parts of long edges, on either side.
    """
    a, b = indptr[i], indptr[i + 1]
    reach = np.empty((2, b - a), np.int64)
    bound = np.int64(-1)
    for k in range(a, b):
        v = row[k]
        reach[0, k - a] = bound
        if width[v] < 1.0:
            for e in range(near_ptr[v], near_ptr[v + 1]):
                if width[near_idx[e]] < 1.0:
                    bound = max(bound, at[near_idx[e]])
    bound = np.int64(1) << 60
    for k in range(b - 1, a - 1, -1):
        v = row[k]
        reach[1, k - a] = bound
        if width[v] < 1.0:
            for e in range(near_ptr[v], near_ptr[v + 1]):
                if width[near_idx[e]] < 1.0:
                    bound = min(bound, at[near_idx[e]])
    return reach


@exact
def pushed(row, indptr, root, width):
    """Coordinates float64 (n,): every block as far left as possible, then right up to the next block."""
    n = len(row)
    starts = np.zeros(n + 1, np.int64)
    waits = np.zeros(n, np.int64)
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1] - 1):
            starts[root[row[k]] + 1] += 1
            waits[root[row[k + 1]]] += 1
    for v in range(n):
        starts[v + 1] += starts[v]
    next_block = np.empty(starts[n], np.int32)
    separation = np.empty(starts[n], np.float64)
    fill = starts[:-1].copy()
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1] - 1):
            u, v = row[k], row[k + 1]
            e = fill[root[u]]
            next_block[e] = root[v]
            separation[e] = (width[u] + width[v]) / 2
            fill[root[u]] += 1
    order = np.empty(n, np.int32)
    end = 0
    for v in range(n):
        if root[v] == v and waits[v] == 0:
            order[end] = v
            end += 1
    x = np.zeros(n, np.float64)
    head = 0
    while head < end:
        u = order[head]
        head += 1
        for e in range(starts[u], starts[u + 1]):
            v = next_block[e]
            x[v] = max(x[v], x[u] + separation[e])
            waits[v] -= 1
            if waits[v] == 0:
                order[end] = v
                end += 1
    for k in range(end - 1, -1, -1):
        u = order[k]
        if starts[u] == starts[u + 1]:
            continue
        limit = x[next_block[starts[u]]] - separation[starts[u]]
        for e in range(starts[u], starts[u + 1]):
            limit = min(limit, x[next_block[e]] - separation[e])
        x[u] = max(x[u], limit)
    out = np.empty(n, np.float64)
    for v in range(n):
        out[v] = x[root[v]]
    return out

"""Tidy drawings of rooted ordered trees in linear time.

Buchheim, Jünger and Leipert, "Improving Walker's Algorithm to Run in Linear Time", GD 2002; the drawing is
that of Reingold and Tilford (1981): parents over the middle of their children, equal subtrees drawn alike.
"""

import numpy as np

from graphkeep.compute.kernels.jit import exact


@exact
def tidy(parent, distance):
    """X coordinates float64 (n,) by position in a forest's order, each root at 0; siblings `distance` apart."""
    n = len(parent)
    first = np.full(n, -1, np.int32)
    last = np.full(n, -1, np.int32)
    number = np.zeros(n, np.int32)
    for v in range(n):
        p = parent[v]
        if p < 0:
            continue
        if first[p] < 0:
            first[p] = v
        number[v] = v - first[p]
        last[p] = v
    prelim = np.zeros(n, np.float64)
    mod = np.zeros(n, np.float64)
    middle = np.zeros(n, np.float64)
    thread = np.full(n, -1, np.int32)
    ancestor = np.arange(n).astype(np.int32)
    change = np.zeros(n, np.float64)
    shift = np.zeros(n, np.float64)
    # Deeper nodes come later in the order, so every subtree is complete before its root.
    for p in range(n - 1, -1, -1):
        if first[p] < 0:
            continue
        default = first[p]
        for v in range(first[p], last[p] + 1):
            if v == first[p]:
                prelim[v] = middle[v]
            else:
                prelim[v] = prelim[v - 1] + distance
                if first[v] >= 0:
                    mod[v] = prelim[v] - middle[v]
                default = apportion(
                    v, default, distance, parent, first, last, number,
                    prelim, mod, thread, ancestor, change, shift,
                )  # fmt: skip
        moved = 0.0
        changed = 0.0
        for v in range(last[p], first[p] - 1, -1):
            prelim[v] += moved
            mod[v] += moved
            changed += change[v]
            moved += shift[v] + changed
        middle[p] = (prelim[first[p]] + prelim[last[p]]) / 2
    x = np.empty(n, np.float64)
    below = np.empty(n, np.float64)
    for v in range(n):
        if parent[v] < 0:
            x[v] = 0.0
            below[v] = -middle[v]
        else:
            x[v] = prelim[v] + below[parent[v]]
            below[v] = below[parent[v]] + mod[v]
    return x


@exact
def apportion(
    v, default, distance, parent, first, last, number,
    prelim, mod, thread, ancestor, change, shift,
):  # fmt: skip
    """Separate the subtree of `v` from those left of it, along their inner contours."""
    right_in = v
    right_out = v
    left_in = v - 1
    left_out = first[parent[v]]
    s_right_in = mod[right_in]
    s_right_out = mod[right_out]
    s_left_in = mod[left_in]
    s_left_out = mod[left_out]
    next_left = last[left_in] if last[left_in] >= 0 else thread[left_in]
    next_right = first[right_in] if first[right_in] >= 0 else thread[right_in]
    while next_left >= 0 and next_right >= 0:
        left_in = next_left
        right_in = next_right
        left_out = first[left_out] if first[left_out] >= 0 else thread[left_out]
        right_out = last[right_out] if last[right_out] >= 0 else thread[right_out]
        ancestor[right_out] = v
        push = prelim[left_in] + s_left_in - prelim[right_in] - s_right_in + distance
        if push > 0:
            w = ancestor[left_in]
            if parent[w] != parent[v]:
                w = default
            between = number[v] - number[w]
            change[v] -= push / between
            shift[v] += push
            change[w] += push / between
            prelim[v] += push
            mod[v] += push
            s_right_in += push
            s_right_out += push
        s_left_in += mod[left_in]
        s_right_in += mod[right_in]
        s_left_out += mod[left_out]
        s_right_out += mod[right_out]
        next_left = last[left_in] if last[left_in] >= 0 else thread[left_in]
        next_right = first[right_in] if first[right_in] >= 0 else thread[right_in]
    if next_left >= 0:
        successor = last[right_out] if last[right_out] >= 0 else thread[right_out]
        if successor < 0:
            thread[right_out] = next_left
            mod[right_out] += s_left_in - s_right_out
    if next_right >= 0:
        successor = first[left_out] if first[left_out] >= 0 else thread[left_out]
        if successor < 0:
            thread[left_out] = next_right
            mod[left_out] += s_right_in - s_left_out
            default = v
    return default

"""Edges to reverse so that the graph becomes acyclic (a feedback arc set).

Eades, Lin and Smyth, "A Fast and Effective Heuristic for the Feedback Arc Set Problem", 1993: sinks go to the
right, sources to the left, then the node with the largest surplus of outgoing edges; in linear time.
"""

import numpy as np

from graphkeep.compute.kernels.csr import directed_csr
from graphkeep.compute.kernels.jit import exact


def acyclic(n, edges):
    """Which of edges int32 (m, 2) run backward, bool (m,); none in an acyclic graph."""
    ahead = directed_csr(n, edges)
    behind = directed_csr(n, edges[:, ::-1])
    position = sequence(ahead.indptr, ahead.indices, behind.indptr, behind.indices)
    return position[edges[:, 0]] > position[edges[:, 1]]


@exact
def sequence(out_ptr, out_idx, in_ptr, in_idx):
    """Position of each node, int32 (n,), in an order in which few edges run backward."""
    n = len(out_ptr) - 1
    outs = np.empty(n, np.int32)
    ins = np.empty(n, np.int32)
    max_degree = 0
    for v in range(n):
        outs[v] = out_ptr[v + 1] - out_ptr[v]
        ins[v] = in_ptr[v + 1] - in_ptr[v]
        max_degree = max(max_degree, outs[v], ins[v])
    # Doubly linked lists by surplus of outgoing edges, with separate lists for sinks and sources.
    sinks = 2 * max_degree + 1
    sources = sinks + 1
    head = np.full(sources + 1, -1, np.int32)
    next_node = np.full(n, -1, np.int32)
    previous_node = np.full(n, -1, np.int32)
    bucket_of = np.full(n, -1, np.int32)
    for v in range(n - 1, -1, -1):
        hold(v, kind_of(outs[v], ins[v], max_degree), head, next_node, previous_node, bucket_of)
    position = np.empty(n, np.int32)
    left = 0
    right = n - 1
    top = 2 * max_degree
    while left <= right:
        if head[sinks] >= 0:
            v = head[sinks]
            position[v] = right
            right -= 1
        elif head[sources] >= 0:
            v = head[sources]
            position[v] = left
            left += 1
        else:
            while head[top] < 0:
                top -= 1
            v = head[top]
            position[v] = left
            left += 1
        drop(v, head, next_node, previous_node, bucket_of)
        for e in range(out_ptr[v], out_ptr[v + 1]):
            u = out_idx[e]
            if bucket_of[u] >= 0:
                ins[u] -= 1
                drop(u, head, next_node, previous_node, bucket_of)
                bucket = kind_of(outs[u], ins[u], max_degree)
                hold(u, bucket, head, next_node, previous_node, bucket_of)
                if bucket < sinks:
                    top = max(top, bucket)
        for e in range(in_ptr[v], in_ptr[v + 1]):
            u = in_idx[e]
            if bucket_of[u] >= 0:
                outs[u] -= 1
                drop(u, head, next_node, previous_node, bucket_of)
                hold(
                    u,
                    kind_of(outs[u], ins[u], max_degree),
                    head,
                    next_node,
                    previous_node,
                    bucket_of,
                )
    return position


@exact
def kind_of(outs, ins, most):
    if outs == 0:
        return 2 * most + 1
    if ins == 0:
        return 2 * most + 2
    return most + outs - ins


@exact
def hold(v, kind, head, after, before, held):
    held[v] = kind
    before[v] = -1
    after[v] = head[kind]
    if head[kind] >= 0:
        before[head[kind]] = v
    head[kind] = v


@exact
def drop(v, head, after, before, held):
    if before[v] >= 0:
        after[before[v]] = after[v]
    else:
        head[held[v]] = after[v]
    if after[v] >= 0:
        before[after[v]] = before[v]
    held[v] = -1

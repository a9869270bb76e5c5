"""Layers of the nodes of an acyclic graph, and dummy nodes for edges that span several layers.

Layers by the longest path to a node; then single nodes move where that shortens the total edge length, which the
network simplex of Gansner, Koutsofios, North and Vo (1993) does for whole subtrees.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import directed_csr
from graphkeep.compute.kernels.jit import exact

SWEEPS = 12

Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Proper:
    """A proper layering, with edges between adjacent layers only; nodes from `n` on are dummies of longer edges.

    `layer` int32 (n + dummies,), `edges` int32 (k, 2) from a layer to the next; `left_out` counts edges too long.
    """

    n: int
    layer: Integers
    edges: Integers
    left_out: int


def layers_of(n, edges):
    """Layer of each node, int32 (n,) from 0; every edge of an acyclic graph leads to a higher layer."""
    ahead = directed_csr(n, edges)
    behind = directed_csr(n, edges[:, ::-1])
    order = topological(ahead.indptr, ahead.indices)
    layer = longest_path(order, behind.indptr, behind.indices)
    shortened(order, ahead.indptr, ahead.indices, behind.indptr, behind.indices, layer, SWEEPS)
    return layer - layer.min(initial=0)


@exact
def topological(indptr, indices):
    n = len(indptr) - 1
    waits = np.zeros(n, np.int32)
    for e in range(len(indices)):
        waits[indices[e]] += 1
    order = np.empty(n, np.int32)
    end = 0
    for v in range(n):
        if waits[v] == 0:
            order[end] = v
            end += 1
    head = 0
    while head < end:
        v = order[head]
        head += 1
        for e in range(indptr[v], indptr[v + 1]):
            u = indices[e]
            waits[u] -= 1
            if waits[u] == 0:
                order[end] = u
                end += 1
    return order


@exact
def longest_path(order, in_ptr, in_idx):
    layer = np.zeros(len(order), np.int32)
    for v in order:
        for e in range(in_ptr[v], in_ptr[v + 1]):
            layer[v] = max(layer[v], layer[in_idx[e]] + 1)
    return layer


@exact
def shortened(order, out_ptr, out_idx, in_ptr, in_idx, layer, sweeps):
    """Shorten edges in place: nodes with at least as many outgoing as incoming edges move forward as far as possible,
    even without a gain, so that their predecessors can follow; then nodes with more incoming edges move back.
    """
    n = len(order)
    for _ in range(sweeps):
        gained = 0
        for k in range(n - 1, -1, -1):
            v = order[k]
            outs = out_ptr[v + 1] - out_ptr[v]
            ins = in_ptr[v + 1] - in_ptr[v]
            if outs == 0 or outs < ins:
                continue
            highest = layer[out_idx[out_ptr[v]]] - 1
            for e in range(out_ptr[v], out_ptr[v + 1]):
                highest = min(highest, layer[out_idx[e]] - 1)
            gained += (highest - layer[v]) * (outs - ins)
            layer[v] = highest
        for k in range(n):
            v = order[k]
            outs = out_ptr[v + 1] - out_ptr[v]
            ins = in_ptr[v + 1] - in_ptr[v]
            if ins <= outs:
                continue
            lowest = layer[in_idx[in_ptr[v]]] + 1
            for e in range(in_ptr[v], in_ptr[v + 1]):
                lowest = max(lowest, layer[in_idx[e]] + 1)
            gained += (layer[v] - lowest) * (ins - outs)
            layer[v] = lowest
        if gained == 0:
            break


def proper(n, edges, layer, most_dummies):
    """Split edges with dummy nodes, the shortest first; edges beyond `most_dummies` dummies in total are left out."""
    span = layer[edges[:, 1]] - layer[edges[:, 0]]
    by_span = np.argsort(span, kind="stable")
    split = by_span[np.cumsum(span[by_span] - 1) <= most_dummies]
    split.sort()
    edges, span = edges[split], span[split]
    extra = span - 1
    first_dummy = n + np.cumsum(extra) - extra
    nth = np.arange(int(extra.sum())) - np.repeat(first_dummy - n, extra)
    dummy_layer = np.repeat(layer[edges[:, 0]], extra) + 1 + nth
    begin = np.repeat(np.arange(len(edges)), span)
    step = np.arange(int(span.sum())) - np.repeat(np.cumsum(span) - span, span)
    upper = np.where(step == 0, edges[begin, 0], first_dummy[begin] + step - 1)
    lower = np.where(step == span[begin] - 1, edges[begin, 1], first_dummy[begin] + step)
    return Proper(
        n=n,
        layer=np.concatenate((layer, dummy_layer)).astype(np.int32),
        edges=np.column_stack((upper, lower)).astype(np.int32),
        left_out=len(by_span) - len(split),
    )

"""Union-find with path halving (Tarjan and van Leeuwen 1984): the connected components of a graph."""

import numpy as np

from graphkeep.compute.kernels.jit import exact


@exact
def find_root(parent, i):
    """The root of the tree of i; path halving links every other node on the path to its grandparent."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@exact
def component_roots(n, edges):
    """The smallest node of each node's component, int32 (n,); `edges` int32 (m, 2)."""
    parent = np.arange(n).astype(np.int32)
    for k in range(len(edges)):
        a, b = find_root(parent, edges[k, 0]), find_root(parent, edges[k, 1])
        if a < b:
            parent[b] = a
        else:
            parent[a] = b
    for i in range(n):  # a parent is never larger, so its root is already set
        parent[i] = parent[parent[i]]
    return parent


@exact
def label_components(n, edges):
    """Component of each node, int32 (n,), numbered from 0 by first node."""
    label = component_roots(n, edges)
    count = 0
    for i in range(n):
        if label[i] == i:
            label[i] = count
            count += 1
        else:
            label[i] = label[label[i]]
    return label

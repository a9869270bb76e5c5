"""Radial tree drawings: trees on rings around their roots.

Eades, "Drawing Free Trees", 1992: each subtree has a wedge for its leaves, no wider than the segment of the next ring
beyond its ring's tangent, so that no edge crosses an inner ring. Yee, Fisher, Dhamija and Hearst,
"Animated Exploration of Dynamic Graphs with Radial Layout", InfoVis 2001: the same around any node of a graph,
by its breadth-first tree.
"""

import math

import numpy as np

from graphkeep.compute.kernels.jit import exact


@exact
def angles_of(parent, depth):
    """Angles float64 (n,) by position in a forest's order; nodes on a ring follow that order."""
    n = len(parent)
    leaves = np.zeros(n, np.int64)
    for v in range(n - 1, -1, -1):
        leaves[v] = max(leaves[v], 1)
        if parent[v] >= 0:
            leaves[parent[v]] += leaves[v]
    angle = np.zeros(n, np.float64)
    wedge = np.zeros(n, np.float64)
    used_angle = np.zeros(n, np.float64)
    for v in range(n):
        p = parent[v]
        if p < 0:
            angle[v] = math.pi / 2
            wedge[v] = 2 * math.pi
        else:
            share = wedge[p] * leaves[v] / leaves[p]
            angle[v] = angle[p] + wedge[p] / 2 - used_angle[p] - share / 2
            used_angle[p] += share
            wedge[v] = min(share, 2 * math.acos(depth[v] / (depth[v] + 1)))
    return angle


@exact
def radii_of(parent, depth, tree, angle, gap):
    """Distance of each node from its root, float64 (n,), growing by at least `gap` per ring.

    A ring is large enough for its nodes, and no child is inside the tangent of its parent's ring.
    """
    n = len(depth)
    radius = np.zeros(n, np.float64)
    previous_radius = 0.0
    a = 0
    while a < n:
        b = a
        while b < n and depth[b] == depth[a] and tree[b] == tree[a]:
            b += 1
        ring_radius = 0.0
        if depth[a] > 0:
            ring_radius = previous_radius + gap
            nearest = 2 * math.pi
            if b - a > 1:
                nearest = angle[b - 1] - angle[a] + 2 * math.pi
            for v in range(a, b):
                if v > a:
                    nearest = min(nearest, angle[v - 1] - angle[v])
                if depth[v] > 1:
                    ring_radius = max(
                        ring_radius, previous_radius / math.cos(angle[v] - angle[parent[v]])
                    )
            ring_radius = max(ring_radius, 1.0 / max(nearest, 1e-9))
            for v in range(a, b):
                radius[v] = ring_radius
        previous_radius = ring_radius
        a = b
    return radius

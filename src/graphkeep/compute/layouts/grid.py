"""Nodes on a square grid.

Linked nodes follow the Hilbert curve, so that communities form patches: Muelder and Ma, "Rapid Graph Layout
Using Space Filling Curves", InfoVis 2008.
"""

import numpy as np

from graphkeep.compute.circular.node_order import ORDER_PARAMETERS, order_by, order_nodes
from graphkeep.compute.edges import edge_index
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.parameters import ParameterValues
from graphkeep.graph.graph import Graph


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    n = graph.node_count
    by = order_by(parameters)
    column = None if parameters["column"] is None else graph.nodes[parameters["column"]]
    order = order_nodes(n, edge_index(graph), by, column)
    side = max(1, int(np.ceil(np.sqrt(n))))
    cells = along_hilbert(side) if by == "links" else np.arange(side * side)
    # Unused rows at the end of the square are skipped, wherever the curve enters them.
    cells = cells[cells < -(-n // side) * side][:n]
    placed = np.empty((n, 2), np.float32)
    placed[order] = np.column_stack((cells % side, -(cells // side)))
    return LayoutResult(positions=placed)


def along_hilbert(side: int) -> np.ndarray:
    """Row-major cell numbers of a square, in Hilbert curve order."""
    level = max(1, int(side - 1).bit_length())
    y, x = np.divmod(np.arange(side * side), side)
    distance = np.zeros(side * side, np.int64)
    for bit in range(level - 1, -1, -1):
        right = (x >> bit) & 1
        lower = (y >> bit) & 1
        distance += ((3 * right) ^ lower) << (2 * bit)
        flips = (lower == 0) & (right == 1)
        mask = (1 << bit) - 1
        x, y = x & mask, y & mask
        x, y = np.where(flips, mask - x, x), np.where(flips, mask - y, y)
        x, y = np.where(lower == 0, y, x), np.where(lower == 0, x, y)
    return np.argsort(distance, kind="stable")


GRID = Layout(
    name="grid",
    title="Grid",
    description="Nodes in the cells of a square, communities as patches of it.",
    place=place,
    parameters=ORDER_PARAMETERS,
)

"""Nodes in the cells of a square.

Linked ones fill it along Hilbert's curve, so that communities are patches: Muelder and Ma, "Rapid Graph Layout
Using Space Filling Curves", InfoVis 2008.
"""

import numpy as np

from graphkeep.compute.circular.ordering import By, ordered
from graphkeep.compute.layout import Choice, Layout, Option, Options, Placed, ends_of
from graphkeep.graph.graph import Graph


def place(graph: Graph, options: Options) -> Placed:
    n = graph.node_count
    by: By = options["order"] if options["column"] is None else "column"
    column = None if options["column"] is None else graph.nodes[options["column"]]
    order = ordered(n, ends_of(graph), by, column)
    side = max(1, int(np.ceil(np.sqrt(n))))
    cells = along_hilbert(side) if by == "links" else np.arange(side * side)
    # The last rows of a square that is not full are left out, whatever the curve's way.
    cells = cells[cells < -(-n // side) * side][:n]
    placed = np.empty((n, 2), np.float32)
    placed[order] = np.column_stack((cells % side, -(cells // side)))
    return Placed(positions=placed)


def along_hilbert(side: int) -> np.ndarray:
    """Cells of a square, counted by rows, in the order in which Hilbert's curve meets them."""
    level = max(1, int(side - 1).bit_length())
    y, x = np.divmod(np.arange(side * side), side)
    distance = np.zeros(side * side, np.int64)
    for bit in range(level - 1, -1, -1):
        right = (x >> bit) & 1
        lower = (y >> bit) & 1
        distance += ((3 * right) ^ lower) << (2 * bit)
        flips = (lower == 0) & (right == 1)
        last = (1 << bit) - 1
        x, y = x & last, y & last
        x, y = np.where(flips, last - x, x), np.where(flips, last - y, y)
        x, y = np.where(lower == 0, y, x), np.where(lower == 0, x, y)
    return np.argsort(distance, kind="stable")


GRID = Layout(
    name="grid",
    title="Grid",
    description="Nodes in the cells of a square, communities as patches of it.",
    place=place,
    options=(
        Option(
            name="order",
            title="Order",
            help="Which nodes stand side by side.",
            kind="choice",
            default="links",
            choices=(
                Choice(value="links", title="Linked nodes near one another"),
                Choice(value="degree", title="Most links first"),
                Choice(value="table", title="As in the table"),
            ),
        ),
        Option(
            name="column",
            title="By column",
            help="Row by row in the order of its values; it goes before the order above.",
            kind="column",
            columns=("category", "text", "number", "time"),
        ),
    ),
)

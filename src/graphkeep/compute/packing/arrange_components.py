"""Arrangement of separately laid out components of a graph side by side."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from graphkeep.compute.connected_components import components
from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.packing.shelf_packing import pack_boxes
from graphkeep.compute.packing.spiral_packing import pack_circles
from graphkeep.compute.positions import Points

Shape = Literal["round", "square"]
GAP = 2.0


def side_by_side(placed: Points, part: npt.NDArray[np.int32], shape: Shape) -> Points:
    """Positions with each part moved as a whole so that no parts overlap; the largest round part is in the middle.

    `placed` float64 (n, 2), `part` int32 (n,) from 0.
    """
    if len(placed) == 0:
        return placed
    count = int(part.max()) + 1
    low, high = bounds_of(placed, part, count)
    if shape == "square":
        return placed + (pack_boxes(high - low, gap=GAP) - low)[part]
    middle = (low + high) / 2
    far = np.zeros(count)
    off = placed - middle[part]
    np.maximum.at(far, part, np.hypot(off[:, 0], off[:, 1]))
    return off + pack_circles(far + GAP / 2)[part]


def bounds_of(placed: Points, part: npt.NDArray[np.int32], count: int) -> tuple[Points, Points]:
    """Minimum and maximum coordinates float64 (count, 2) of each part."""
    low = np.full((count, 2), np.inf)
    high = np.full((count, 2), -np.inf)
    np.minimum.at(low, part, placed)
    np.maximum.at(high, part, placed)
    return low, high


def each_component(
    n: int, edges: Edges, place: Callable[[int, Edges], Points], shape: Shape
) -> Points:
    """Lay out each component by `place(count, edges)`, with its nodes numbered from 0 in order, and pack them."""
    component = components(n, edges)
    order = np.argsort(component, kind="stable")
    starts = np.searchsorted(component[order], np.arange(int(component.max(initial=-1)) + 2))
    local_index = np.empty(n, np.int32)
    local_index[order] = np.arange(n) - starts[component[order]]
    ranked = np.argsort(component[edges[:, 0]], kind="stable")
    renumbered = local_index[edges[ranked]]
    cuts = np.searchsorted(component[edges[ranked, 0]], np.arange(len(starts)))
    placed = np.zeros((n, 2))
    for k in np.flatnonzero(np.diff(starts) > 1).tolist():
        rows = order[starts[k] : starts[k + 1]]
        placed[rows] = place(len(rows), renumbered[cuts[k] : cuts[k + 1]])
    return side_by_side(placed, component, shape)

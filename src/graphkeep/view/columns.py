"""The arrays of a picture, from a graph and its encodings."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkeep.graph.encodings import Encodings
from graphkeep.graph.graph import Graph
from graphkeep.view import edges as edge_columns
from graphkeep.view import nodes as node_columns
from graphkeep.view.icons import badges_of, icons_of
from graphkeep.view.legend import legend_of
from graphkeep.view.titles import titles_of

Array = npt.NDArray[np.generic]
MAX_TITLES = 2000
MAX_TITLE_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class ViewColumns:
    """`header` is JSON; the arrays are described in docs/reference/view-arrays.md."""

    header: dict[str, Any]
    arrays: dict[str, Array]


def columns_for_viewer(
    graph: Graph, encodings: Encodings, *, positions: npt.NDArray[np.float32] | None
) -> ViewColumns:
    """Colours uint8 (n, 4), sizes float32 (n,) px, ends uint32 (m, 2) and what else is bound.

    Edges are in a seeded random order, so that any prefix is a fair sample; `edge_row` has their rows.
    """
    arrays: dict[str, Array] = {}
    if positions is not None:
        arrays["position"] = positions
    arrays["node_color"] = node_columns.colors(graph, encodings)
    sizes = node_columns.sizes(graph, encodings)
    arrays["node_size"] = sizes
    opacity = node_columns.opacities(graph, encodings)
    if opacity is not None:
        arrays["node_opacity"] = opacity
    icons: list[str] = []
    icon = icons_of(graph, encodings, icons)
    if icon is not None:
        arrays["node_icon"] = icon
    badge = badges_of(graph, encodings, icons)
    if badge is not None:
        arrays["badge"] = badge
    arrays |= edge_columns.arrays_of(graph, encodings)
    important = node_columns.importance(graph, sizes)[:MAX_TITLES]
    arrays["importance"] = important
    header = {
        "node_count": graph.node_count,
        "edge_count": graph.edge_count,
        "icons": icons,
        "titles": titles_of(graph.nodes, graph.bindings, important, max_length=MAX_TITLE_LENGTH),
        "legend": legend_of(graph, encodings, arrays),
        "axes": [
            {"kind": axis.kind, "value": axis.value, "label": axis.label, "style": axis.style}
            for axis in encodings.axes
        ],
        "url_defaults": url_defaults(graph, encodings),
        "fixed_positions": has_positions(graph),
    }
    return ViewColumns(header=header, arrays=arrays)


def has_positions(graph: Graph) -> bool:
    names = (graph.bindings.node_x, graph.bindings.node_y)
    return all(name in graph.nodes.column_names for name in names)


def url_defaults(graph: Graph, encodings: Encodings) -> dict[str, Any]:
    """Options of the page by default: uploaded positions are kept, axes keep their meaning."""
    defaults: dict[str, Any] = {}
    if has_positions(graph):
        defaults["play"] = 0
    kinds = {axis.kind for axis in encodings.axes}
    if kinds:
        defaults |= {"play": 0, "splashAfter": False}
    for kind, option in (("r", "lockedR"), ("x", "lockedX"), ("y", "lockedY")):
        if kind in kinds:
            defaults[option] = True
    return defaults

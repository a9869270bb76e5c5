"""From a graph and its encodings to the arrays a picture needs, and nothing else."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.encodings import Encodings
from graphkeep.graph.graph import Graph
from graphkeep.view import edges as edge_columns
from graphkeep.view import nodes as node_columns
from graphkeep.view.icons import badges_of, icons_of
from graphkeep.view.legend import legend_of

Array = npt.NDArray[np.generic]
MOST_TITLES = 2000
LONGEST_TITLE = 80


@dataclass(frozen=True, kw_only=True)
class ViewColumns:
    """`header` is JSON; the names and dtypes of `arrays` are the wire's, see the reference."""

    header: dict[str, Any]
    arrays: dict[str, Array]


def columns_for_viewer(
    graph: Graph, encodings: Encodings, *, positions: npt.NDArray[np.float32] | None
) -> ViewColumns:
    """Colours uint8 (n, 4), sizes float32 (n,) px, ends uint32 (m, 2) and what else is bound.

    Edges stand in a seeded random order, so that any prefix is a fair sample; `edge_row` leads back.
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
    important = node_columns.importance(graph, sizes)[:MOST_TITLES]
    arrays["importance"] = important
    header = {
        "node_count": graph.node_count,
        "edge_count": graph.edge_count,
        "icons": icons,
        "titles": titles_of(graph, important),
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
    """What the page's address need not say: a given place is kept, axes keep their meaning."""
    said: dict[str, Any] = {}
    if has_positions(graph):
        said["play"] = 0
    kinds = {axis.kind for axis in encodings.axes}
    if kinds:
        said |= {"play": 0, "splashAfter": False}
    for kind, option in (("r", "lockedR"), ("x", "lockedX"), ("y", "lockedY")):
        if kind in kinds:
            said[option] = True
    return said


def titles_of(graph: Graph, rows: npt.NDArray[np.uint32]) -> list[str]:
    """Short names of some nodes: title, else label, else id."""
    bindings = graph.bindings
    taken = pa.array(rows.astype(np.int64))
    ids = graph.node_ids.take(taken).to_pylist()
    named: list[Any] = [None] * len(ids)
    for name in (bindings.node_title, bindings.node_label):
        if name is not None and name in graph.nodes.column_names:
            found = graph.nodes[name].take(taken).to_pylist()
            named = [
                have if have not in {None, ""} else new
                for have, new in zip(named, found, strict=True)
            ]
    return [
        str(own if own not in {None, ""} else key)[:LONGEST_TITLE]
        for own, key in zip(named, ids, strict=True)
    ]

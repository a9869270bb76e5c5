"""Icons and badges: a list of names, and for every node which of them, counted from 1."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.encodings import BADGE_POSITIONS, Encodings
from graphkeep.graph.graph import Graph
from graphkeep.view.channels import Codes, distinct_codes, encoded_outputs

MAX_ICONS = 500
MAX_ICON_LENGTH = 2000
ALIASES = {
    "triangle-exclamation": "exclamation-triangle",
    "circle-exclamation": "exclamation-circle",
    "magnifying-glass": "search",
    "location-dot": "map-marker",
    "gear": "cog",
    "shield-halved": "shield",
    "house": "home",
    "circle-info": "info-circle",
    "circle-check": "check-circle",
    "envelope-open-text": "envelope-open",
}


def icons_of(graph: Graph, encodings: Encodings, icons: list[str]) -> npt.NDArray[np.uint16] | None:
    """uint16 (n,): 0 for none, else 1 + the index in `icons`, which grows."""
    encoding = encodings.channels.get(("node", "icon"))
    if encoding is not None and encoding.attribute in graph.nodes.column_names:
        codes, outputs = encoded_outputs(encoding, graph.nodes[encoding.attribute])
        return icon_numbers(codes, outputs, icons)
    name = graph.bindings.node_icon
    if name is None or name not in graph.nodes.column_names:
        return None
    column: pa.ChunkedArray = graph.nodes[name]
    codes, values = distinct_codes(column)
    return icon_numbers(np.where(codes < 0, len(values), codes), [*values, None], icons)


def badges_of(
    graph: Graph, encodings: Encodings, icons: list[str]
) -> npt.NDArray[np.uint32] | None:
    """uint32 (b, 3): node row, 1 + index in `icons`, index in `BADGE_POSITIONS`."""
    badges = []
    for encoding in encodings.badges:
        if encoding.attribute not in graph.nodes.column_names:
            continue
        codes, outputs = encoded_outputs(encoding, graph.nodes[encoding.attribute])
        icon = icon_numbers(codes, outputs, icons)
        rows = np.flatnonzero(icon)
        index = np.full(len(rows), BADGE_POSITIONS.index(encoding.position))
        badges.append(np.column_stack((rows, icon[rows], index)))
    return np.concatenate(badges).astype(np.uint32) if badges else None


def icon_numbers(codes: Codes, outs: list[object], icons: list[str]) -> npt.NDArray[np.uint16]:
    table = np.zeros(len(outs), np.uint16)
    for index, output in enumerate(outs):
        name = icon_name(output)
        if not name:
            continue
        if name not in icons:
            if len(icons) >= MAX_ICONS:
                continue
            icons.append(name)
        table[index] = icons.index(name) + 1
    return table[codes]


def icon_name(out: object) -> str:
    """A name without its `fa-`; addresses of other sites are not fetched, so they show nothing."""
    text = "" if out is None else str(out).strip()
    if len(text) > MAX_ICON_LENGTH or text.startswith(("http://", "https://", "//")):
        return ""
    text = text.removeprefix("fa-") if not text.startswith("data:") else text
    return ALIASES.get(text, text)

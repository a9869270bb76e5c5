"""DOT graphs as tables: labels, positions, colors and all other attributes of Graphviz."""

import colorsys
import html
import re
from typing import BinaryIO

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder, merged
from graphkeep.sources.graph_files.colors import hex_color
from graphkeep.sources.graph_files.dot.grammar import DotAttributes, DotEdge, DotGraph, DotParser
from graphkeep.sources.graph_files.dot.tokens import Token
from graphkeep.sources.graph_files.text_lines import decoded_head, whole_text

SIGNATURE = re.compile(
    r'\A(?:\s++|//[^\n]*|/\*.*?\*/|#[^\n]*\n)*+(?:strict\s+)?(?:di)?graph\b\s*(?:"(?:[^"\\]|\\.)*"|[\w.-]+)?\s*\{',
    re.IGNORECASE | re.DOTALL,
)
POSITION = re.compile(r"\s*([-+.\deE]+),([-+.\deE]+)(?:,([-+.\deE]+))?!?\s*")
HSV = re.compile(r"\s*([01]?\.?\d*)[,\s]+([01]?\.?\d*)[,\s]+([01]?\.?\d*)\s*")
TAG = re.compile(r"<[^<>]*>")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
NODE_KEYS = {"shape": "shape", "width": "width", "height": "height"}
EDGE_KEYS = {"weight": "weight", "penwidth": "thickness"}
ESCAPES = {"n": "\n", "l": "\n", "r": "\n"}


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    graphs = DotParser(whole_text(stream, options, log)).graphs()
    has_names = len(graphs) > 1
    builders = [builder_of(graph, graph.name if has_names else "", log) for graph in graphs] or [
        GraphBuilder("DOT", log=log)
    ]
    return merged(builders, log)


def builder_of(graph: DotGraph, name: str, log: RepairLog) -> GraphBuilder:
    builder = GraphBuilder("DOT", name=name, declares_nodes=False, attribute_kind="any", log=log)
    for node, attributes in graph.nodes.items():
        values = node_values(node, attributes, graph)
        values["parent"] = graph.parents.get(node)
        builder.add_node(node, values, line=graph.lines.get(node, 0))
    for edge in (
        distinct(graph.edges, is_directed=graph.is_directed, log=log)
        if graph.is_strict
        else graph.edges
    ):
        values = edge_values(edge, graph)
        builder.add_edge(edge.source.node, edge.target.node, values, line=edge.line)
    builder.add_graph_values((key, value.text) for key, value in graph.attributes.items())
    return builder


def node_values(node: str, attributes: DotAttributes, graph: DotGraph) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for key, token in attributes.items():
        if key == "label":
            values |= label_values(token, node, graph)
        elif key == "pos" and (match := POSITION.fullmatch(token.text)):
            values |= {"x": match[1], "y": match[2], "z": match[3]}
        elif key in NODE_KEYS:
            values[NODE_KEYS[key]] = token.text
        elif key == "color" and "fillcolor" in attributes:
            values["@border color"] = css_color(token.text)
        elif key in {"color", "fillcolor"}:
            values["color"] = css_color(token.text)
        else:
            values[ATTRIBUTE + key] = token.text
    return values


def edge_values(edge: DotEdge, graph: DotGraph) -> dict[str, str | None]:
    values: dict[str, str | None] = {
        "directed": "true" if graph.is_directed else "false",
        "source_port": edge.source.port,
        "target_port": edge.target.port,
    }
    for key, token in edge.attributes.items():
        if key == "label":
            values |= label_values(token, "", graph)
        elif key == "color":
            values["color"] = css_color(token.text)
        elif key in {"tailport", "headport"}:
            values["source_port" if key == "tailport" else "target_port"] = token.text
        else:
            values[EDGE_KEYS.get(key, ATTRIBUTE + key)] = token.text
    return values


def label_values(token: Token, node: str, graph: DotGraph) -> dict[str, str | None]:
    if token.kind == "html":
        text = html.unescape(TAG.sub("", BREAK.sub("\n", token.text)))
        label = "\n".join(line.strip() for line in text.splitlines() if line.strip())
        return {"label": label, "@label html": token.text}
    return {"label": unescaped(token.text, node, graph).strip("\n")}


def unescaped(text: str, node: str, graph: DotGraph) -> str:
    """Escapes of labels: line breaks, and the names of the node and the graph."""

    def replacement(match: re.Match[str]) -> str:
        letter = match[1]
        if letter == "N" and node:
            return node
        if letter == "G":
            return graph.name
        return ESCAPES.get(letter, letter)

    return re.sub(r"\\(.)", replacement, text)


def css_color(text: str) -> str:
    """The first color of a Graphviz color list, as CSS writes it."""
    color = text.split(":", maxsplit=1)[0].split(";", maxsplit=1)[0].rpartition("/")[2].strip()
    match = HSV.fullmatch(color)
    if match is None or not all(part.strip(".") for part in match.groups()):
        return color
    hue, saturation, value = map(float, match.groups())
    return hex_color(*(255 * part for part in colorsys.hsv_to_rgb(hue, saturation, value)))


def distinct(edges: list[DotEdge], *, is_directed: bool, log: RepairLog) -> list[DotEdge]:
    """The edges of a strict graph, in which later statements about the same ends only add attributes."""
    merged_edges: dict[tuple[str, str], DotEdge] = {}
    for edge in edges:
        ends = (edge.source.node, edge.target.node)
        key = ends if is_directed or ends[0] <= ends[1] else ends[::-1]
        first = merged_edges.setdefault(key, edge)
        if first is not edge:
            first.attributes = first.attributes | edge.attributes
            log.add(
                "edge-merged",
                "Edges of a strict graph that repeat another one are merged with it: {count}.",
                line=edge.line,
                table="edge",
                before=" → ".join(ends),
            )
    return list(merged_edges.values())


def recognize(head: bytes, name: str) -> float:
    return 0.97 if SIGNATURE.match(decoded_head(head)) else 0.0


DOT = FileFormat(
    name="dot",
    media_type="text/vnd.graphviz",
    suffixes=(".dot", ".gv"),
    read=read,
    recognize=recognize,
)

"""METIS and Chaco: line by line the neighbors of each node, numbered from 1.

https://karypis.github.io/glaros/files/sw/metis/manual.pdf
"""

from collections.abc import Iterator
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import GraphBuilder
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

MAX_NODES = 20_000_000
SUFFIXES = (".metis", ".graph")


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    lines = (
        (number, line.split())
        for number, line in text_lines(stream, options, log)
        if line[:1] != "%"
    )
    number, header = next(((line, words) for line, words in lines if words), (0, []))
    if not 2 <= len(header) <= 4 or not all(word.isdigit() for word in header):
        raise UnreadableFileError(
            f"METIS begins with the numbers of nodes and edges; line {number} is: {' '.join(header)[:200]}"
        )
    node_count, edge_count = int(header[0]), int(header[1])
    if node_count > MAX_NODES:
        raise UnreadableFileError(
            f"Line {number} announces {node_count:,} nodes: at most {MAX_NODES:,} are read."
        )
    flags = (header[2] if len(header) > 2 else "").zfill(3)
    weight_count = int(header[3]) if len(header) > 3 else 1 if flags[-2] == "1" else 0
    builder = GraphBuilder("METIS", declares_nodes=False, attribute_kind="any", log=log)
    for node in range(1, node_count + 1):
        builder.add_node(str(node), {})
    skipped = (flags[-3] == "1") + weight_count
    add_edges(builder, lines, node_count, skipped, has_weights=flags[-1] == "1")
    if builder.edges.row_count != edge_count:
        log.add(
            "count-differs",
            f"The first line announces {edge_count:,} edges; {builder.edges.row_count:,} are there.",
            line=number,
            count=abs(edge_count - builder.edges.row_count),
        )
    return builder.result()


def add_edges(
    builder: GraphBuilder,
    lines: Iterator[tuple[int, list[str]]],
    node_count: int,
    skipped: int,
    *,
    has_weights: bool,
) -> None:
    """Each edge stands at both of its ends, and is added once."""
    for node, (number, words) in enumerate(lines, start=1):
        if node > node_count:
            if words:
                builder.log.add(
                    "line-ignored", "Lines beyond the last node are left out: {count}.",
                    line=number, before=" ".join(words),
                )  # fmt: skip
            continue
        for position, word in enumerate(words[:skipped], start=1):
            builder.add_node(str(node), {f"@weight{position}": word})
        rest = words[skipped:]
        step = 1 + has_weights
        for position in range(0, len(rest), step):
            neighbor = rest[position]
            weight = rest[position + 1] if has_weights and position + 1 < len(rest) else None
            if not neighbor.isdigit() or not 0 < int(neighbor) <= node_count:
                builder.log.add(
                    "neighbor-ignored",
                    f"Neighbors that are no number from 1 to {node_count:,} are left out: {{count}}.",
                    line=number,
                    before=neighbor,
                )
            elif int(neighbor) >= node:
                builder.add_edge(
                    str(node), neighbor, {"weight": weight, "directed": "false"}, line=number
                )


def recognize(head: bytes, name: str) -> float:
    """Plain numbers: only the suffix tells."""
    if not name.lower().endswith(SUFFIXES):
        return 0.0
    lines = [line.split() for line in decoded_head(head).splitlines() if line[:1] != "%"]
    is_header = bool(lines) and 2 <= len(lines[0]) <= 4
    return 0.8 if is_header and all(word.isdigit() for word in lines[0]) else 0.0


METIS = FileFormat(
    name="metis", media_type="text/x-metis", suffixes=SUFFIXES, read=read, recognize=recognize
)

"""Trivial Graph Format: nodes with labels, a line with `#`, edges with labels."""

from typing import BinaryIO

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import GraphBuilder
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

DIVIDER = "#"
SUFFIX = ".tgf"


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    builder = GraphBuilder("TGF", log=log)
    is_edge = False
    for number, line in text_lines(stream, options, log):
        words = line.split(maxsplit=2 if is_edge else 1)
        if line.strip() == DIVIDER:
            is_edge = True
        elif words and is_edge:
            target = words[1] if len(words) > 1 else None
            label = words[2].strip() if len(words) > 2 else None
            builder.add_edge(words[0], target, {"label": label}, line=number)
        elif words:
            label = words[1].strip() if len(words) > 1 else None
            builder.add_node(words[0], {"label": label}, line=number)
    return builder.result()


def recognize(head: bytes, name: str) -> float:
    """A line that is `#` alone, with pairs of the nodes above it in the lines below it."""
    lines = [line.strip() for line in decoded_head(head).splitlines()]
    if lines.count(DIVIDER) != 1:
        return 0.0
    divider = lines.index(DIVIDER)
    ids = {line.split()[0] for line in lines[:divider] if line}
    pairs = [line.split()[:2] for line in lines[divider + 1 : -1] or lines[divider + 1 :] if line]
    if not ids or not all(len(pair) == 2 and set(pair) <= ids for pair in pairs):
        return 0.5 if name.lower().endswith(SUFFIX) else 0.0
    return 0.95 if pairs else 0.5 * name.lower().endswith(SUFFIX)


TGF = FileFormat(
    name="tgf", media_type="text/x-tgf", suffixes=(SUFFIX,), read=read, recognize=recognize
)

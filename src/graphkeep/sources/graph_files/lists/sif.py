"""SIF of Cytoscape: a source, an interaction and any number of targets in a line.

https://manual.cytoscape.org/en/stable/Supported_Network_File_Formats.html#sif-format
"""

from typing import BinaryIO

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import GraphBuilder
from graphkeep.sources.graph_files.text_lines import whole_text

SUFFIX = ".sif"


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    builder = GraphBuilder("SIF", declares_nodes=False, log=log)
    text = whole_text(stream, options, log)
    separator = "\t" if "\t" in text else None
    for number, line in enumerate(text.split("\n"), start=1):
        words = [word.strip() for word in line.split(separator)]
        while words and not words[-1]:
            words.pop()
        if not words or not any(words):
            continue
        if len(words) == 1:
            builder.add_node(words[0], {}, line=number)
        elif len(words) == 2:
            builder.add_node(words[0], {}, line=number)
            builder.add_edge(words[0], None, {"type": words[1]}, line=number)
        for target in words[2:]:
            builder.add_edge(words[0], target, {"type": words[1]}, line=number)
    return builder.result()


def recognize(head: bytes, name: str) -> float:
    """Any text could be SIF, so only its suffix tells."""
    if not name.lower().endswith(SUFFIX):
        return 0.0
    return 0.8


SIF = FileFormat(
    name="sif", media_type="text/x-sif", suffixes=(SUFFIX,), read=read, recognize=recognize
)

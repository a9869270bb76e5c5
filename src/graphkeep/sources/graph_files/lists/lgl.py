"""LGL and NCOL of Large Graph Layout: neighbors with weights, below their node or beside it.

http://lgl.sourceforge.net/#FileFormat
"""

from typing import BinaryIO

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import GraphBuilder
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines


def read_lgl(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    builder = GraphBuilder("LGL", declares_nodes=False, attribute_kind="any", log=log)
    source: str | None = None
    for number, line in text_lines(stream, options, log):
        words = line.split()
        if not words:
            continue
        if words[0] == "#" and len(words) > 1:
            source = words[1]
            builder.add_node(source, {}, line=number)
        else:
            add_edge(builder, [source or "", *words], number)
    return builder.result()


def read_ncol(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    builder = GraphBuilder("NCOL", declares_nodes=False, attribute_kind="any", log=log)
    for number, line in text_lines(stream, options, log):
        words = line.split()
        if words and not words[0].startswith("#"):
            add_edge(builder, words, number)
    return builder.result()


def add_edge(builder: GraphBuilder, words: list[str], line: int) -> None:
    values: dict[str, str | None] = {"directed": "false"}
    if len(words) > 2:
        values["weight"] = words[2]
    for number, word in enumerate(words[3:], start=4):
        values[f"@column{number}"] = word
    builder.add_edge(words[0], words[1] if len(words) > 1 else None, values, line=line)


def recognize_lgl(head: bytes, name: str) -> float:
    lines = [line.split() for line in decoded_head(head).splitlines()[:200]]
    filled = [words for words in lines if words]
    is_lgl = bool(filled) and all(
        len(words) == 2 if words[0] == "#" else len(words) <= 2 for words in filled[:-1] or filled
    )
    headings = sum(words[0] == "#" for words in filled)
    if not is_lgl or filled[0][0] != "#" or headings in (0, len(filled)):
        return 0.0
    return 0.9 if name.lower().endswith(".lgl") else 0.4 * (headings > 1)


def recognize_ncol(head: bytes, name: str) -> float:
    """Any list of pairs could be NCOL, so only its suffix tells."""
    return 0.8 if name.lower().endswith(".ncol") else 0.0


LGL = FileFormat(
    name="lgl", media_type="text/x-lgl", suffixes=(".lgl",), read=read_lgl, recognize=recognize_lgl
)
NCOL = FileFormat(
    name="ncol",
    media_type="text/x-ncol",
    suffixes=(".ncol",),
    read=read_ncol,
    recognize=recognize_ncol,
)

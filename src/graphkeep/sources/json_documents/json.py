"""JSON: documents, lines and whatever is in between, with the vocabularies that are written in it."""

import gc
import re
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.options import JsonOptions
from graphkeep.sources.json_documents.read_documents import read_documents
from graphkeep.sources.json_documents.syntax.decode import decode
from graphkeep.sources.json_documents.syntax.parse import TOO_DEEP, parse_documents

EMPTY = "The file is empty: JSON needs at least {} or []."
BEGINNING = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:"(?:[^"\\\x00-\x1f]|\\.)*"\s*:|\})|\[\s*(?:[\[{"\]\-\d]|true|false|null))'
)
# What scripts assign: `window.YTD.tweets.part0 = [ {`.
ASSIGNMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,200}\s*=\s*(?=\[\s*\{\s*\"|\{\s*\")"
)
PLAIN_LIST = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*[^{\[\s]")


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """The tables of a JSON file, and the graph that they are where its vocabulary or structure shows one.

    Raises:
        UnreadableFileError: it is not JSON, by line and reason; an option is unknown.
    """
    json_options = JsonOptions.of(options.parser_options)
    was_enabled = gc.isenabled()
    gc.disable()  # values of JSON hold no cycles, and looking for them takes a third of the time
    try:
        return read_content(stream, json_options)
    finally:
        if was_enabled:
            gc.enable()


def read_content(stream: BinaryIO, json_options: JsonOptions) -> ReadResult:
    repairs: list[Repair] = []
    text = decode(stream.read(), json_options.encoding, repairs)
    if not text.strip():
        raise UnreadableFileError(EMPTY)
    documents = parse_documents(text, repairs=repairs)
    del text
    if not documents.values:
        raise UnreadableFileError(EMPTY)
    try:
        return read_documents(documents, ReadContext(options=json_options, repairs=repairs))
    except RecursionError as error:
        raise UnreadableFileError(TOO_DEEP) from error


def recognize(head: bytes, name: str) -> float:
    """Objects and lists of JSON begin as nothing else does; a list of plain values could be a log's line."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    assignment = ASSIGNMENT.match(head)
    if assignment is not None:
        head = head[assignment.end() :]
    if BEGINNING.match(head) is None:
        return 0.0
    return 0.5 if PLAIN_LIST.match(head) else 0.95


JSON = FileFormat(
    name="json",
    media_type="application/json",
    suffixes=(".json", ".jsonl", ".ndjson", ".geojson", ".cyjs", ".jsonld", ".cx", ".cx2"),
    read=read,
    recognize=recognize,
)

"""XML that is neither GEXF nor GraphML: which it is, in a sentence."""

from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.xml_events import root_element

HEAD_BYTES = 1 << 16
HINTS = {
    "rdf": "Export it as N-Triples or Turtle.",
    "bom": "Export it as CycloneDX JSON.",
    "mxfile": "Export its table as CSV.",
    "svg": "It is a picture; its data is read from a table or a graph file.",
    "events": "Export it as CSV or JSON lines.",
    "osm": "Export it as GraphML.",
    "kml": "Export it as GeoJSON or CSV.",
}


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    root = root_element(stream.read(HEAD_BYTES))
    if root is None:
        raise UnreadableFileError(
            "This is XML that is broken before its first element; it is not read."
        )
    element, namespace = root
    where = f" of the namespace {namespace}" if namespace else ""
    hint = HINTS.get(element.lower(), "Export it as CSV, JSON, GEXF or GraphML.")
    raise UnreadableFileError(
        f"This is XML with the root element '{element}'{where}; XML of this kind is not read. {hint}"
    )


def recognize(head: bytes, name: str) -> float:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<?xml"):
        return 0.9
    root = root_element(head)
    return 0.9 if root is not None and (root[1] or name.lower().endswith(".xml")) else 0.0


XML = FileFormat(
    name="xml", media_type="application/xml", suffixes=(".xml",), read=read, recognize=recognize
)

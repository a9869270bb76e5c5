"""XML as a stream of elements: no entities, nothing external, bounded depth and values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol
from xml.parsers import expat

from graphkeep.graph.errors import UnreadableFileError

BLOCK_BYTES = 1 << 16
MAX_DEPTH = 500
MAX_VALUE_BYTES = 8 << 20

Attributes = Mapping[str, str]


class ElementHandler(Protocol):
    """Gets local names, without prefixes; `text` is what stands directly in an element that has no children."""

    def start(self, name: str, attributes: Attributes, line: int) -> None: ...
    def end(self, name: str, text: str, line: int) -> None: ...


@dataclass
class Frame:
    name: str
    texts: list[str] = field(default_factory=list)
    size: int = 0


class XmlStream:
    """Raises UnreadableFileError, with the line, where XML is malformed or does what no graph file needs."""

    def __init__(self, handler: ElementHandler) -> None:
        self.handler = handler
        self.frames: list[Frame] = []
        self.local_names: dict[str, str] = {}
        parser = self.parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.specified_attributes = True  # defaults of a DTD could multiply what is sent
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.EntityDeclHandler = self.refuse_entities
        parser.ExternalEntityRefHandler = self.refuse_entities
        parser.UnparsedEntityDeclHandler = self.refuse_entities
        parser.SkippedEntityHandler = self.refuse_entities

    def parse(self, stream: BinaryIO) -> None:
        sent = 0
        try:
            while block := stream.read(BLOCK_BYTES):
                sent += len(block)
                self.parser.Parse(block, False)
                if sent - self.parser.CurrentByteIndex > MAX_VALUE_BYTES:
                    raise self.too_long()
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise UnreadableFileError(
                f"The XML is broken in line {error.lineno}, column {error.offset + 1}: "
                f"{expat.ErrorString(error.code)}."
            ) from error

    def start(self, name: str, attributes: Attributes) -> None:
        local = self.local_names.get(name) or self.local_name(name)
        if len(self.frames) >= MAX_DEPTH:
            raise UnreadableFileError(
                f"The XML nests more than {MAX_DEPTH} elements in line {self.parser.CurrentLineNumber}."
            )
        self.frames.append(Frame(local))
        self.handler.start(local, attributes, self.parser.CurrentLineNumber)

    def end(self, name: str) -> None:
        frame = self.frames.pop()
        self.handler.end(frame.name, "".join(frame.texts), self.parser.CurrentLineNumber)

    def text(self, text: str) -> None:
        if self.frames:
            frame = self.frames[-1]
            frame.texts.append(text)
            frame.size += len(text)
            if frame.size > MAX_VALUE_BYTES:
                raise self.too_long()

    def local_name(self, name: str) -> str:
        if len(self.local_names) > 10_000:
            self.local_names.clear()
        return self.local_names.setdefault(name, name.rpartition(":")[2])

    def too_long(self) -> UnreadableFileError:
        return UnreadableFileError(
            f"The XML has a value of more than {MAX_VALUE_BYTES >> 20} MiB in line "
            f"{self.parser.CurrentLineNumber}."
        )

    def refuse_entities(self, *_: object) -> int:
        raise UnreadableFileError(
            f"The XML declares or needs entities of its own (line {self.parser.CurrentLineNumber}); for "
            "safety such files are not read. Write the characters themselves."
        )


def local_attributes(attributes: Attributes) -> dict[str, str]:
    """Attributes without their prefixes."""
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


class RootFound(Exception):  # noqa: N818
    def __init__(self, name: str, namespace: str) -> None:
        super().__init__(name)
        self.name = name
        self.namespace = namespace


def root_element(head: bytes) -> tuple[str, str] | None:
    """Local name and namespace of the root element of the first bytes of a file; None if it is no XML."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return None
    parser = expat.ParserCreate()

    def start(name: str, attributes: Attributes) -> None:
        prefix, _, local = name.rpartition(":")
        key = f"xmlns:{prefix}" if prefix else "xmlns"
        raise RootFound(local, attributes.get(key, ""))

    parser.StartElementHandler = start
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text, False)
    except RootFound as root:
        return root.name, root.namespace
    except expat.ExpatError:
        return None
    return None

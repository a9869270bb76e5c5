"""XML as a stream of elements: no entities, nothing external, bounded depth and values."""

import codecs
import re
from collections.abc import Mapping
from typing import BinaryIO, Protocol
from xml.parsers import expat

from graphkeep.graph.errors import UnreadableFileError

BLOCK_BYTES = 1 << 16
MAX_DEPTH = 500
MAX_VALUE_BYTES = 8 << 20

DECLARATION = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)")
EXPAT_ENCODINGS = {"utf-8", "utf-16", "iso-8859-1", "us-ascii"}
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Attributes = Mapping[str, str]


class ElementHandler(Protocol):
    """Gets local names, without prefixes; `text` is what stands directly in an element that has no children."""

    def start(self, name: str, attributes: Attributes, line: int) -> None: ...
    def end(self, name: str, text: str, line: int) -> None: ...


class XmlStream:
    """Raises UnreadableFileError, with the line, where XML is malformed or does what no graph file needs."""

    def __init__(self, handler: ElementHandler) -> None:
        self.handler = handler
        self.names: list[str] = []  # of the open elements
        self.texts: list[list[str]] = []  # of each of them
        self.sizes: list[int] = []  # of these texts together
        self.local_names: dict[str, str] = {}
        self.blank_lines = 0  # before the first element, where strict XML allows none

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.blank_lines

    def start_parser(self, encoding: str | None) -> None:
        parser = self.parser = expat.ParserCreate(encoding)
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
            head = stream.read(BLOCK_BYTES)
            block = head.lstrip()
            self.blank_lines = head[: len(head) - len(block)].count(b"\n")
            self.start_parser(marked_encoding(block))
            decoder = foreign_decoder(block)
            while block:
                sent += len(block)
                self.parser.Parse(decoder.decode(block) if decoder else block, False)
                if sent - self.parser.CurrentByteIndex > MAX_VALUE_BYTES:
                    raise self.too_long()
                block = stream.read(BLOCK_BYTES)
            self.parser.Parse(b"", True)
        except UnicodeDecodeError as error:
            raise UnreadableFileError(
                f"The XML is not in {error.encoding}, as it declares, near line {self.line}."
            ) from error
        except expat.ExpatError as error:
            raise UnreadableFileError(
                f"The XML is broken in line {error.lineno + self.blank_lines}, column {error.offset + 1}: "
                f"{expat.ErrorString(error.code)}."
            ) from error

    def start(self, name: str, attributes: Attributes) -> None:
        local = self.local_names.get(name) or self.local_name(name)
        names = self.names
        if len(names) >= MAX_DEPTH:
            raise UnreadableFileError(
                f"The XML nests more than {MAX_DEPTH} elements in line {self.line}."
            )
        names.append(local)
        self.texts.append([])
        self.sizes.append(0)
        self.handler.start(local, attributes, self.parser.CurrentLineNumber + self.blank_lines)

    def end(self, name: str) -> None:
        self.sizes.pop()
        self.handler.end(
            self.names.pop(),
            "".join(self.texts.pop()),
            self.parser.CurrentLineNumber + self.blank_lines,
        )

    def text(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)
            self.sizes[-1] += len(text)
            if self.sizes[-1] > MAX_VALUE_BYTES:
                raise self.too_long()

    def local_name(self, name: str) -> str:
        if len(self.local_names) > 10_000:
            self.local_names.clear()
        return self.local_names.setdefault(name, name.rpartition(":")[2])

    def too_long(self) -> UnreadableFileError:
        return UnreadableFileError(
            f"The XML has a value of more than {MAX_VALUE_BYTES >> 20} MiB in line {self.line}."
        )

    def refuse_entities(self, *_: object) -> int:
        raise UnreadableFileError(
            f"The XML declares or needs entities of its own (line {self.line}); for "
            "safety such files are not read. Write the characters themselves."
        )


def local_attributes(attributes: Attributes) -> dict[str, str]:
    """Attributes without their prefixes."""
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def marked_encoding(head: bytes) -> str | None:
    """The encoding that the first bytes show, which goes before what the file declares."""
    return next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), None)


def foreign_decoder(head: bytes) -> codecs.IncrementalDecoder | None:
    """A decoder of the declared encoding, where expat itself does not know it.

    Raises:
        UnreadableFileError: Python does not know it either.
    """
    match = DECLARATION.match(head)
    name = match[1].decode("ascii").lower() if match and not marked_encoding(head) else "utf-8"
    if name in EXPAT_ENCODINGS:
        return None
    try:
        return codecs.getincrementaldecoder(name)()
    except LookupError as error:
        raise UnreadableFileError(
            f"The XML declares the encoding '{name}', which this server does not know."
        ) from error


class RootFound(Exception):  # noqa: N818
    def __init__(self, name: str, namespace: str) -> None:
        super().__init__(name)
        self.name = name
        self.namespace = namespace


def root_element(head: bytes) -> tuple[str, str] | None:
    """Local name and namespace of the root element of the first bytes of a file; None if it is no XML."""
    text = head if marked_encoding(head) else head.lstrip()
    if not text.startswith((b"<", *MARKS)):
        return None
    parser = expat.ParserCreate(marked_encoding(head))

    def start(name: str, attributes: Attributes) -> None:
        prefix, _, local = name.rpartition(":")
        key = f"xmlns:{prefix}" if prefix else "xmlns"
        raise RootFound(local, attributes.get(key, ""))

    parser.StartElementHandler = start
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        decoder = foreign_decoder(text)
        parser.Parse(decoder.decode(text) if decoder else text, False)
    except RootFound as root:
        return root.name, root.namespace
    except (expat.ExpatError, UnicodeDecodeError, UnreadableFileError):
        return None
    return None

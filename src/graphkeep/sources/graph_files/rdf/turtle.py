"""Turtle, and TriG, which adds named graphs in braces.

https://www.w3.org/TR/turtle/
"""

import re
from typing import BinaryIO, NamedTuple, NoReturn
from urllib.parse import urljoin

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.rdf.triples import (
    RDF,
    STRING_ESCAPES,
    XSD,
    Term,
    TripleGraph,
    unescaped,
)
from graphkeep.sources.graph_files.text_lines import decoded_head, whole_text

MAX_DEPTH = 100
SUFFIXES = (".ttl", ".trig")
TOKEN = re.compile(
    r"""(?P<space>(?:\s++|\#[^\n]*)++)
    |(?P<iri><[^<>\s]*>)
    |(?P<long>\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*+\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*+''')
    |(?P<string>\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)[eE][+-]?\d+|[+-]?\d*\.\d+|[+-]?\d+)
    |(?P<blank>_:[\w\u00b7-]+(?:\.+[\w\u00b7-]+)*)
    |(?P<name>(?:[^\W\d_][\w\u00b7-]*(?:\.+[\w\u00b7-]+)*)?:(?:(?:[\w:\u00b7-]|%[0-9a-fA-F]{2}|\\.)(?:\.*(?:[\w:\u00b7-]|%[0-9a-fA-F]{2}|\\.))*)?)
    |(?P<word>[A-Za-z]+)
    |(?P<mark>\^\^|[.;,\[\](){}])
    """,
    re.VERBOSE | re.DOTALL,
)
SIGNATURE = re.compile(
    r"(?:\s++|#[^\n]*)*+(?:@prefix\s|@base\s|(?i:prefix\s+[\w.-]*:\s*<)|(?i:base\s*<))"
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int


class TurtleParser:
    """Parses statements into `graph`; raises UnreadableFileError, which names the line."""

    def __init__(self, text: str, graph: TripleGraph) -> None:
        self.text = text
        self.graph = graph
        self.position = 0
        self.prefixes: dict[str, str] = {}
        self.base = ""
        self.blank_count = 0
        self.graph_name = ""
        self.line = 1
        self.counted_to = 0
        self.next = self.scan()

    def parse(self) -> None:
        while self.next.kind != "end":
            if self.next.text.lower() in {"@prefix", "prefix"}:
                self.prefix()
            elif self.next.text.lower() in {"@base", "base"}:
                is_old = self.take().text.startswith("@")
                self.base = self.iri(self.take())
                self.end_directive(is_old=is_old)
            elif self.is_mark("}") and self.graph_name:
                self.take()
                self.graph_name = ""
            else:
                self.statement()

    def prefix(self) -> None:
        is_old = self.take().text.startswith("@")
        name = self.take()
        if name.kind != "name" or not name.text.endswith(":"):
            self.fail(name, "a prefix is expected")
        namespace = self.iri(self.take())
        self.prefixes[name.text[:-1]] = namespace
        self.graph.prefixes[namespace] = name.text[:-1]
        self.end_directive(is_old=is_old)

    def end_directive(self, *, is_old: bool) -> None:
        if is_old:
            self.expect(".")

    def statement(self) -> None:
        if self.next.kind == "word" and self.next.text.lower() == "graph":
            self.take()
        if self.is_mark("{"):
            self.take()
            self.graph_name = " "
            return
        is_anonymous = self.is_mark("[")
        subject = self.term(depth=0)
        if self.is_mark("{"):
            self.take()
            self.graph_name = subject.text
            return
        if not (is_anonymous and self.is_mark(".")):
            self.predicates(subject, depth=0)
        if not (self.graph_name and self.is_mark("}")):
            self.expect(".")

    def predicates(self, subject: Term, *, depth: int) -> None:
        while True:
            token = self.take()
            predicate = (
                f"{RDF}type" if token.kind == "word" and token.text == "a" else self.iri(token)
            )
            while True:
                line = self.line_of(self.next)
                value = self.term(depth=depth)
                self.graph.add(subject, predicate, value, graph=self.graph_name.strip(), line=line)
                if not self.is_mark(","):
                    break
                self.take()
            while self.is_mark(";"):
                self.take()
                if self.is_mark(".", "]", "}"):
                    return
            if self.is_mark(".", "]", "}") or self.next.kind == "end":
                return

    def term(self, *, depth: int) -> Term:
        if depth > MAX_DEPTH:
            self.fail(self.next, f"more than {MAX_DEPTH} brackets are nested")
        token = self.take()
        if token.kind in {"iri", "name"}:
            return Term("iri", self.iri(token))
        if token.kind == "blank":
            return Term("blank", token.text)
        if token.kind in {"string", "long"}:
            return self.literal(token)
        if token.kind == "number":
            is_double = "e" in token.text.lower()
            kind = "double" if is_double else "decimal" if "." in token.text else "integer"
            return Term("literal", token.text, XSD + kind)
        if token.kind == "word" and token.text in {"true", "false"}:
            return Term("literal", token.text, f"{XSD}boolean")
        if token.kind == "mark" and token.text == "[":
            node = self.new_blank()
            if not self.is_mark("]"):
                self.predicates(node, depth=depth + 1)
            self.expect("]")
            return node
        if token.kind == "mark" and token.text == "(":
            return self.collection(depth=depth + 1)
        return self.fail(token, f"'{token.text[:40]}' is not expected")

    def literal(self, token: Token) -> Term:
        text = token.text[3:-3] if token.kind == "long" else token.text[1:-1]
        text = unescaped(text, STRING_ESCAPES)
        if self.next.kind == "language":
            return Term("literal", text, language=self.take().text[1:])
        if self.is_mark("^^"):
            self.take()
            return Term("literal", text, self.iri(self.take()))
        return Term("literal", text)

    def collection(self, *, depth: int) -> Term:
        """A list of RDF: a chain of blank nodes."""
        items = []
        while not self.is_mark(")"):
            items.append((self.term(depth=depth), self.line_of(self.next)))
        self.take()
        rest = Term("iri", f"{RDF}nil")
        for item, line in reversed(items):
            node = self.new_blank()
            self.graph.add(node, f"{RDF}first", item, graph=self.graph_name.strip(), line=line)
            self.graph.add(node, f"{RDF}rest", rest, graph=self.graph_name.strip(), line=line)
            rest = node
        return rest

    def new_blank(self) -> Term:
        self.blank_count += 1
        return Term("blank", f"_:genid{self.blank_count}")

    def iri(self, token: Token) -> str:
        if token.kind == "iri":
            iri = unescaped(token.text[1:-1], {})
            return urljoin(self.base, iri) if self.base else iri
        if token.kind != "name":
            self.fail(token, "an IRI is expected")
        prefix, _, local = token.text.partition(":")
        if prefix not in self.prefixes:
            self.fail(token, f"the prefix '{prefix}:' is not declared")
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)

    def is_mark(self, *marks: str) -> bool:
        return self.next.kind == "mark" and self.next.text in marks

    def expect(self, mark: str) -> None:
        token = self.take()
        if token.kind != "mark" or token.text != mark:
            self.fail(token, f"'{mark}' is expected")

    def take(self) -> Token:
        token = self.next
        self.next = self.scan()
        return token

    def scan(self) -> Token:
        match = TOKEN.match(self.text, self.position)
        if match is not None and match.lastgroup == "space":
            self.position = match.end()
            match = TOKEN.match(self.text, self.position)
        if match is None:
            if self.position < len(self.text):
                excerpt = self.text[self.position : self.position + 20]
                self.fail(Token("", "", self.position), f"'{excerpt}' is not expected")
            return Token("end", "", self.position)
        self.position = match.end()
        return Token(match.lastgroup or "", match[0], match.start())

    def line_of(self, token: Token) -> int:
        self.line += self.text.count("\n", self.counted_to, token.start)
        self.counted_to = max(self.counted_to, token.start)
        return self.line

    def fail(self, token: Token, reason: str) -> NoReturn:
        raise UnreadableFileError(f"The Turtle is broken in line {self.line_of(token)}: {reason}.")


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    graph = TripleGraph("Turtle", log)
    TurtleParser(whole_text(stream, options, log), graph).parse()
    return graph.result()


def recognize(head: bytes, name: str) -> float:
    text = decoded_head(head)
    if SIGNATURE.match(text):
        return 0.97
    return 0.6 if name.lower().endswith(SUFFIXES) and TOKEN.match(text) else 0.0


TURTLE = FileFormat(
    name="turtle",
    media_type="text/turtle",
    suffixes=SUFFIXES,
    read=read,
    recognize=recognize,
)

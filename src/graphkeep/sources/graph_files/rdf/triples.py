"""Triples as a graph: links between resources are edges, literals are attributes of their subject."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.graph_files.attribute_types import Kind
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
FOAF = "http://xmlns.com/foaf/0.1/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
DC = "http://purl.org/dc/elements/1.1/"
PREFIXES = {
    RDF: "rdf", RDFS: "rdfs", XSD: "xsd", FOAF: "foaf", SKOS: "skos", DCTERMS: "dcterms", DC: "dc",
    "http://www.w3.org/2002/07/owl#": "owl", "http://schema.org/": "schema",
    "https://schema.org/": "schema",
}  # fmt: skip
LABELS = (
    f"{RDFS}label", f"{FOAF}name", f"{SKOS}prefLabel", "http://schema.org/name",
    "https://schema.org/name", f"{DCTERMS}title", f"{DC}title",
)  # fmt: skip
NUMBERS = {
    "integer", "int", "long", "short", "byte", "decimal", "double", "float", "nonNegativeInteger",
    "positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong",
    "unsignedShort", "unsignedByte",
}  # fmt: skip
KINDS: dict[str, Kind] = {
    **dict.fromkeys((XSD + name for name in NUMBERS), "number"),
    f"{XSD}dateTime": "time", f"{XSD}date": "time", f"{XSD}boolean": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """An IRI, a blank node (with `_:`) or a literal with its datatype or language."""

    kind: Literal["iri", "blank", "literal"]
    text: str
    datatype: str = ""
    language: str = ""


@dataclass
class LiteralColumn:
    kinds: set[Kind] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)


class TripleGraph:
    """`prefixes` are namespaces of the file by IRI; names of predicates and labels are shortened by them."""

    def __init__(self, label: str, log: RepairLog) -> None:
        self.log = log
        self.builder = GraphBuilder(label, declares_nodes=False, log=log)
        self.prefixes: dict[str, str] = {}
        self.types: dict[str, list[str]] = {}
        self.columns: dict[tuple[str, str], LiteralColumn] = {}
        self.names: dict[str, str] = {}
        self.taken: set[str] = set()

    def add(
        self, subject: Term, predicate: str, value: Term, *, graph: str = "", line: int = 0
    ) -> None:
        self.builder.add_node(subject.text, {}, line=line)
        if value.kind == "literal":
            column = self.columns.setdefault((predicate, value.language), LiteralColumn())
            column.kinds.add(KINDS.get(value.datatype, "text"))
            column.values.setdefault(subject.text, []).append(value.text)
        elif predicate == f"{RDF}type":
            self.types.setdefault(subject.text, []).append(self.short_name(value.text))
        else:
            values = {"type": self.short_name(predicate), "@graph": graph or None}
            self.builder.add_edge(subject.text, value.text, values, line=line)

    def short_name(self, iri: str) -> str:
        """A name that no other IRI has: `foaf:knows`, or what stands after the last `/` or `#`."""
        name = self.names.get(iri)
        if name is None:
            namespace, local = split_iri(iri)
            prefix = PREFIXES.get(namespace)
            name = f"{prefix}:{local}" if prefix and local else local or iri
            if name in self.taken:
                name = iri
            self.taken.add(name)
            self.names[iri] = name
        return name

    def result(self) -> ReadResult:
        self.add_labels()
        for node, types in self.types.items():
            kinds = list(dict.fromkeys(types))
            self.builder.add_node(
                node,
                {"type": kinds[0] if len(kinds) == 1 else json.dumps(kinds, ensure_ascii=False)},
            )
        for (predicate, language), column in self.columns.items():
            name = self.short_name(predicate) + (f"@{language}" if language else "")
            key = f"{predicate}@{language}"
            is_list = any(len(values) > 1 for values in column.values.values())
            kind = next(iter(column.kinds)) if len(column.kinds) == 1 and not is_list else "text"
            self.builder.declare("node", key, name=name, kind=kind)
            for node, values in column.values.items():
                text = values[0] if len(values) == 1 else json.dumps(values, ensure_ascii=False)
                self.builder.add_node(node, {ATTRIBUTE + key: text})
        return self.builder.result()

    def add_labels(self) -> None:
        """A label of the file, without a language or in English first; else the IRI without its host."""
        labels: dict[str, str] = {}
        for predicate in LABELS:
            for language in (
                "",
                "en",
                *sorted(tongue for name, tongue in self.columns if name == predicate),
            ):
                column = self.columns.get((predicate, language))
                for node, values in column.values.items() if column else ():
                    labels.setdefault(node, values[0])
        for node in self.builder.node_rows:
            self.builder.add_node(node, {"label": labels.get(node) or self.display_name(node)})

    def display_name(self, node: str) -> str:
        namespace, local = split_iri(node)
        if local and (
            namespace in self.prefixes or namespace in PREFIXES or namespace.endswith("#")
        ):
            return local
        if node.startswith("_:"):
            return node
        parts = urlsplit(node)
        return (
            (parts.path.strip("/") or parts.netloc or node)
            if parts.scheme and parts.netloc
            else node
        )


def split_iri(iri: str) -> tuple[str, str]:
    """Namespace, with its `#` or `/`, and local name."""
    position = max(iri.rfind("#"), iri.rfind("/"))
    return (iri, "") if position < 0 else (iri[: position + 1], iri[position + 1 :])


def unescaped(text: str, escapes: Mapping[str, str]) -> str:
    """Numeric and letter escapes of N-Triples and Turtle strings; others stay as they are."""
    if "\\" not in text:
        return text
    parts = []
    position = 0
    while (escape := text.find("\\", position)) >= 0 and escape + 1 < len(text):
        parts.append(text[position:escape])
        letter = text[escape + 1]
        length = {"u": 4, "U": 8}.get(letter, 0)
        digits = text[escape + 2 : escape + 2 + length]
        if length and len(digits) == length and is_scalar(digits):
            parts.append(chr(int(digits, 16)))
        else:
            length = 0
            parts.append(escapes.get(letter, "\\" + letter))
        position = escape + 2 + length
    return "".join([*parts, text[position:]])


def is_scalar(digits: str) -> bool:
    try:
        code = int(digits, 16)
    except ValueError:
        return False
    return code < 0xD800 or 0xDFFF < code <= 0x10FFFF


STRING_ESCAPES = {
    "t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\",
}  # fmt: skip

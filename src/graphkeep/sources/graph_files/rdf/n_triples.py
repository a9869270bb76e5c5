"""N-Triples and N-Quads: one statement a line.

https://www.w3.org/TR/n-triples/
"""

import re
from itertools import islice
from typing import BinaryIO

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.rdf.triples import STRING_ESCAPES, Term, TripleGraph, unescaped
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

IRI = r"<([^<>\s]*)>"
BLANK = r"(_:[^\s<>\".]+(?:\.[^\s<>\".]+)*)"
LITERAL = r'"((?:[^"\\]|\\.)*+)"(?:\^\^<([^<>\s]*)>|@([A-Za-z0-9-]+))?'
STATEMENT = re.compile(
    rf"\s*(?:{IRI}|{BLANK})\s*{IRI}\s*(?:{IRI}|{BLANK}|{LITERAL})\s*(?:(?:{IRI}|{BLANK})\s*)?\.\s*(?:#.*)?"
)


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    graph = TripleGraph("N-Triples", log)
    for number, line in text_lines(stream, options, log):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = STATEMENT.fullmatch(text)
        if match is None:
            log.add(
                "line-ignored",
                "Lines that are no statement of N-Triples are left out: {count}.",
                line=number,
                before=text,
            )
            continue
        subject, blank, predicate, iri, object_blank, literal, datatype, language = match.groups()[
            :8
        ]
        graph.add(
            resource(subject, blank),
            decoded(predicate),
            resource(iri, object_blank)
            if literal is None
            else Term("literal", decoded(literal), datatype or "", language or ""),
            graph=match[9] or match[10] or "",
            line=number,
        )
    return graph.result()


def resource(iri: str | None, blank: str | None) -> Term:
    return Term("blank", blank) if blank else Term("iri", decoded(iri or ""))


def decoded(text: str) -> str:
    return unescaped(text, STRING_ESCAPES)


def recognize(head: bytes, name: str) -> float:
    """The first lines are statements; the last one of the head may be cut."""
    lines = decoded_head(head).split("\n")
    texts = (line.strip() for line in lines[:-1] or lines)
    statements = list(islice((text for text in texts if text and not text.startswith("#")), 5))
    if statements and all(STATEMENT.fullmatch(line) for line in statements):
        return 0.96
    return 0.0


N_TRIPLES = FileFormat(
    name="ntriples",
    media_type="application/n-triples",
    suffixes=(".nt", ".nq"),
    read=read,
    recognize=recognize,
)

"""Logs of Zeek (formerly Bro) as tab-separated text: the header names the columns and their types.

Source: https://docs.zeek.org/en/master/log-formats.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import MAX_LINES, Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import SECOND_SCORE, Flow, flow_interpretations
from graphkeep.sources.logs.separated import Cells, ragged_repair, read_cells

HEADER = re.compile(rb"^#(separator|set_separator|empty_field|unset_field|path|open|close|fields|types)\b")  # fmt: skip
ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
WEIGHTS = ("orig_bytes", "orig_ip_bytes", "seen_bytes", "request_body_len")
LABELS = ("service", "qtype_name", "method", "server_name", "mime_type", "note", "proto")
FLOWS = (
    Flow(
        source="id.orig_h", destination="id.resp_h", weights=WEIGHTS, labels=LABELS,
        reason="Zeek names the originator of each connection id.orig_h and its responder id.resp_h.",
    ),
    Flow(
        source="tx_hosts", destination="rx_hosts", weights=("seen_bytes", "total_bytes"), labels=("mime_type", "source"),
        reason="Each file was sent by tx_hosts to rx_hosts.",
    ),
    *(
        Flow(source="id.orig_h", destination=name, reason=reason, labels=("qtype_name", "method", "version"), score=SECOND_SCORE)
        for name, reason in (
            ("query", "The host looked this name up."), ("host", "The host asked this web site."),
            ("server_name", "The host named this server in TLS."),
        )
    ),
    Flow(source="src", destination="dst", labels=("note", "msg"), reason="Each notice names two hosts.", score=SECOND_SCORE),
    Flow(source="mac", destination="assigned_addr", reason="Each lease gives an address.", score=SECOND_SCORE),
)  # fmt: skip


@dataclass
class Header:
    """What the lines with # say; the defaults are those of Zeek."""

    separator: str = "\t"
    set_separator: str = ","
    empty: str = "(empty)"
    unset: str = "-"
    path: str = ""
    fields: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Use one line of the header.

        Raises:
            UnreadableFileError: the separator is none.
        """
        if line.startswith("#separator"):
            text = line[len("#separator") :].strip()
            self.separator = unescape(text) or self.separator
            if len(self.separator) != 1:
                raise UnreadableFileError(f"'{text[:20]}' is no separator of one character.")
            return
        name, *values = line[1:].split(self.separator)
        if name in {"fields", "types"}:
            setattr(self, name, values)
            if name == "fields":
                self.types = []
            return
        attribute = {"set_separator": "set_separator", "empty_field": "empty", "unset_field": "unset", "path": "path"}.get(name)  # fmt: skip
        if attribute and values:
            setattr(self, attribute, values[0])


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows under one header."""

    header: Header
    body: bytes
    first_line: int


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """One table for each kind of header: concatenated logs of one kind are one.

    Raises:
        UnreadableFileError: the header names no fields.
    """
    repairs: list[Repair] = []
    groups: dict[tuple[str, tuple[str, ...]], list[pa.Table]] = {}
    for block in blocks_of(stream.read()):
        if not block.header.fields:
            raise UnreadableFileError("This Zeek log has no line #fields before its rows.")
        names = distinct(block.header.fields)
        cells = read_cells(block.body, names, block.header.separator)
        if cells.ragged:
            repairs.append(ragged_repair(cells, block.first_line))
        table = typed_table(cells, block, repairs)
        groups.setdefault((block.header.path, tuple(table.column_names)), []).append(table)
    if not groups:
        raise UnreadableFileError("This Zeek log has a header and no fields.")
    tables, interpretations = [], []
    for number, ((path, _), parts) in enumerate(groups.items()):
        table = joined(parts)
        tables.append(NamedTable(name=path or "zeek", table=table))
        interpretations += [
            replace(each, edge_tables=(number,))
            for each in flow_interpretations(table, FLOWS, f"Zeek {path}".strip())
        ]
    return ReadResult(
        tables=tuple(tables), repairs=tuple(repairs), interpretations=tuple(interpretations)
    )


def blocks_of(content: bytes) -> Iterator[Block]:
    """The rows between the lines with #, each with the header that holds for it."""
    header = Header()
    start, line, has_rows = 0, 1, False
    for match in re.finditer(rb"(?m)^#[^\n]*\n?", content):
        body = content[start : match.start()]
        if body.strip():
            yield Block(header=header, body=body, first_line=line)
            has_rows = True
        line += body.count(b"\n") + match.group().count(b"\n")
        start = match.end()
        text = match.group().decode("utf-8", errors="replace").rstrip("\r\n")
        if text.startswith("#separator") and (has_rows or header.fields):
            if header.fields and not has_rows:
                yield Block(header=header, body=b"", first_line=line)
            header, has_rows = Header(), False
        elif text.startswith("#fields") and has_rows:
            header, has_rows = replace(header), False
        header.take(text)
    body = content[start:]
    if body.strip() or (header.fields and not has_rows):
        yield Block(header=header, body=body, first_line=line)


def distinct(names: list[str]) -> list[str]:
    counts: dict[str, int] = {}
    result = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        result.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return result


def typed_table(cells: Cells, block: Block, repairs: list[Repair]) -> pa.Table:
    header = block.header
    types = dict(zip(cells.table.column_names, header.types, strict=False))
    columns: dict[str, pa.ChunkedArray] = {}
    for name in cells.table.column_names:
        texts = cells.table[name]
        is_unset = pc.or_(pc.equal(texts, header.unset), pc.equal(texts, ""))
        texts = pc.if_else(is_unset, pa.scalar(None, pa.string()), texts)
        texts = pc.if_else(pc.equal(texts, header.empty), pa.scalar("", pa.string()), texts)
        values = typed_column(texts, types.get(name, "string"), header)
        if values is None:
            values = texts
            repairs.append(unfit_repair(name, types[name], texts, block))
        columns[name] = values
    return pa.table(columns)


def typed_column(texts: pa.ChunkedArray, dtype: str, header: Header) -> pa.ChunkedArray | None:
    """The values of a type of Zeek; None where not all texts are of it."""
    try:
        if dtype == "time":
            return times_of(texts)
        if dtype in {"interval", "double"}:
            return texts.cast(pa.float64())
        if dtype in {"count", "int", "port"}:
            return texts.cast(pa.int64())
        if dtype == "bool":
            known = pc.is_in(texts, value_set=pa.array(["T", "F", None]))
            return pc.equal(texts, "T") if pc.all(known).as_py() is not False else None
    except pa.ArrowInvalid:
        return None
    return plain_texts(texts)


def times_of(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Seconds since 1970 with six decimals, exact in microseconds."""
    seconds = texts.cast(pa.decimal128(20, 6))
    micros = pc.multiply(seconds, pa.scalar(1_000_000, pa.decimal128(7, 0)))
    return micros.cast(pa.int64()).cast(pa.timestamp("us", tz="UTC"))


def plain_texts(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bytes that Zeek escaped, as the characters that they are."""
    has_escapes = pc.any(pc.match_substring(texts, "\\x")).as_py()
    if not has_escapes:
        return texts
    return pa.chunked_array(
        [
            pa.array(
                [None if text is None else unescape(text) for text in texts.to_pylist()],
                pa.string(),
            )
        ]
    )


def unescape(text: str) -> str:
    r"""`a\x2cb` as `a,b`; bytes that are no UTF-8 stay as they were written."""
    return ESCAPED.sub(unescaped, text)


def unescaped(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match.group().replace("\\x", "")).decode()
    except UnicodeDecodeError:
        return match.group()


def unfit_repair(name: str, dtype: str, texts: pa.ChunkedArray, block: Block) -> Repair:
    return Repair(
        code="type-not-fitting",
        message=f"'{name}' is declared as {dtype}, and not all of its values are; it is read as text.",
        table=block.header.path,
        column=name,
        count=len(texts) - texts.null_count,
        lines=tuple(range(block.first_line, block.first_line + 1))[:MAX_LINES],
    )


def joined(parts: list[pa.Table]) -> pa.Table:
    """One table; columns whose types differ between parts become text."""
    schemas = [part.schema for part in parts]
    for name in parts[0].column_names:
        if len({schema.field(name).type for schema in schemas}) > 1:
            for number, part in enumerate(parts):
                index = part.column_names.index(name)
                parts[number] = part.set_column(index, name, part[name].cast(pa.string()))
    return pa.concat_tables(parts)


def recognize(head: bytes, name: str) -> float:
    lines = head.removeprefix(b"\xef\xbb\xbf")
    if re.match(rb"#separator \\x[0-9a-f]{2}\r?\n#", lines):
        return 1.0
    has_fields = re.search(rb"(?m)^#fields[\t ]", lines) is not None
    return 0.95 if has_fields and HEADER.match(lines) and b"#types" in lines else 0.0


ZEEK = FileFormat(
    name="zeek", media_type="text/x-zeek-log", suffixes=(".zeek",), read=read, recognize=recognize
)

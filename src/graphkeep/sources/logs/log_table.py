"""Tables of log lines: a column for each name, rows in the order of the file, typed by what their values are."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import MAX_LINES, Repair
from graphkeep.graph.values.reading import Rules, read_column
from graphkeep.graph.values.value_repairs import repairs_of
from graphkeep.sources.file_format import NamedTable, ReadOptions, ReadResult

MAX_COLUMNS = 1_000
MAX_HEAD_LINES = 50
OTHER_KEYS = "other_keys"
UNPARSED = "unparsed"
RULES = Rules(iso_only=True, words=(), markers=())
SCORE = 2.5
SECOND_SCORE = 2.3
Cell = str | int | float | datetime | None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Two columns that a log joins, and those that say more of each line."""

    source: str
    destination: str
    reason: str
    weights: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    score: float = SCORE


@dataclass
class LogTable:
    """Rows that are collected one by one; each may bring new columns."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)

    def add(self, line: int, record: Mapping[str, Cell]) -> None:
        """Append a row, from this line of the file; keys beyond the limit of columns share one."""
        rest = []
        for name, value in record.items():
            values = self.columns.get(name)
            if values is None:
                if len(self.columns) >= MAX_COLUMNS and name != OTHER_KEYS:
                    rest.append(f"{name}={value}")
                    continue
                values = self.columns[name] = []
            values += [None] * (len(self.lines) - len(values))
            values.append(value)
        self.lines.append(line)
        if rest:
            values = self.columns.setdefault(OTHER_KEYS, [])
            values += [None] * (len(self.lines) - 1 - len(values))
            values.append(" ".join(rest))

    def to_table(self, repairs: list[Repair], *, texts: Sequence[str] = ()) -> pa.Table:
        """The rows as a table; `texts` are columns that stay texts, whatever they look like."""
        height = len(self.lines)
        columns = {}
        for name, given in self.columns.items():
            values = given + [None] * (height - len(given))
            columns[name] = typed(name, values, self.lines, repairs, is_text=name in texts)
        return pa.table(columns)


def typed(
    name: str, values: list[Any], lines: Sequence[int], repairs: list[Repair], *, is_text: bool
) -> pa.Array | pa.ChunkedArray:
    """Texts as what all of them are; other values as they are."""
    if any(isinstance(value, str) for value in values):
        texts = pa.chunked_array([pa.array([as_text(value) for value in values], pa.string())])
        if is_text:
            return texts
        reading = read_column(name, texts, RULES)
        repairs.extend(repairs_of(name, reading, line_numbers=lines))
        return reading.values
    if any(isinstance(value, datetime) for value in values):
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    return pa.array(values) if any(value is not None for value in values) else pa.nulls(len(values), pa.string())  # fmt: skip


def as_text(value: Cell) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def text_of(stream: BinaryIO, options: ReadOptions, repairs: list[Repair]) -> str:
    """The text of a log: UTF-8, or Windows-1252 with a repair; the sender may name its encoding."""
    content = stream.read()
    encoding = options.parser_options.get("encoding")
    if isinstance(encoding, str):
        return content.decode(encoding, errors="replace")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = [i for i, line in enumerate(content.split(b"\n"), start=1) if not is_utf8(line)]
        repairs.append(
            Repair(
                code="bytes-replaced",
                message=f"{len(lines)} lines hold bytes that are not UTF-8; they are shown as \ufffd.",
                count=len(lines),
                lines=tuple(lines[:MAX_LINES]),
            )
        )
        return content.decode("utf-8-sig", errors="replace")


def is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers, from 1."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


@lru_cache(maxsize=1)
def head_lines(head: bytes) -> tuple[str, ...]:
    """The first 50 lines of a file that are not blank, for recognition; the last one, which may be cut, is left out."""
    lines = head.decode("utf-8", errors="replace").lstrip("\ufeff").splitlines()
    if len(lines) > 1 and len(head) >= 1 << 16:
        lines = lines[:-1]
    return tuple(islice((line for line in lines if line.strip()), MAX_HEAD_LINES))


def share_of(lines: Sequence[str], pattern: re.Pattern[str]) -> float:
    """Which share of these lines match."""
    return sum(pattern.match(line) is not None for line in lines) / len(lines) if lines else 0.0


def unparsed_repair(lines: Sequence[int], example: str, kind: str) -> Repair:
    return Repair(
        code="lines-not-parsed",
        message=f"{len(lines)} lines are no {kind}; they are kept as text in the column '{UNPARSED}'.",
        column=UNPARSED,
        count=len(lines),
        lines=tuple(lines[:MAX_LINES]),
        before=example,
    )


def flow_interpretations(
    table: pa.Table, flows: Iterable[Flow], name: str
) -> tuple[TableInterpretation, ...]:
    """Those flows whose two columns have values in one row at least."""
    interpretations = []
    for flow in flows:
        if not {flow.source, flow.destination} <= set(table.column_names):
            continue
        if not has_pairs(table[flow.source], table[flow.destination]):
            continue
        weight = first_of(flow.weights, table, is_number=True)
        label = first_of(flow.labels, table, is_number=False)
        bindings = {"edge_weight": weight, "edge_title": label, "edge_label": label}
        interpretations.append(
            TableInterpretation(
                kind="edges",
                label=f"{name}: {flow.source} → {flow.destination}",
                reason=flow.reason,
                source=flow.source,
                destination=flow.destination,
                time=first_time(table),
                edge_bindings={role: column for role, column in bindings.items() if column},
                score=flow.score,
            )
        )
    return tuple(interpretations)


def has_pairs(first: pa.ChunkedArray, second: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.and_(pc.is_valid(first), pc.is_valid(second))).as_py())


def first_of(names: Sequence[str], table: pa.Table, *, is_number: bool) -> str | None:
    for name in names:
        if name in table.column_names and table[name].null_count < table.num_rows:
            dtype = table[name].type
            if not is_number or pa.types.is_integer(dtype) or pa.types.is_floating(dtype):
                return name
    return None


def first_time(table: pa.Table) -> str | None:
    """The first column of times with a value."""
    for column in table.schema:
        if pa.types.is_timestamp(column.type) and table[column.name].null_count < table.num_rows:
            return str(column.name)
    return None


def log_result(
    rows: LogTable,
    repairs: list[Repair],
    *,
    name: str,
    flows: Iterable[Flow],
    texts: Sequence[str] = (),
) -> ReadResult:
    """The table of these rows with the flows that it shows."""
    table = rows.to_table(repairs, texts=texts)
    return ReadResult(
        tables=(NamedTable(name=name, table=table),),
        repairs=tuple(repairs),
        interpretations=flow_interpretations(table, flows, name),
    )

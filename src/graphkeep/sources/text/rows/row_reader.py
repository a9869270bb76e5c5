"""The rows of a text table as columns of exact texts: Arrow reads what is regular, the rest is put between."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairCount
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.other_separators import otherwise_separated
from graphkeep.sources.text.records.quote_check import Positions
from graphkeep.sources.text.records.split_line import split_lenient, split_strict
from graphkeep.sources.text.rows.blocks import Block, numbered
from graphkeep.sources.text.rows.line_numbers import LineNumbers
from graphkeep.sources.text.rows.rewrite import UNIT_SEPARATOR

MAX_COLUMNS = 32_768
WORKERS = max(1, min(4, os.cpu_count() or 1))
MAX_EXTRA_CELLS = 50_000_000  # columns that only few rows need, times the rows
MAX_SMALL_BYTES = 1 << 15
MIN_EXTRA_COLUMNS, MAX_EXTRA_COLUMNS = 64, 1000


@dataclass(kw_only=True)
class RowRepairs:
    """What was done with rows that have another number of cells than the columns."""

    short: RepairCount = field(default_factory=RepairCount)
    long: RepairCount = field(default_factory=RepairCount)
    skipped: RepairCount = field(default_factory=RepairCount)
    comments: RepairCount = field(default_factory=RepairCount)
    other_separator: RepairCount = field(default_factory=RepairCount)
    joined: RepairCount = field(default_factory=RepairCount)


@dataclass(kw_only=True)
class RowReader:
    """Reads blocks to texts of `width` columns, or more where rows have more cells.

    `bad_lines` is `widen`, `warn`, `skip` or `error`; lines that begin with one of `comments` are left out where they have another
    number of cells.
    """

    width: int
    dialect: Dialect
    bad_lines: str = "widen"
    comments: str = ""
    max_rows: int | None = None
    repairs: RowRepairs = field(default_factory=RowRepairs)
    line_numbers: LineNumbers = field(default_factory=LineNumbers)

    def read(self, blocks: Iterable[Block]) -> pa.Table:
        """All rows; cells that a row does not have are null.

        Raises:
            UnreadableFileError: a row is bad and `bad_lines` is `error`, or has too many cells.
        """
        tables: list[pa.Table] = []
        for unnumbered, regular, bad in parsed(blocks, self.width):
            block = numbered(unnumbered, regular.num_rows + len(bad))
            table, rows = self._with_bad_rows(regular, block, bad) if bad else (regular, None)
            self._number(block, table.num_rows, rows)
            tables.append(table)
            if self.max_rows is not None and len(self.line_numbers) >= self.max_rows:
                break
        return joined(tables, self.width)

    def _number(self, block: Block, count: int, rows: Positions | None) -> None:
        """Note the lines of the rows of a block; `rows` are those of its records that are rows, None for all."""
        if rows is None and block.lines is None:
            self.line_numbers.append_run(block.first_line, count)
            return
        lines = block.lines
        if lines is None:
            lines = np.arange(block.first_line, block.first_line + block.count)
        self.line_numbers.append_lines(lines if rows is None else lines[rows])

    def _with_bad_rows(
        self, table: pa.Table, block: Block, bad: Sequence[arrow_csv.InvalidRow]
    ) -> tuple[pa.Table, Positions | None]:
        total = table.num_rows + len(bad)
        is_bad = np.zeros(total, bool)
        numbers = np.array([row.number - 1 for row in bad], np.int64)
        is_bad[numbers] = True
        lines = block.lines
        read = [
            self._cells(
                row.text,
                block.dialect,
                int(lines[row.number - 1])
                if lines is not None
                else block.first_line + row.number - 1,
            )
            for row in bad
        ]
        wanted = [cells for cells in read if cells is not None]
        order = np.empty(total, np.int64)
        order[~is_bad] = np.arange(table.num_rows)
        kept = np.ones(total, bool)
        kept[numbers[[cells is None for cells in read]]] = False
        order[numbers[[cells is not None for cells in read]]] = table.num_rows + np.arange(
            len(wanted)
        )
        width = max([self.width, *map(len, wanted)])
        added = text_table(wanted, width)
        together = pa.concat_tables([widened(table, width), added]).combine_chunks()
        rows = np.flatnonzero(kept)
        return together.take(pa.array(order[rows])), rows

    def _cells(self, text: str, dialect: Dialect, line: int) -> list[str] | None:
        """The cells of a row that Arrow refused; None where it is no row."""
        cells = split_strict(text, dialect)
        if not isinstance(cells, list):
            cells = split_lenient(text, dialect, self.width).cells
        if not any(cell.strip() for cell in cells) and len(cells) == 1:
            return None
        if self.comments and text.startswith(self.comments):
            self.repairs.comments.add(line, text)
            return None
        end = len(cells)
        while end > self.width and not cells[end - 1].strip():
            end -= 1
        cells = cells[:end]
        if len(cells) == self.width:
            return cells
        return self._ragged(cells, text, line)

    def _ragged(self, cells: list[str], text: str, line: int) -> list[str] | None:
        if self.bad_lines == "error":
            raise UnreadableFileError(
                f"Line {line} has {len(cells)} cells; the table has {self.width} columns."
            )
        if self.bad_lines == "skip":
            self.repairs.skipped.add(line, text)
            return None
        if (other := otherwise_separated(text, self.dialect, self.width)) is not None:
            self.repairs.other_separator.add(line, text)
            return other
        if len(cells) < self.width:
            self.repairs.short.add(line, text)
            return cells
        self.repairs.long.add(line, text)
        limit = self._max_width()
        if len(cells) > limit:
            self.repairs.joined.add(line, text)
            return [*cells[: limit - 1], self.dialect.separator.join(cells[limit - 1 :])]
        return cells

    def _max_width(self) -> int:
        extra = min(MAX_EXTRA_COLUMNS, MAX_EXTRA_CELLS // max(1, len(self.line_numbers)))
        return min(MAX_COLUMNS, self.width + max(MIN_EXTRA_COLUMNS, extra))


def parsed(
    blocks: Iterable[Block], width: int
) -> Iterator[tuple[Block, pa.Table, list[arrow_csv.InvalidRow]]]:
    """Each block with its table and the rows that have another number of cells; some blocks are parsed at a time."""
    iterator = iter(blocks)
    first_blocks = list(islice(iterator, 2))
    if len(first_blocks) < 2:
        for block in first_blocks:
            yield block, *parse_native(block, width)
        return
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        pending: deque[tuple[Block, Future[tuple[pa.Table, list[arrow_csv.InvalidRow]]]]] = deque()
        for block in chain(first_blocks, iterator):
            pending.append((block, pool.submit(parse_native, block, width)))
            if len(pending) > WORKERS:
                first, future = pending.popleft()
                yield first, *future.result()
        for block, future in pending:
            yield block, *future.result()


def parse_native(block: Block, width: int) -> tuple[pa.Table, list[arrow_csv.InvalidRow]]:
    if (columns := split_small(block, width)) is not None:
        return pa.table(columns), []
    bad: list[arrow_csv.InvalidRow] = []

    def collect(row: arrow_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    names = [str(position) for position in range(width)]
    dialect = block.dialect
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(block.content)),
            read_options=arrow_csv.ReadOptions(
                column_names=names,
                use_threads=False,
                block_size=max(1 << 16, len(block.content) + 1),
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.separator or UNIT_SEPARATOR,
                quote_char=dialect.quote or False,
                double_quote=dialect.doublequote,
                escape_char=dialect.escape or False,
                newlines_in_values=block.has_inner_lines,
                invalid_row_handler=collect,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise UnreadableFileError(f"This does not read as CSV: {error}") from error
    return table, bad


def split_small(block: Block, width: int) -> dict[str, pa.Array] | None:
    """The columns of a few rows that nothing but the separator divides; Arrow would start threads for them.

    None for many rows, for quotes or another character of meaning, and where a row has another number of cells.
    """
    content, dialect = block.content, block.dialect
    marks = (dialect.quote, dialect.escape, "\r", "\0")
    if (
        len(content) > MAX_SMALL_BYTES
        or len(dialect.separator) != 1
        or any(mark.encode() in content for mark in marks if mark)
    ):
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    rows = [line.split(dialect.separator) for line in text.split("\n") if line]
    if not rows or any(len(row) != width for row in rows):
        return None
    cells = zip(*rows, strict=True)
    return {str(position): pa.array(column, pa.string()) for position, column in enumerate(cells)}


def text_table(rows: Sequence[Sequence[str]], width: int) -> pa.Table:
    return pa.table(
        {
            str(position): pa.array(
                [row[position] if position < len(row) else None for row in rows], pa.string()
            )
            for position in range(width)
        }
    )


def widened(table: pa.Table, width: int) -> pa.Table:
    if table.num_columns >= width:
        return table
    missing = pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
    columns = [*table.columns, *[missing] * (width - table.num_columns)]
    return pa.Table.from_arrays(columns, names=list(map(str, range(width))))


def joined(tables: Sequence[pa.Table], width: int) -> pa.Table:
    if not tables:
        return text_table([], width)
    width = max(table.num_columns for table in tables)
    return pa.concat_tables([widened(table, width) for table in tables])

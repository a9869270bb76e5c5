"""Text tables of every kind that people have: their encoding, dialect, structure and rows are found out and told."""

from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult
from graphkeep.sources.text.column_names import column_names
from graphkeep.sources.text.encoding.text_source import TextSource, open_text
from graphkeep.sources.text.options import WHITESPACE, TextOptions, parse_options
from graphkeep.sources.text.records.fixed_width import find_starts, with_separators
from graphkeep.sources.text.report import structure_repairs, table_repairs
from graphkeep.sources.text.rows.blocks import BLOCK_BYTES, BlockReader
from graphkeep.sources.text.rows.rewrite import Rewriter
from graphkeep.sources.text.rows.row_reader import MAX_COLUMNS, RowReader, widened
from graphkeep.sources.text.sample import Sample, examine, is_ruler
from graphkeep.sources.text.structure.table_range import TableRange
from graphkeep.sources.text.tail import end_of_table
from graphkeep.sources.text.values.columns import typed_columns
from graphkeep.sources.text.values.id_spaces import with_id_spaces

BYTES_FOR_COLUMN = 2048
SWAP = str.maketrans("\r\n", "\n\r")


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """The tables of a text file.

    Raises:
        UnreadableFileError: it is no text table, or an option is unknown or does not fit.
    """
    text_options = parse_options(options.parser_options)
    source = open_text(stream, text_options.encoding)
    sample = examine(source, text_options)
    if not text_options.separator and sample.dialect.separator in {"", WHITESPACE}:
        cut = with_separators(source, starts) if (starts := find_starts(sample.texts)) else None
        if cut is not None:
            source, sample = cut, examine(cut, text_options)
    repairs = [*source.repairs, *structure_repairs(sample)]
    tables = []
    for number, table_range in enumerate(sample.structure.tables, start=1):
        reading = read_table(source, sample, table_range, text_options, options, number)
        repairs.extend(reading.repairs)
        tables.append(
            NamedTable(
                name=reading.name,
                table=reading.table,
                detected=detected(source, sample, table_range),
            )
        )
    return ReadResult(tables=tuple(tables), repairs=tuple(repairs))


@dataclass(kw_only=True)
class TableReading:
    name: str
    table: pa.Table
    repairs: list[Repair] = field(default_factory=list)


def read_table(
    source: TextSource,
    sample: Sample,
    table_range: TableRange,
    text_options: TextOptions,
    options: ReadOptions,
    number: int,
) -> TableReading:
    name = table_range.title[:100] or ("table" if number == 1 else f"table {number}")
    rows = RowReader(
        width=table_range.width,
        dialect=sample.dialect,
        bad_lines=text_options.bad_lines,
        comments=text_options.comment or sample.structure.comment or "#",
        max_rows=text_options.max_rows,
    )
    rewriter = Rewriter(
        dialect=sample.dialect,
        width=table_range.width,
        header=header_bytes(source, sample, table_range) if text_options.infers_header else b"",
        comment=text_options.comment
        or (sample.structure.comment if sample.structure.comments else ""),
        cuts_comments=text_options.comment is not None,
        is_ruler=is_ruler if sample.is_ruled else None,
        others=rows.repairs.other_separator,
        skipped=frozenset(line + 1 for line in text_options.skip_line_numbers),
    )
    end, footer = end_of_table(source, sample, table_range, text_options)
    texts = rows.read(
        BlockReader(
            stream=source.stream,
            start=int(sample.offsets[table_range.first_line]),
            end=end,
            first_line=table_range.first_line + 1,
            dialect=sample.dialect,
            width=table_range.width,
            rewriter=rewriter,
            block_bytes=max(BLOCK_BYTES, table_range.width * BYTES_FOR_COLUMN),
        )
    )
    repairs: list[Repair] = []
    if source.swaps_line_ends:
        texts = with_line_ends(texts)
    names, texts = named(texts, table_range, text_options, repairs, is_ruled=sample.is_ruled)
    repairs += table_repairs(rows, rewriter, footer, sample, texts.num_columns)
    texts = selected(texts.rename_columns(names), text_options)
    table = typed_columns(
        texts,
        options.parser_options,
        rows.line_numbers,
        repairs,
        separator=sample.dialect.separator,
        keeps_texts=True,
    )
    table = with_id_spaces(table, repairs)
    if number > 1:
        repairs = [Repair.from_dict({**repair.as_dict(), "table": name}) for repair in repairs]
    return TableReading(name=name, table=table, repairs=repairs)


def header_bytes(source: TextSource, sample: Sample, table_range: TableRange) -> bytes:
    """The line that names the columns, as it stands in the file, to be recognized where it comes again."""
    line = table_range.header_line
    if line is None or table_range.width < 2:
        return b""
    start = int(sample.offsets[line])
    end = int(sample.offsets[line + 1]) if line + 1 < len(sample.offsets) else len(source.sample)
    text = source.sample[start:end].rstrip(b"\r\n")
    return b"" if b"\n" in text else text


def named(
    texts: pa.Table,
    table_range: TableRange,
    options: TextOptions,
    repairs: list[Repair],
    *,
    is_ruled: bool,
) -> tuple[list[str], pa.Table]:
    """The names of the columns, and the texts with as many columns as there are names."""
    if len(options.names) > MAX_COLUMNS:
        raise UnreadableFileError(
            f"names has {len(options.names):,} names; a text table may have at most {MAX_COLUMNS:,} columns."
        )
    header = list(options.names) if options.names else table_range.header
    line = None if table_range.header_line is None else table_range.header_line + 1
    if header is None:
        texts = without_empty_columns(texts, 1)
        return [f"column{number}" for number in range(1, texts.num_columns + 1)], texts
    header = list(header)
    while len(header) > 1 and not header[-1].strip():
        header.pop()
    texts = without_empty_columns(texts, len(header))
    if is_ruled and not header[0].strip() and is_empty_column(texts, 0):
        header, texts = header[1:], texts.select(range(1, texts.num_columns))
    missing = texts.num_columns - len(header)
    if missing == 1 and not options.names and has_row_names(texts):
        header = ["row", *header]
        repairs.append(
            Repair(
                code="row-names",
                message="The header has one name fewer than the rows have cells; the first column holds the "
                "names of the rows and is called 'row'.",
                column="row",
                count=1,
                lines=() if line is None else (line,),
            )
        )
    elif missing > 0:
        header += [f"column{len(header) + number}" for number in range(1, missing + 1)]
    return column_names(header, repairs, line=line), widened(texts, len(header))


def has_row_names(texts: pa.Table) -> bool:
    """Whether the first column names the rows: all filled and different."""
    first = texts.column(0)
    return (
        texts.num_rows > 0
        and first.null_count == 0
        and texts.column(texts.num_columns - 1).null_count == 0
        and pc.count_distinct(first).as_py() == texts.num_rows
    )


def without_empty_columns(texts: pa.Table, least: int) -> pa.Table:
    """Without the last columns that no name and no value is in."""
    count = texts.num_columns
    while count > max(1, least) and is_empty_column(texts, count - 1):
        count -= 1
    return texts.select(range(count)) if count < texts.num_columns else texts


def is_empty_column(texts: pa.Table, position: int) -> bool:
    return not pc.any(pc.greater(pc.binary_length(texts.column(position)), 0)).as_py()


def with_line_ends(texts: pa.Table) -> pa.Table:
    """Line feeds and carriage returns inside cells as they were, where the file was read with both swapped."""
    columns = {}
    for name in texts.column_names:
        column = texts.column(name)
        if pc.any(pc.match_substring_regex(column, "[\r\n]")).as_py():
            column = pa.chunked_array(
                [
                    pa.array(
                        [
                            value if value is None else value.translate(SWAP)
                            for value in column.to_pylist()
                        ],
                        pa.string(),
                    )
                ]
            )
        columns[name] = column
    return pa.table(columns)


def selected(texts: pa.Table, options: TextOptions) -> pa.Table:
    """The columns of `usecols` and the first rows of `nrows`."""
    if options.columns is not None:
        names = texts.column_names
        texts = texts.select(
            [
                names[each] if isinstance(each, int) else each
                for each in options.columns
                if (each < len(names) if isinstance(each, int) else each in names)
            ]
        )
    return texts if options.max_rows is None else texts.slice(0, options.max_rows)


def detected(
    source: TextSource, sample: Sample, table_range: TableRange
) -> dict[str, str | int | None]:
    line = table_range.header_line
    return {
        "encoding": source.encoding,
        "sep": sample.dialect.separator or None,
        "quotechar": sample.dialect.quote or None,
        "header": None if line is None else line + 1,
        "comment": sample.structure.comment or None,
    }


CSV = FileFormat(
    name="csv",
    media_type="text/csv",
    suffixes=(".csv", ".tsv", ".txt", ".tab", ".dat", ".edges", ".psv"),
    read=read,
)

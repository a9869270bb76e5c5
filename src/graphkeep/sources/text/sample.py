"""The start of a text table, read line by line: its dialect, its rows, and where its tables begin and end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.text.encoding.text_source import TextSource
from graphkeep.sources.text.options import TextOptions
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.quote_check import LINE_FEED, Positions
from graphkeep.sources.text.records.record_reader import RecordReader
from graphkeep.sources.text.records.split_line import split_strict
from graphkeep.sources.text.rows.row_reader import MAX_COLUMNS
from graphkeep.sources.text.separators import find_dialect, separator_line
from graphkeep.sources.text.structure.find_structure import find_structure
from graphkeep.sources.text.structure.table_range import Row, Structure, TableRange, usual_width

MAX_DETECTED_LINE = 1 << 18
MAX_RULER_LINE = 4
RULER = re.compile(r"[\s|+:]*[-=─━]{2}[\s|+:\-=─━┼│]*")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`offsets` are the bytes where the lines begin; all line numbers count from 0."""

    dialect: Dialect
    texts: list[str]
    offsets: Positions
    structure: Structure
    is_ruled: bool = False
    takes_quotes_as_text: bool = False


def examine(source: TextSource, options: TextOptions) -> Sample:
    """What the start of the file shows of its dialect and of its tables.

    Raises:
        UnreadableFileError: it has more columns than are read, or fewer lines than the options skip.
    """
    content = source.sample
    offsets = np.concatenate(
        (
            [0],
            np.flatnonzero(np.frombuffer(content, np.uint8) == LINE_FEED) + 1,
            [len(content)],
        )
    )
    texts = [line.removesuffix("\r") for line in content.decode("utf-8", "replace").split("\n")]
    if not texts[-1] and source.is_whole:
        texts.pop()
    start = first_line(texts, options)
    if start >= len(texts):
        raise UnreadableFileError(
            f"The file has {len(texts)} lines; none is left after those to skip."
        )
    if not options.separator and start == 0 and (named := separator_line(texts[0])):
        options, start = replace(options, separator=named), 1
    dialect = find_dialect(detection_lines(texts, start, options), options)
    rows = rows_of(texts, start, dialect, options)
    width = usual_width(rows)
    if width > MAX_COLUMNS:
        raise UnreadableFileError(
            f"The rows have {width:,} columns; a text table may have at most {MAX_COLUMNS:,}."
        )
    if any(dialect.quote in texts[row.line] for row in rows[:1000]) and dialect.quote:
        rows = rows_of(texts, start, dialect, options, width)
    return Sample(
        dialect=dialect,
        texts=texts,
        offsets=offsets,
        is_ruled=has_rulers(texts, start),
        takes_quotes_as_text=not dialect.quote and options.quoting is None,
        structure=structure_of(rows, texts, dialect, options, start, is_whole=source.is_whole),
    )


def detection_lines(texts: Sequence[str], start: int, options: TextOptions) -> list[str]:
    """The lines that show the dialect: not the told comments, and none of exceeding length where others are."""
    lines = [
        text
        for number, text in enumerate(texts)
        if number >= start
        and not is_comment(text, options)
        and not (number < MAX_RULER_LINE and is_ruler(text))
        and number not in options.skip_line_numbers
    ]
    shorter = [text for text in lines if len(text) <= MAX_DETECTED_LINE]
    return shorter or [text[:MAX_DETECTED_LINE] for text in lines]


def is_ruler(text: str) -> bool:
    """Whether a line only rules off what stands above it, as in tables that are drawn with characters."""
    return len(text) < MAX_DETECTED_LINE and RULER.fullmatch(text) is not None


def has_rulers(texts: Sequence[str], start: int) -> bool:
    return any(map(is_ruler, texts[start : start + MAX_RULER_LINE]))


def first_line(texts: Sequence[str], options: TextOptions) -> int:
    return options.skip_lines


def is_comment(text: str, options: TextOptions) -> bool:
    return options.comment is not None and text.startswith(options.comment)


def rows_of(
    texts: Sequence[str], start: int, dialect: Dialect, options: TextOptions, width: int = 0
) -> list[Row]:
    wanted = texts
    if options.skip_line_numbers or options.comment or has_rulers(texts, start):
        ruled = has_rulers(texts, start)
        wanted = [
            ""
            if number in options.skip_line_numbers
            or is_comment(text, options)
            or (ruled and is_ruler(text))
            else text
            for number, text in enumerate(texts)
        ]
    return [
        Row(position, record.lines, record.cells)
        for position, record in RecordReader(dialect, width).read_all(wanted, start)
    ]


def structure_of(
    rows: list[Row],
    texts: list[str],
    dialect: Dialect,
    options: TextOptions,
    start: int,
    *,
    is_whole: bool,
) -> Structure:
    if not options.infers_header:
        told = specified_table(rows, texts, options, start)
        if told is not None:
            return Structure(tables=(told,))

    def split(text: str) -> list[str]:
        cells = split_strict(text, dialect)
        return cells if isinstance(cells, list) else [text]

    if options.skip_footer:
        rows = rows[: max(1, len(rows) - options.skip_footer)]
    return find_structure(rows, texts, split, is_whole=is_whole and not options.skip_footer)


def specified_table(
    rows: list[Row], texts: list[str], options: TextOptions, start: int
) -> TableRange | None:
    """The table that begins where the sender said."""
    filled = [row for row in rows if row.cells]
    if options.infers_header:
        return None
    if options.header is None:
        first = filled[0].line if filled else start
        return TableRange(
            width=usual_width(filled),
            header=None,
            header_line=None,
            first_line=first,
            is_specified=True,
        )
    line = start + options.header
    header = next((row for row in filled if row.line <= line < row.end), None) or next(
        (row for row in filled if row.line >= line), None
    )
    if header is None:
        raise UnreadableFileError(
            f"header is {options.header}, but there is no line {line + 1}; the file has {len(texts)} lines."
        )
    below = [row for row in filled if row.line >= header.end]
    width = usual_width(below) if below else header.width
    return TableRange(
        width=width,
        header=header.cells,
        header_line=header.line,
        first_line=header.end,
        is_specified=True,
    )

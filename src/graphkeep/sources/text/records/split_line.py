"""One line, or one record of several lines, into cells: strictly, or the likeliest cells of a line with stray quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise

from graphkeep.sources.text.records.dialect import Dialect

MAX_LENIENT_SEPARATORS = 120
BLANKS = " \t"
BLANK_RUN = re.compile(r"[ \t]+")
IMPOSSIBLE = 1 << 30
STRAY_OPENING_COST = 4  # a cell that begins with a quote and is not quoted
INNER_QUOTE_COST = 2  # a quote inside a quoted cell that is not doubled
INNER_BOUNDARY_COST = 5  # the same beside a separator, so that it looks like the end of a cell


class Problem(Enum):
    UNCLOSED = auto()
    STRAY = auto()


@dataclass(frozen=True)
class Cells:
    cells: list[str]
    stray_quotes: int = 0


def split_strict(record: str, dialect: Dialect) -> list[str] | Problem:
    """The cells of a record by the rules of its dialect, or what stands against it."""
    quote = dialect.quote
    if dialect.is_whitespace:
        return split_blanks(record, dialect)
    separator = dialect.separator
    if not separator and (not quote or not record.startswith(quote)):
        return [record]
    has_quote = bool(quote) and quote in record
    if not has_quote and not (dialect.escape and dialect.escape in record):
        cells = record.split(separator)
        return [cell.lstrip(" ") for cell in cells] if dialect.skip_initial_space else cells
    cells = []
    position, end = 0, len(record)
    while True:
        while dialect.skip_initial_space and record.startswith(" ", position):
            position += 1
        if quote and record.startswith(quote, position):
            closing = closing_quote(record, position + 1, dialect)
            if closing < 0:
                return Problem.UNCLOSED
            after = closing + 1
            if not record.startswith(separator, after) or not separator:
                after = past_blanks(record, after, separator)
            if after < end and not (separator and record.startswith(separator, after)):
                return Problem.STRAY
            cells.append(unquoted(record[position + 1 : closing], dialect))
            stop = after
        else:
            stop = next_separator(record, position, dialect)
            cell = record[position:stop]
            cells.append(without_escapes(cell, dialect.escape) if dialect.unescapes_cells else cell)
        if stop >= end:
            return cells
        position = stop + len(separator)


def splits_plainly(lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether nothing but the separator has a meaning in these lines."""
    if not dialect.separator or dialect.is_whitespace or dialect.skip_initial_space:
        return False
    text = "\n".join(lines)
    return not any(mark and mark in text for mark in (dialect.quote, dialect.escape))


def next_separator(record: str, position: int, dialect: Dialect) -> int:
    if not dialect.separator:
        return len(record)
    stop = record.find(dialect.separator, position)
    while (
        dialect.unescapes_cells
        and dialect.escape
        and stop > position
        and is_escaped(record, stop, dialect.escape)
    ):
        stop = record.find(dialect.separator, stop + 1)
    return len(record) if stop < 0 else stop


def is_escaped(record: str, position: int, escape: str) -> bool:
    count = 0
    while position > count and record[position - 1 - count] == escape:
        count += 1
    return count % 2 == 1


def past_blanks(record: str, position: int, separator: str) -> int:
    while position < len(record) and record[position] in BLANKS and record[position] != separator:
        position += 1
    return position


def closing_quote(record: str, position: int, dialect: Dialect) -> int:
    """Where the quote that ends a quoted cell stands, or -1."""
    quote, escape = dialect.quote, dialect.escape
    while True:
        position = record.find(quote, position)
        if position < 0:
            return -1
        if escape and escape != quote and is_escaped(record, position, escape):
            position += 1
        elif dialect.doublequote and record.startswith(quote, position + 1):
            position += 2
        else:
            return position


def unquoted(content: str, dialect: Dialect) -> str:
    quote, escape = dialect.quote, dialect.escape
    if escape and escape in content:
        if dialect.unescapes_cells:
            content = without_escapes(content, escape)
        else:
            content = (
                content.replace(escape * 2, "\0")
                .replace(escape + quote, quote)
                .replace("\0", escape)
            )
        return content.replace(quote * 2, quote) if dialect.doublequote else content
    return (
        content.replace(quote * 2, quote) if dialect.doublequote and quote in content else content
    )


def without_escapes(content: str, escape: str) -> str:
    if not escape or escape not in content:
        return content
    parts, position = [], 0
    while (mark := content.find(escape, position)) >= 0 and mark + 1 < len(content):
        parts.append(content[position:mark] + content[mark + 1])
        position = mark + 2
    return "".join(parts) + content[position:]


def split_blanks(record: str, dialect: Dialect) -> list[str] | Problem:
    """Cells between runs of white space; those in quotes may hold blanks."""
    quote = dialect.quote
    if not quote or quote not in record:
        return blank_separated(record)
    cells: list[str] = []
    position, end = 0, len(record)
    while True:
        while position < end and record[position] in BLANKS:
            position += 1
        if position >= end:
            return cells
        if record.startswith(quote, position):
            closing = closing_quote(record, position + 1, dialect)
            if closing < 0:
                return Problem.UNCLOSED
            stop = closing + 1
            if stop < end and record[stop] not in BLANKS:
                return Problem.STRAY
            cells.append(unquoted(record[position + 1 : closing], dialect))
        else:
            stop = position
            while stop < end and record[stop] not in BLANKS:
                stop += 1
            cells.append(record[position:stop])
        position = stop


def blank_separated(line: str) -> list[str]:
    line = line.strip(BLANKS)
    return BLANK_RUN.split(line) if line else []


def split_lenient(line: str, dialect: Dialect, width: int) -> Cells:
    """The likeliest cells of a line whose quotes break the rules: as many as `width` where that is possible.

    The cells are those of the cheapest reading, where a quote that has to be taken as a plain character
    costs; found by dynamic programming over the separators of the line.
    """
    quote, separator = dialect.quote, dialect.separator
    if dialect.is_whitespace:
        return Cells(blank_separated(line), 1)
    if not separator:
        return Cells([line], 1)
    pieces = line.split(separator)
    if len(pieces) > MAX_LENIENT_SEPARATORS or not quote:
        return Cells(pieces, line.count(quote) if quote else 0)
    if dialect.skip_initial_space:
        pieces = [piece.lstrip(" ") for piece in pieces]
    return cheapest_reading(pieces, dialect, width)


def cheapest_reading(pieces: list[str], dialect: Dialect, width: int) -> Cells:
    count = len(pieces)
    costs: list[dict[int, tuple[int, int]]] = [{} for _ in range(count + 1)]
    costs[0][0] = (0, -1)  # by the number of cells so far: (cost, where the last cell begins)
    for stop in range(1, count + 1):
        for start in cell_starts(pieces, stop, dialect.quote):
            cost = cell_cost(pieces, start, stop, dialect)
            if cost >= IMPOSSIBLE:
                continue
            for cells, (before, _) in costs[start].items():
                total = before + cost
                if total < costs[stop].get(cells + 1, (IMPOSSIBLE, 0))[0]:
                    costs[stop][cells + 1] = (total, start)
    final = costs[count]
    cells = (
        width
        if width in final
        else min(final, key=lambda n: (final[n][0] + 3 * abs(n - width), -n))
    )
    boundaries = [count]
    stop = count
    remaining = cells
    while stop:
        stop = costs[stop][remaining][1]
        remaining -= 1
        boundaries.append(stop)
    boundaries.reverse()
    read, strays = [], 0
    for start, stop in pairwise(boundaries):
        text, is_stray = cell_text(pieces, start, stop, dialect)
        read.append(text)
        strays += is_stray
    return Cells(read, strays)


def cell_starts(pieces: list[str], stop: int, quote: str) -> list[int]:
    """Where a cell that ends before `stop` may begin: at its own piece, or at a quote that its end closes."""
    starts = [stop - 1]
    if pieces[stop - 1].rstrip(BLANKS).endswith(quote):
        starts += [start for start in range(stop - 1) if pieces[start].startswith(quote)]
    return starts


def cell_cost(pieces: list[str], start: int, stop: int, dialect: Dialect) -> int:
    quote = dialect.quote
    text = dialect.separator.join(pieces[start:stop]) if stop - start > 1 else pieces[start]
    if not text.startswith(quote):
        return 0 if stop - start == 1 else IMPOSSIBLE
    if not is_wrapped(text, quote):
        return STRAY_OPENING_COST if stop - start == 1 else IMPOSSIBLE
    return inner_cost(text.rstrip(BLANKS)[1:-1], dialect)


@lru_cache(maxsize=4096)
def inner_cost(content: str, dialect: Dialect) -> int:
    quote = dialect.quote
    plain = content.replace(quote * 2, "\0\0")
    cost = position = 0
    while (position := plain.find(quote, position)) >= 0:
        cost += INNER_QUOTE_COST
        if plain.startswith(dialect.separator, position + 1) or plain.endswith(
            dialect.separator, 0, position
        ):
            cost += INNER_BOUNDARY_COST
        position += 1
    return cost


def is_wrapped(text: str, quote: str) -> bool:
    text = text.rstrip(BLANKS)
    return len(text) >= 2 and text.startswith(quote) and text.endswith(quote)


def cell_text(pieces: list[str], start: int, stop: int, dialect: Dialect) -> tuple[str, bool]:
    quote = dialect.quote
    text = dialect.separator.join(pieces[start:stop])
    if text.startswith(quote) and is_wrapped(text, quote):
        content = text.rstrip(BLANKS)[1:-1]
        return unquoted(content, dialect), quote in content.replace(quote * 2, "")
    return text, text.startswith(quote)

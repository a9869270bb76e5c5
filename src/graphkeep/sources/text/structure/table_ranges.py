"""Where the tables of a text file begin and end: comments, preamble, header, footer, further tables."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from graphkeep.sources.text.structure.cell_shapes import Shape, shape_of
from graphkeep.sources.text.structure.header import (
    has_values,
    header_score,
    is_header_like,
    names_columns,
)

COMMENT_MARKS = ("#", "%", "//", "!", ";")
FIELDS_TAGS = ("#fields:", "#fields", "# fields:", "#columns:", "# columns:")
FOOTER_WORDS = (
    "total", "totals", "sum", "summary", "summe", "gesamt", "count", "records", "rows", "generated",
    "end", "eof", "note", "notes", "source:", "quelle", "©", "copyright", "*", "--", "==", "saldo", "report",
    "exported", "printed", "page", "disclaimer", "grand total",
)  # fmt: skip
TOTAL_WORDS = (
    "total",
    "totals",
    "sum",
    "summe",
    "gesamt",
    "grand total",
    "subtotal",
    "itogo",
    "всего",
    "合計",
)
COUNT_OF_ROWS = re.compile(r"\(?\d+ (?:rows?|records?|zeilen|lignes|filas)\b.*", re.IGNORECASE)
MIN_TABLE_ROWS = 3
FEW_TABLE_ROWS = 2  # where a row clearly names the columns
CLEAR_HEADER = 2.0
DOS_END = "\x1a"  # what DOS programs write after the last line
MAX_PREAMBLE_ROWS = 60
Splitter = Callable[[str], list[str]]


@dataclass(frozen=True)
class Row:
    """A record of the sample: the line where it begins (from 0), how many lines it has, and its cells."""

    line: int
    lines: int
    cells: list[str]

    @property
    def width(self) -> int:
        return len(self.cells)

    @property
    def filled(self) -> int:
        return sum(map(bool, map(str.strip, self.cells)))

    @property
    def is_blank(self) -> bool:
        return not any(map(str.strip, self.cells))

    @property
    def end(self) -> int:
        return self.line + self.lines


@dataclass(frozen=True, kw_only=True)
class TableRange:
    """One table: the names of its columns (None if no row names them), and the lines of its rows.

    `header_line` and the lines count from 0; `end_line` is None where the table goes to the end of the file.
    """

    width: int
    header: list[str] | None
    header_line: int | None
    first_line: int
    end_line: int | None = None
    title: str = ""
    is_told: bool = False


@dataclass(frozen=True, kw_only=True)
class Structure:
    tables: tuple[TableRange, ...]
    comment: str = ""
    comments: tuple[Row, ...] = ()
    preamble: tuple[Row, ...] = ()
    footer: tuple[Row, ...] = ()


def usual_width(rows: Sequence[Row]) -> int:
    """The width of most rows; of equally frequent ones the widest."""
    counts = Counter(row.width for row in rows if not row.is_blank)
    if not counts:
        return max((row.width for row in rows), default=1)
    return max(counts.items(), key=lambda item: (item[1] * (1.5 if item[0] > 1 else 1), item[0]))[0]


def leading_comments(rows: Sequence[Row], texts: Sequence[str]) -> tuple[str, int]:
    """The mark that comment lines at the start begin with, and how many rows belong to them."""
    for mark in COMMENT_MARKS[:3]:
        end = 0
        for position, row in enumerate(rows):
            text = texts[row.line].lstrip('"')
            if text.startswith(mark):
                end = position + 1
            elif not row.is_blank:
                break
        if end:
            return mark, end
    return "", 0


def find_structure(
    rows: Sequence[Row], texts: Sequence[str], split: Splitter, *, is_whole: bool
) -> Structure:
    """The tables among these rows; `texts` are the lines, `is_whole` whether the file ends with them."""
    mark, comment_end = leading_comments(rows, texts)
    comments, body = list(rows[:comment_end]), list(rows[comment_end:])
    if mark:
        body = [row for row in body if not texts[row.line].startswith(mark)]
    filled = [row for row in body if not row.is_blank]
    if not filled:
        return only_comments(rows, comments, texts, mark, split)
    width = width_below_settings(filled) or usual_width(body)
    start = first_row(filled, width)
    if is_table(filled[:start]) and not are_settings(filled[:start], width):
        width = usual_width(filled[:start])
        start = first_row(filled, width)
    header_row = filled[start]
    data = [row for row in filled[start + 1 :] if row.width == width]
    comment_names = (
        None if start else commented_header(comments[:comment_end], texts, mark, width, split)
    )
    preamble = filled[:start]
    has_header = names_columns(header_row.cells, [row.cells for row in data])
    if comment_names is not None and not (has_header and is_header_like(header_row.cells)):
        names, header_line, first = comment_names[0], comment_names[1], header_row.line
        comments = [row for row in comments if row.line != header_line]
        rest = filled[start:]
    elif has_header:
        names, header_line, first = header_row.cells, header_row.line, header_row.end
        rest = filled[start + 1 :]
        if comment_names is not None:
            comments = [row for row in comments if row.line != comment_names[1]]
    else:
        names, header_line, first = None, None, header_row.line
        rest = filled[start:]
    main = TableRange(width=width, header=names, header_line=header_line, first_line=first)
    blanks = {row.line for row in body if row.is_blank}
    tables: tuple[TableRange, ...] = (main,)
    footer: tuple[Row, ...] = ()
    if is_whole:
        tables, footer = split_tables(main, rest, blanks)
        if len(tables) > 1 and preamble and preamble[-1].filled == 1:
            title = next(cell.strip() for cell in preamble[-1].cells if cell.strip())
            tables = (replace(tables[0], title=title), *tables[1:])
    return Structure(
        tables=tables,
        comment=mark,
        comments=tuple(comments),
        preamble=tuple(preamble),
        footer=footer,
    )


def only_comments(
    rows: Sequence[Row], comments: list[Row], texts: Sequence[str], mark: str, split: Splitter
) -> Structure:
    """A file of comments alone: its last one may name the columns of a table without rows."""
    last = rows[-1] if rows else Row(0, 1, [""])
    names = split(texts[last.line].lstrip(mark + " ")) if rows else [""]
    return Structure(
        tables=(
            TableRange(width=len(names), header=names, header_line=last.line, first_line=last.end),
        ),
        comment=mark,
        comments=tuple(comments[:-1]),
    )


def commented_header(
    comments: Sequence[Row], texts: Sequence[str], mark: str, width: int, split: Splitter
) -> tuple[list[str], int] | None:
    """The names in the last comment line that has as many as the rows have cells, and its line."""
    for row in reversed(comments):
        text = texts[row.line].strip()
        if not text.strip(mark + " "):
            continue
        lowered = text.lower()
        for tag in FIELDS_TAGS:
            if lowered.startswith(tag):
                text = text[len(tag) :]
                break
        text = text.lstrip(mark).strip(" \t") if text.startswith(mark) else text.strip(" \t")
        for cells in (split(text), text.split()):
            if len(cells) == width and width > 1 and is_header_like(cells):
                return [cell.strip() for cell in cells], row.line
        return None
    return None


def is_table(rows: Sequence[Row]) -> bool:
    """Whether rows above the table of most rows are a table themselves."""
    width = usual_width(rows)
    same = sum(row.width == width for row in rows)
    return width > 1 and same > MIN_TABLE_ROWS and same >= 0.7 * len(rows)


def width_below_settings(rows: Sequence[Row]) -> int | None:
    """The width of a short table that ends the file, below more lines of settings than it has rows."""
    width = rows[-1].width
    start = len(rows) - 1
    while start and rows[start - 1].width == width:
        start -= 1
    table, above = rows[start:], rows[:start]
    if not above or len(table) < MIN_TABLE_ROWS or not are_settings(above, width):
        return None
    names, values = table[0].cells, [row.cells for row in table[1:]]
    is_named = not has_values(names) and header_score(names, values) >= CLEAR_HEADER
    return width if is_named else None


def are_settings(rows: Sequence[Row], width: int) -> bool:
    """Whether rows above a table of this width are a name and a value each, as banks write the account's."""
    return all(2 * row.width < width for row in rows)


def first_row(rows: Sequence[Row], width: int) -> int:
    """The position of the first row of the table: its header or its first row of data; what is above is a preamble."""
    if width == 1:
        return 0
    limit = min(len(rows), MAX_PREAMBLE_ROWS)
    needed = 2 if width > 2 else 1
    start = next(
        (
            index
            for index in range(limit)
            if rows[index].width == width and rows[index].filled >= needed
        ),
        0,
    )
    if start and are_narrow_rows(rows[:start], rows[start:]):
        return 0
    if start and is_header_of(rows[start - 1], rows[start], width):
        return start - 1
    if start and not any(is_header_like(row.cells) for row in rows[start : start + 1]):
        above = rows[:start]
        if not all(row.width < width or row.filled <= 1 for row in above):
            return 0
    return after_gap(rows, start, limit, width)


def are_narrow_rows(above: Sequence[Row], table: Sequence[Row]) -> bool:
    """Whether rows above are rows of the table with fewer cells: most of their cells stand below again."""
    below = {cell.strip() for row in table for cell in row.cells}
    cells = [cell.strip() for row in above for cell in row.cells if cell.strip()]
    return (
        all(row.width > 1 for row in above)
        and sum(cell in below for cell in cells) >= 0.5 * len(cells)
        and not names_columns(above[0].cells, [row.cells for row in above[1:] or table])
    )


def is_header_of(row: Row, below: Row, width: int) -> bool:
    """Whether a row of another width names the columns below it: one name fewer (row names), or more names."""
    return (
        row.width >= max(2, width - 1)
        and is_header_like([cell for cell in row.cells if cell.strip()] or [""])
        and not is_header_like(below.cells)
    ) or (row.width == width - 1 and width > 2 and is_header_like(row.cells))


def after_gap(rows: Sequence[Row], start: int, limit: int, width: int) -> int:
    """The header after a gap of blank lines, where what stands above the gap is no header."""
    if is_header_like(rows[start].cells):
        return start
    for index in range(start + 1, min(limit, start + 4)):
        has_gap = rows[index].line > rows[index - 1].end
        if (
            has_gap
            and rows[index].width == width
            and is_header_like(rows[index].cells)
            and len(rows) - index > index
        ):
            return index
    return start


def split_tables(
    main: TableRange, rows: Sequence[Row], blanks: set[int]
) -> tuple[tuple[TableRange, ...], tuple[Row, ...]]:
    """The tables that follow the main one, and the rows below it that belong to none."""
    end = next(
        (index for index in range(1, len(rows)) if begins_other_table(main, rows, index, blanks)),
        None,
    )
    if end is None:
        end = footer_start(main, rows, blanks)
        if end is None:
            return (main,), ()
        return (with_end(main, rows[end].line),), tuple(rows[end:])
    first = with_end(main, rows[end].line)
    title, header_index = title_of(rows, end)
    header = rows[header_index]
    width = usual_width(rows[header_index : header_index + 20])
    following = rows[header_index + 1 :]
    matching = [row for row in following if row.width == width]
    is_named = header_score(header.cells, [row.cells for row in matching]) >= CLEAR_HEADER
    needed = FEW_TABLE_ROWS if is_named else MIN_TABLE_ROWS
    if len(matching) < needed or len(matching) < 0.5 * len(following):
        return (first,), tuple(rows[end:])
    second = TableRange(
        width=width,
        header=header.cells,
        header_line=header.line,
        first_line=header.end,
        title=title,
    )
    tables, footer = split_tables(second, following, blanks)
    return (first, *tables), footer


def title_of(rows: Sequence[Row], index: int) -> tuple[str, int]:
    if rows[index].filled == 1 and index + 1 < len(rows) and rows[index + 1].width > 1:
        return next(cell for cell in rows[index].cells if cell.strip()).strip(), index + 1
    return "", index


def with_end(table: TableRange, line: int) -> TableRange:
    return replace(table, end_line=line)


def begins_other_table(main: TableRange, rows: Sequence[Row], index: int, blanks: set[int]) -> bool:
    """Whether another table, with a header of its own, begins at this row."""
    row = rows[index]
    if main.width < 2 or index + 1 >= len(rows):
        return False
    if main.header is not None and row.cells == main.header:
        return False
    title, header_index = title_of(rows, index)
    if title and (row.width >= main.width and main.width > 1):
        return False
    header = rows[header_index]
    if header_index + 1 >= len(rows) or header.width < 2 or not is_header_like(header.cells):
        return False
    following = rows[header_index + 1 : header_index + 1 + 20]
    same = sum(each.width == header.width for each in following)
    if same < 0.8 * len(following) or not same:
        return False
    if header.width != main.width:
        return bool(title) or rows[index].line - 1 in blanks or same >= MIN_TABLE_ROWS
    has_gap = bool(title) or row.line - 1 in blanks
    return has_gap and differs_in_type(header, following, rows[:index])


def differs_in_type(header: Row, following: Sequence[Row], above: Sequence[Row]) -> bool:
    """Whether a row is text where the rows above and below it hold numbers or times."""
    for position, cell in enumerate(header.cells):
        if shape_of(cell) in {Shape.NUMBER, Shape.TIME, Shape.EMPTY}:
            continue
        values = [row.cells[position] for row in (*above[-20:], *following) if position < row.width]
        typed = sum(shape_of(value) in {Shape.NUMBER, Shape.TIME} for value in values)
        if values and typed >= 0.9 * len(values):
            return True
    return False


def footer_start(main: TableRange, rows: Sequence[Row], blanks: set[int]) -> int | None:
    """Where the narrower tail of a table begins, if it has one."""
    start = len(rows)
    while start > 1 and is_tail(rows[start - 1], rows[start - 2], main.width):
        start -= 1
    tail = rows[start:]
    if not tail or len(tail) > max(10, len(rows) // 2):
        return None
    for offset, row in enumerate(tail):
        if is_footer(row, main.width, row.line - 1 in blanks):
            return start + offset
    return None


def is_tail(row: Row, above: Row, width: int) -> bool:
    """Whether a row is narrower than the table, or sums it up below rows with more cells."""
    first = row.cells[0].strip().strip(":").lower() if row.cells else ""
    sums_up = first in TOTAL_WORDS and row.filled < above.filled
    return sums_up or (row.width != width and row.filled < width)


def is_footer(row: Row, width: int, has_gap: bool) -> bool:
    first = next((cell.strip().lower() for cell in row.cells if cell.strip()), "")
    if COUNT_OF_ROWS.fullmatch(first):
        return True
    has_word = any(
        first == word
        or first.startswith((word + " ", word + ":"))
        or (len(word) < 3 and first.startswith(word))
        for word in FOOTER_WORDS
    )
    if row.width == 1 and width >= 3:
        is_sentence = " " in first or shape_of(first) is Shape.PHRASE
        return has_word or has_gap or is_sentence or first == DOS_END
    return row.filled < width and (has_word or (has_gap and row.width < width))

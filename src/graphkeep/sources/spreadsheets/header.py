"""Where a table of a sheet begins and ends: titles, header rows, body, footers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.spreadsheets.grid import Grid, Layout, Row, is_text
from graphkeep.sources.spreadsheets.table_blocks import NAMES, types_differ

TOTAL = re.compile(
    r"(?:grand |sub)?(?:totals?|sum|summe|gesamt|average|mean|totale|suma|somme|итого)\b.*",
    re.IGNORECASE,
)
WIDE = 0.6  # of the usual width: a row of the table, not a title
NOTE_WORDS = 3
YEARS = range(1800, 2200)


def layout_of(block: Sequence[Row], grid: Grid, options: Mapping[str, Any]) -> Layout:
    """Which rows of a block are what; `header` of the options is obeyed.

    Raises:
        UnreadableFileError: `header` names no row of the sheet.
    """
    if "header" in options and options["header"] != "infer":
        return chosen_layout(block, options["header"])
    usual = usual_width(block)
    start = next(
        (number for number, row in enumerate(block) if len(row.filled) >= max(1, WIDE * usual)), 0
    )
    titles, rows = list(block[:start]), list(block[start:])
    groups = None
    has_groups = len(rows) > 2 and spans_columns(rows[0], grid) and is_header_like(rows[1])
    if has_groups and names_columns(rows[1], rows[2:]):
        groups, rows = rows[0], rows[1:]
    elif not names_columns(rows[0], rows[1:]):
        return finish(Layout(header=None, titles=titles), rows, usual)
    elif (
        titles
        and titles[-1].number == rows[0].number - 1
        and spans_columns(titles[-1], grid, least=2)
    ) or (titles and repeats_names(rows[0]) and names_groups(titles[-1], rows[0])):
        groups = titles.pop()
    return finish(Layout(header=rows[0], groups=groups, titles=titles), rows[1:], usual)


def chosen_layout(block: Sequence[Row], header: object) -> Layout:
    if header is None:
        return Layout(header=None, body=list(block), columns=columns_of(block))
    if not isinstance(header, int) or isinstance(header, bool) or not header >= 0:
        raise UnreadableFileError(
            f"parser_options: header is the number of a row, counted from 0, or null; got {header!r}."
        )
    row = next((row for row in block if row.number == header + 1), None)
    if row is None:
        raise UnreadableFileError(
            f"parser_options: header is {header}, but row {header + 1} of the sheet is empty or is not there."
        )
    body = [later for later in block if later.number > row.number]
    titles = [earlier for earlier in block if earlier.number < row.number]
    return Layout(header=row, body=body, titles=titles, columns=columns_of([row, *body]))


def usual_width(rows: Sequence[Row]) -> int:
    """How many cells most rows fill, of those that fill more than one if there are any."""
    widths = Counter(len(row.filled) for row in rows)
    if len(widths) > 1:
        del widths[1]
    return max(widths, key=lambda width: (widths[width], width))


def is_header_like(row: Row) -> bool:
    texts = [row.cells[column] for column in row.filled]
    return bool(texts) and all(map(is_text, texts))


def names_columns(row: Row, rows: Sequence[Row]) -> bool:
    """Whether the first row holds names: texts above other types, known names, or texts that never recur."""
    cells = [row.cells[column] for column in row.filled]
    others = [cell for cell in cells if not is_text(cell)]
    if others:
        return (
            len(others) < len(cells) and all(is_year(cell) for cell in others) and len(others) > 1
        )
    if not rows or types_differ(row, rows):
        return True
    texts = [cell.strip().lower() for cell in cells]
    if any(text in NAMES for text in texts):
        return True
    below = {cell.strip().lower() for each in rows[:1000] for cell in each.cells if is_text(cell)}
    return sum(text in below for text in texts) * 2 < len(texts)


def is_year(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell in YEARS


def spans_columns(row: Row, grid: Grid, least: int = 1) -> bool:
    """Whether cells of a row are merged over several columns, as groups of columns are."""
    spans = [merge for merge in grid.merges if merge[0] == row.number - 1 and merge[3] > merge[1]]
    return len(spans) >= least and len(row.filled) > 1


def repeats_names(header: Row) -> bool:
    texts = [header.cells[column] for column in header.filled]
    return len(set(texts)) < len(texts)


def names_groups(row: Row, header: Row) -> bool:
    """Whether a row directly above the header begins groups of its columns, the first with the first."""
    is_above = row.number == header.number - 1 and is_header_like(row)
    return is_above and len(row.filled) > 1 and row.filled[0] == header.filled[0]


def finish(layout: Layout, rows: list[Row], usual: int) -> Layout:
    """Sort the rows below the header: footers at the end, repeated headers, data."""
    header = layout.header
    while len(rows) > 1 and is_footer(rows[-1], rows[-2], usual):
        layout.footers.insert(0, rows.pop())
    for row in rows:
        is_repeat = header is not None and list(row.cells) == list(header.cells)
        (layout.repeats if is_repeat else layout.body).append(row)
    layout.columns = columns_of([*([header] if header else []), *layout.body])
    return layout


def is_footer(row: Row, above: Row, usual: int) -> bool:
    filled = row.filled
    first = row.cells[filled[0]]
    if usual < 2 or not is_text(first):
        return False
    if TOTAL.fullmatch(first.strip()) and len(filled) < usual:
        return True
    is_note = row.number > above.number + 1 or len(first.split()) >= NOTE_WORDS
    return len(filled) == 1 and usual > 1 and is_note


def columns_of(rows: Sequence[Row]) -> list[int]:
    """The columns in which any of the rows has a cell."""
    return sorted({column for row in rows for column in row.filled})

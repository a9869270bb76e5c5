"""The first row of a table: its header or first row of data, below a preamble."""

from collections.abc import Sequence

from graphkeep.sources.text.structure.header import (
    has_values,
    header_score,
    is_header_like,
    names_columns,
)
from graphkeep.sources.text.structure.table_range import (
    CLEAR_HEADER,
    MIN_TABLE_ROWS,
    Row,
    usual_width,
)

MAX_PREAMBLE_ROWS = 60


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

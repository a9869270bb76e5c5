"""The tables of a sheet: apart by empty rows, or beside one another with an empty column between."""

from collections.abc import Sequence
from itertools import pairwise

from graphkeep.sources.spreadsheets.grid import Grid, Row, is_text

MIN_ROWS = 2
MAX_PREAMBLE_ROWS = 15
END_NAMES = frozenset(("source", "target", "from", "to", "id", "node", "src", "dst", "name"))
NAMES = frozenset(
    [
        "source",
        "target",
        "from",
        "to",
        "id",
        "name",
        "label",
        "weight",
        "type",
        "kind",
        "node",
        "edge",
        "parent",
        "child",
        "sender",
        "receiver",
        "payer",
        "payee",
        "src",
        "dst",
        "value",
        "amount",
        "date",
        "time",
        "group",
        "person",
        "company",
        "account",
        "city",
        "country",
        "origin",
        "destination",
    ]
)


def table_blocks(grid: Grid) -> list[list[Row]]:
    """The rows of each table with its titles and footers; a gap alone does not end a table."""
    blocks: list[list[Row]] = []
    for segment in segments(grid.rows):
        if blocks and not begins_table(blocks[-1], segment):
            blocks[-1] += segment
        else:
            blocks.append(list(segment))
    return [side for block in blocks for side in sides(block)]


def segments(rows: Sequence[Row]) -> list[list[Row]]:
    """Runs of rows that are not empty."""
    runs: list[list[Row]] = []
    previous = -1
    for row in rows:
        if not row.filled:
            continue
        if row.number != previous + 1:
            runs.append([])
        runs[-1].append(row)
        previous = row.number
    return runs


def begins_table(before: Sequence[Row], segment: Sequence[Row]) -> bool:
    """Whether a segment is a table of its own: it has a header, and the rows before are a table too."""
    first = next((row for row in segment if len(row.filled) > 1), None)
    wide = [row for row in before if len(row.filled) > 1]
    if first is None or len(wide) < MIN_ROWS or len(segment) < MIN_ROWS:
        return False
    texts = [first.cells[column] for column in first.filled]
    if not all(map(is_text, texts)) or len(set(texts)) < len(texts):
        return False
    if any(list(row.cells) == list(first.cells) for row in wide[:1]):
        return False  # the header again, which page breaks of reports repeat
    if is_preamble(wide, first):
        return False
    below = [row for row in segment if row.number > first.number]
    return types_differ(first, below) or wide[0].filled != first.filled


def is_preamble(rows: Sequence[Row], header: Row) -> bool:
    """Whether rows above a table are names beside their values, such as the holder of an account."""
    texts = [rows[0].cells[column] for column in rows[0].filled]
    return (
        len(rows) <= MAX_PREAMBLE_ROWS
        and all(len(row.filled) <= 2 for row in rows)
        and len(header.filled) > 2
        and not any(is_text(text) and text.strip().lower() in END_NAMES for text in texts)
        and not types_differ(rows[0], rows[1:])
    )


def types_differ(header: Row, rows: Sequence[Row]) -> bool:
    """Whether a column below a text of the header holds numbers, times or the like."""
    return any(
        column < len(row.cells) and row.cells[column] is not None and not is_text(row.cells[column])
        for row in rows
        for column in header.filled
        if is_text(header.cells[column])
    )


def sides(block: list[Row]) -> list[list[Row]]:
    """Tables beside one another, if an empty column parts them and they repeat a name or differ in length."""
    width = max(len(row.cells) for row in block)
    used = [
        any(column < len(row.cells) and row.cells[column] is not None for row in block)
        for column in range(width)
    ]
    groups: list[list[int]] = []
    for column in range(width):
        if not used[column]:
            continue
        if column == 0 or not used[column - 1]:
            groups.append([])
        groups[-1].append(column)
    if len(groups) < 2 or any(len(group) < 2 for group in groups):
        return [block]
    parts = [[part for row in block if (part := cut(row, group)).filled] for group in groups]
    names = [set(map(str, filter(None, header_cells(part)))) for part in parts]
    repeats = any(first & second for first, second in pairwise(names))
    differ = len({part[-1].number for part in parts}) > 1
    are_tables = all(
        len(part) >= MIN_ROWS and all(map(is_text, header_cells(part))) for part in parts
    )
    return parts if are_tables and (repeats or differ) else [block]


def header_cells(part: Sequence[Row]) -> list[object]:
    return [part[0].cells[column] for column in part[0].filled]


def cut(row: Row, columns: Sequence[int]) -> Row:
    """The row with all other cells empty."""
    kept = set(columns)
    return Row(
        number=row.number,
        cells=[cell if column in kept else None for column, cell in enumerate(row.cells)],
    )

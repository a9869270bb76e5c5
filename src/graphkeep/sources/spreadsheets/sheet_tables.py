"""The tables of a sheet as Arrow tables, and repairs for whatever of the sheet they leave out."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.free_names import free_name
from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.graph.values.python_values import ANYTHING, TIMES_ONLY, typed_values
from graphkeep.graph.values.reading import Rules
from graphkeep.sources.file_format import NamedTable
from graphkeep.sources.spreadsheets.grid import Grid, Layout, Row, shown
from graphkeep.sources.spreadsheets.header import layout_of
from graphkeep.sources.spreadsheets.table_blocks import table_blocks

MAX_COLUMNS = 16_384


def sheet_tables(
    grid: Grid, options: Mapping[str, Any], repairs: list[Repair], *, are_texts: bool = False
) -> list[NamedTable]:
    """Each table of a sheet; several have the row in which they begin in their names.

    `are_texts`: the cells have no types, and become numbers and times by the rules of text tables.
    """
    rows = [row for row in with_merged_values(grid, repairs) if row.filled]
    skipped = int(options.get("skiprows") or 0)
    rows = [row for row in rows if row.number > skipped]
    footer = int(options.get("skipfooter") or 0)
    rows = rows[: len(rows) - footer] if footer else rows
    if not rows:
        return []
    has_choice = "header" in options and options["header"] != "infer"
    grid = Grid(name=grid.name, rows=rows, merges=grid.merges, is_hidden=grid.is_hidden)
    blocks = [rows] if has_choice else table_blocks(grid)
    layouts = [layout_of(block, grid, options) for block in blocks]
    layouts = join_notes(layouts)
    tables = []
    for layout in layouts:
        name = grid.name
        if len(layouts) > 1 and layout is not layouts[0]:
            first = layout.header or layout.body[0]
            name = f"{grid.name} (row {first.number})"
        report_layout(layout, name, repairs)
        rules = ANYTHING if are_texts else TIMES_ONLY
        table = table_of(layout, name, options, repairs, grid, rules)
        tables.append(NamedTable(name=name, table=table))
    return tables


def join_notes(layouts: list[Layout]) -> list[Layout]:
    """Without layouts of notes alone, whose rows become footers of the table before."""
    tables: list[Layout] = []
    for layout in layouts:
        if layout.body or layout.header or not tables:
            tables.append(layout)
        else:
            tables[-1].footers += layout.titles
    return tables


def with_merged_values(grid: Grid, repairs: list[Repair]) -> list[Row]:
    """The rows with the value of cells that are merged over several rows in each of these rows."""
    rows = {row.number: row for row in grid.rows}
    changed: dict[int, list[Any]] = {}
    for first_row, column, last_row, last_column in grid.merges:
        origin = rows.get(first_row + 1)
        if (
            first_row == last_row
            or column != last_column
            or origin is None
            or column >= len(origin.cells)
        ):
            continue
        value = origin.cells[column]
        for number in range(first_row + 2, last_row + 2):
            row = rows.get(number)
            if row is None or value is None or not row.filled:
                continue
            cells = changed.setdefault(number, list(row.cells))
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = value
    if changed:
        repairs.append(
            Repair(
                code="merged-cells",
                message=f"Cells merged over several rows count for each of them: {len(changed):,} rows.",
                table=grid.name,
                count=len(changed),
                lines=tuple(sorted(changed)),
            )
        )
    return [
        Row(number=row.number, cells=changed[row.number]) if row.number in changed else row
        for row in grid.rows
    ]


def report_layout(layout: Layout, name: str, repairs: list[Repair]) -> None:
    first = layout.header or (layout.body[0] if layout.body else None)
    parts = (
        ("rows-above-header", layout.titles, "Rows above the table are left out: {count}."),
        ("rows-below-table", layout.footers, "Rows below the table are left out: {count}."),
        ("repeated-header", layout.repeats, "Rows that repeat the header are left out: {count}."),
    )
    for code, rows, message in parts:
        if rows:
            repairs.append(
                Repair(
                    code=code,
                    message=message.replace("{count}", f"{len(rows):,}"),
                    table=name,
                    count=len(rows),
                    lines=tuple(row.number for row in rows),
                    before=shown(rows[0]),
                    alternative=Alternative(
                        label="Read every row, without a header", parser_options={"header": None}
                    ),
                )
            )
    if layout.header is None and first is not None and len(layout.columns) > 1:
        repairs.append(
            Repair(
                code="no-header",
                message="The first row looks like data, so the columns are numbered.",
                table=name,
                count=1,
                lines=(first.number,),
                before=shown(first),
                alternative=Alternative(
                    label=f"Take row {first.number} as the header",
                    parser_options={"header": first.number - 1},
                ),
            )
        )


def table_of(
    layout: Layout,
    name: str,
    options: Mapping[str, Any],
    repairs: list[Repair],
    grid: Grid,
    rules: Rules,
) -> pa.Table:
    """The columns that have a name or a value, typed by all their cells."""
    if len(layout.columns) > MAX_COLUMNS:
        raise UnreadableFileError(
            f"The table '{name}' has {len(layout.columns):,} columns: at most {MAX_COLUMNS:,} are read."
        )
    count = options.get("nrows")
    body = layout.body if count is None else layout.body[: int(count)]
    numbers = [row.number for row in body]
    given = options.get("names")
    columns: dict[str, pa.Array] = {}
    for position, column in enumerate(layout.columns):
        title = column_title(layout, column, grid) or f"column{column + 1}"
        if isinstance(given, Sequence) and not isinstance(given, str) and position < len(given):
            title = str(given[position])
        unique = free_name(title, columns)
        values = [row.cells[column] if column < len(row.cells) else None for row in body]
        columns[unique] = typed_values(
            values,
            name=unique,
            table=name,
            repairs=repairs,
            rules=rules,
            line_numbers=numbers,
            whole_floats=True,
        )
    return pa.table(columns)


def column_title(layout: Layout, column: int, grid: Grid) -> str:
    """The name in the header, after that of its group of columns."""
    own = cell_text(layout.header, column)
    group = cell_text(layout.groups, column)
    if layout.groups is not None and not group:
        row = layout.groups.number - 1
        for first_row, first, last_row, last in grid.merges:
            if first_row <= row <= last_row and first <= column <= last:
                group = cell_text(layout.groups, first)
                break
        else:
            merged_rows = {merge[0] for merge in grid.merges}
            if row not in merged_rows:
                group = next(
                    (
                        text
                        for left in range(column, -1, -1)
                        if (text := cell_text(layout.groups, left))
                    ),
                    "",
                )
    return f"{group} {own}".strip() if group != own else own


def cell_text(row: Row | None, column: int) -> str:
    if row is None or column >= len(row.cells) or row.cells[column] is None:
        return ""
    cell = row.cells[column]
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if is_whole else cell).strip()

"""Where the tables of a text file begin and end: comments, preamble, header, footer, further tables."""

from collections.abc import Sequence
from dataclasses import replace

from graphkeep.sources.text.structure.cell_shapes import Shape, shape_of
from graphkeep.sources.text.structure.comment_lines import (
    Splitter,
    commented_header,
    leading_comments,
    only_comments,
)
from graphkeep.sources.text.structure.first_row import (
    are_settings,
    first_row,
    is_table,
    width_below_settings,
)
from graphkeep.sources.text.structure.footer import footer_start
from graphkeep.sources.text.structure.header import (
    header_score,
    is_header_like,
    names_columns,
)
from graphkeep.sources.text.structure.table_range import (
    CLEAR_HEADER,
    MIN_TABLE_ROWS,
    Row,
    Structure,
    TableRange,
    usual_width,
)

FEW_TABLE_ROWS = 2  # where a row clearly names the columns


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
    if has_header and any(row.width == header_row.width for row in rest):
        width = max(width, header_row.width)  # rows without empty cells at their ends are narrower
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
    if row.width == main.width and row.line - 1 not in blanks:
        return False
    if main.header is not None and row.cells == main.header:
        return False
    title, header_index = title_of(rows, index)
    if title and row.width >= main.width:
        return False
    header = rows[header_index]
    has_gap = bool(title) or row.line - 1 in blanks
    if header.width == main.width and not has_gap:
        return False
    if header_index + 1 >= len(rows) or header.width < 2 or not is_header_like(header.cells):
        return False
    following = rows[header_index + 1 : header_index + 1 + 20]
    same = sum(each.width == header.width for each in following)
    if same < 0.8 * len(following) or not same:
        return False
    if header.width != main.width:
        names = has_gap or header_score(header.cells, [each.cells for each in following]) > 0
        return names and (has_gap or same >= MIN_TABLE_ROWS)
    return differs_in_type(header, following, rows[:index])


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

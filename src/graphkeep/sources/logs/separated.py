"""Lines of cells between one separator, without quotes, as a table of texts that loses no cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as arrow_csv

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import MAX_LINES, Repair


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Texts of all rows; `ragged` are the rows, from 0, that had more or fewer cells than names."""

    table: pa.Table
    ragged: tuple[int, ...] = ()


def read_cells(body: bytes, names: Sequence[str], separator: str) -> Cells:
    """The lines of `body` as columns of these names; wider lines add columns, narrower ones have nulls.

    Raises:
        UnreadableFileError: the lines cannot be split.
    """
    lines = [line for line in body.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]
    mark = separator.encode()
    counts = [line.count(mark) + 1 for line in lines]
    width = max([len(names), *counts])
    ragged = tuple(row for row, count in enumerate(counts) if count != len(names))
    if ragged:
        for row, count in enumerate(counts):
            if count < width:
                lines[row] += mark * (width - count)
    all_names = [*names, *(f"extra{number}" for number in range(1, width - len(names) + 1))]
    if not lines:
        return Cells(table=pa.table({name: pa.array([], pa.string()) for name in all_names}))
    content = b"\n".join(lines)
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(content + b"\n"),
            read_options=arrow_csv.ReadOptions(
                column_names=all_names, use_threads=False, block_size=max(1 << 20, len(content) + 2)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, quote_char=False, double_quote=False, ignore_empty_lines=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(all_names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise UnreadableFileError(f"The lines of this log cannot be split: {error}") from error
    return Cells(table=table, ragged=ragged)


def ragged_repair(cells: Cells, first_line: int) -> Repair:
    """What happened to lines of another width; exact lines where none was left out before them."""
    return Repair(
        code="ragged-rows",
        message=f"{len(cells.ragged)} lines have more or fewer cells than there are names; missing cells are "
        "empty, further ones have columns of their own.",
        count=len(cells.ragged),
        lines=tuple(row + first_line for row in cells.ragged[:MAX_LINES]),
    )

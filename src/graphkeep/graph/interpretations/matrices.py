"""Tables that are matrices: a row for each node, a column for each, and a weight in each cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.identity import keys_of
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.names import flat
from graphkeep.graph.interpretations.profiles import GENERIC_NAME, Profile

MAX_MATRIX_ROWS = 5000
MIN_AGREEMENT = 0.8
YEAR_OR_DATE = re.compile(
    r"[XY]?(1[5-9]|20|21)\d\d([-_ /.]?(Q?\d{1,2}))*|\d{1,2}[-/.]\d{1,2}([-/.]\d{2,4})?"
)
CORRELATION_THRESHOLD = 0.5

Cells = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class MatrixShape:
    """`rows`: the column that names the rows, "" where their numbers do. `values`: the columns of cells."""

    rows: str
    values: tuple[str, ...]
    cells: Cells
    is_square: bool


def matrix_interpretations(
    table: pa.Table, profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    shape = matrix_shape(table, profiles)
    if shape is None:
        return []
    if shape.is_square:
        return [square_interpretation(shape, table_index)]
    return two_mode_interpretations(shape, profiles, table_index)


def matrix_shape(table: pa.Table, profiles: Sequence[Profile]) -> MatrixShape | None:
    """The matrix in a table: where its cells are numbers, and its names agree if it is square."""
    if (
        table.num_columns < 3 and table.num_rows != table.num_columns
    ) or not 2 <= table.num_rows <= MAX_MATRIX_ROWS:
        return None
    names = table.column_names
    first = keys_of(table[names[0]]).to_list()
    row_names = [None if value is None else value.strip() for value in first]
    numeric = [name for name in names[1:] if is_cells(table[name])]
    if len(numeric) < max(2, 0.8 * (len(names) - 1)):
        return None
    labels = {name.strip() for name in names[1:]}
    shared = len(labels & {name for name in row_names if name})
    is_named = len(set(row_names)) == len(row_names) and None not in row_names
    if (
        is_named
        and shared >= MIN_AGREEMENT * min(len(labels), len(row_names))
        and shared >= 0.6 * max(len(labels), len(row_names))
    ):
        values = tuple(name for name in names[1:] if name in numeric)
        return MatrixShape(
            rows=names[0], values=values, cells=cells_of(table, values), is_square=True
        )
    if is_cells(table[names[0]]) and len(numeric) == len(names) - 1:
        if table.num_rows != len(names) or len(names) < 3:
            return None
        cells = cells_of(table, names)
        return (
            MatrixShape(rows="", values=tuple(names), cells=cells, is_square=True)
            if is_plain_square(cells, names)
            else None
        )
    if not is_named or len(numeric) < 3 or profiles[0].is_numeric:
        return None
    return MatrixShape(
        rows=names[0], values=tuple(numeric), cells=cells_of(table, numeric), is_square=False
    )


def is_cells(values: pa.ChunkedArray) -> bool:
    """Whether a column holds numbers and blanks alone, or flags."""
    dtype = values.type
    if pa.types.is_integer(dtype) or pa.types.is_floating(dtype) or pa.types.is_boolean(dtype):
        return True
    return values.null_count == len(values) and len(values) > 0


def cells_of(table: pa.Table, names: Sequence[str]) -> Cells:
    """Float64 (rows, columns), 0 where a cell is empty."""
    columns = []
    for name in names:
        values = table[name]
        if values.null_count == len(values):
            columns.append(np.zeros(len(values)))
            continue
        numbers = values.cast(pa.int8()) if pa.types.is_boolean(values.type) else values
        columns.append(
            np.nan_to_num(np.asarray(numbers.cast(pa.float64(), safe=False).to_numpy(), np.float64))
        )
    return np.column_stack(columns)


def is_plain_square(cells: Cells, names: Sequence[str]) -> bool:
    """Whether as many rows as columns of numbers are a matrix of nodes, and no table of as many measures."""
    is_symmetric = bool(np.allclose(cells, cells.T))
    is_binary = bool(np.isin(cells, (0, 1)).all())
    is_generic = all(GENERIC_NAME.fullmatch(name) for name in names)
    return (
        is_symmetric or is_binary or (is_generic and not cells.diagonal().any() and len(names) > 3)
    )


def square_interpretation(shape: MatrixShape, table_index: int) -> TableInterpretation:
    cells = shape.cells
    is_symmetric = cells.shape[0] == cells.shape[1] and bool(np.allclose(cells, cells.T))
    is_correlation = (
        is_symmetric
        and bool(np.allclose(cells.diagonal(), 1))
        and bool((np.abs(cells) <= 1 + 1e-9).all())
    )
    is_correlation = is_correlation and not np.isin(cells, (0, 1)).all()
    of = (
        "column names and the first column agree"
        if shape.rows
        else "there are as many rows as columns of numbers"
    )
    what = "a matrix of correlations" if is_correlation else "a matrix of nodes"
    how = (
        "each cell over the threshold is an edge"
        if is_correlation
        else "each cell that is not 0 or empty is an edge and its weight"
    )
    return TableInterpretation(
        kind="matrix",
        label=f"Matrix of correlations, {CORRELATION_THRESHOLD} and more"
        if is_correlation
        else "Matrix: cells are edges",
        reason=f"This is {what}: {of}; {how}.",
        source=shape.rows or None,
        columns=shape.values,
        edge_tables=(table_index,),
        edge_bindings={"edge_weight": "weight"},
        threshold=CORRELATION_THRESHOLD if is_correlation else None,
        is_undirected=is_symmetric,
        score=1.8 if shape.rows else 1.4,
    )


def two_mode_interpretations(
    shape: MatrixShape, profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    """Rows of one kind, columns of another, as women and the events that they attended."""
    cells = shape.cells
    if sum(bool(YEAR_OR_DATE.fullmatch(name.strip())) for name in shape.values) > 0.5 * len(
        shape.values
    ):
        return []
    is_binary = bool(np.isin(cells, (0, 1)).all())
    is_whole = bool((cells == np.floor(cells)).all()) and bool((cells >= 0).all())
    zero_share = float((cells == 0).mean())
    measures = sum(profile.has_measure_name for profile in profiles if profile.name in shape.values)
    others = len(profiles) - 1 - len(shape.values)
    if is_binary and not measures and others <= 2:
        score = 1.2
    elif is_whole and zero_share >= 0.3 and not measures and others == 0 and len(shape.values) >= 4:
        score = 1.0
    elif (
        bool((cells >= 0).all())
        and not measures
        and others == 0
        and len({flat(name) for name in shape.values}) > 3
    ):
        score = 0.28
    else:
        return []
    return [
        TableInterpretation(
            kind="matrix",
            label=f"Matrix: {shape.rows or 'rows'} by columns",
            reason="Rows and columns are nodes of two kinds; each cell that is not 0 or empty is an edge and its weight.",
            source=shape.rows,
            columns=shape.values,
            edge_tables=(table_index,),
            edge_bindings={"edge_weight": "weight"},
            score=score,
        )
    ]

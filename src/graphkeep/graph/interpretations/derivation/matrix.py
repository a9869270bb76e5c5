"""Edges of a matrix: one for each cell that is not empty and not zero."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.interpretations.derivation.derived_tables import (
    DESTINATION,
    MAX_EDGES,
    SOURCE,
    WEIGHT,
    DerivedTables,
    check_columns,
    edges_of,
    texts_of,
)
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.matrices import cells_of

MAX_CELLS = 50_000_000


def derive_matrix(reading: TableInterpretation, table: pa.Table) -> DerivedTables:
    """An edge from the row's node to the column's for each cell that is not 0 or empty, or reaches the threshold.

    Of a symmetric matrix each pair is one edge; the diagonal of a matrix with a threshold makes none.
    """
    names = reading.columns or tuple(name for name in table.column_names if name != reading.source)
    check_columns(table, [reading.source, *names])
    if table.num_rows * len(names) > MAX_CELLS:
        raise UserInputError(
            f"This matrix has more than {MAX_CELLS:,} cells; send its edges as a table instead."
        )
    labels = [name.strip() for name in names]
    rows = texts_of(table[reading.source]) if reading.source else labels
    if len(rows) != table.num_rows:
        raise UserInputError(
            f"A matrix without a column of names has as many rows as columns, not {table.num_rows} and {len(labels)}."
        )
    try:
        cells = cells_of(table, names)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UserInputError(f"The cells of a matrix are numbers: {error}") from error
    is_edge = np.abs(cells) >= reading.threshold if reading.threshold is not None else cells != 0
    is_edge[[position for position, name in enumerate(rows) if name is None]] = False
    if reading.threshold is not None:
        drop_diagonal(is_edge, rows, labels)
    if reading.is_undirected and cells.shape[0] == cells.shape[1]:
        is_edge = np.triu(is_edge)
    row_index, column_index = np.nonzero(is_edge)
    if len(row_index) > MAX_EDGES:
        raise UserInputError(
            f"This matrix makes {len(row_index):,} edges; a threshold leaves fewer."
        )
    weights = cells[row_index, column_index]
    is_whole = bool((weights == np.floor(weights)).all()) and bool((np.abs(weights) < 2**53).all())
    row_ids = np.array([name or "" for name in rows], object)[row_index]
    column_ids = np.array(labels, object)[column_index]
    edges = edges_of(
        list(row_ids),
        list(column_ids),
        weight=pa.array(weights.astype(np.int64) if is_whole else weights),
    )
    ids = list(dict.fromkeys([name for name in rows if name is not None] + labels))
    is_row = set(rows)
    nodes = pa.table({"id": pa.array(ids, pa.string())})
    if reading.source and not is_row >= set(labels):
        nodes = nodes.append_column(
            "type", pa.array([reading.source if name in is_row else "column" for name in ids])
        )
    bindings = {"edge_weight": WEIGHT} if bool((weights >= 0).all()) else {}
    return DerivedTables(
        edges=edges,
        nodes=nodes,
        source=SOURCE,
        destination=DESTINATION,
        node="id",
        edge_bindings=bindings,
    )


def drop_diagonal(is_edge: np.ndarray, rows: Sequence[str | None], labels: Sequence[str]) -> None:
    position = {name: index for index, name in enumerate(labels)}
    for row, name in enumerate(rows):
        if name in position:
            is_edge[row, position[name]] = False

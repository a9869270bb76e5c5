"""Single rows, hits and histograms of a prepared dataset."""

import math
from typing import Any

import numpy as np
import pyarrow as pa

from graphkeep.compute.summaries.histogram import Histogram, histogram
from graphkeep.compute.summaries.search import search
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.store.graph_store import bindings_of


def read_table(dataset: Dataset, table: str) -> pa.Table:
    return graph_store().table(dataset.dataset_id, f"{table}s")


def histogram_of(dataset: Dataset, table: str, column: str) -> Histogram:
    """How a column's values are spread.

    Raises:
        UnknownColumnError: the table has no such column.
    """
    rows = read_table(dataset, table)
    if column not in rows.column_names:
        raise UnknownColumnError(column, rows.column_names)
    return histogram(rows[column])


def rows_of(dataset: Dataset, table: str, wanted: list[int]) -> dict[str, Any]:
    """Whole rows in the order asked for.

    Raises:
        UserInputError: a row is not there.
    """
    rows = read_table(dataset, table)
    if any(not 0 <= row < rows.num_rows for row in wanted):
        raise UserInputError(f"The {table} table has {rows.num_rows} rows, counted from 0.")
    taken = rows.take(pa.array(wanted, pa.int64()))
    values = [json_row(row) for row in taken.to_pylist()]
    return {"columns": rows.column_names, "rows": values}


def json_row(row: dict[str, Any]) -> dict[str, Any]:
    """NaN and infinities are no JSON."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }


def search_nodes(dataset: Dataset, text: str) -> list[dict[str, Any]]:
    if not text.strip():
        return []
    nodes = read_table(dataset, "node")
    hits = search(nodes, text)
    names = node_titles(dataset, [hit.row for hit in hits])
    return [
        {"row": hit.row, "column": hit.column, "text": hit.text, "title": names[str(hit.row)]}
        for hit in hits
    ]


def node_titles(dataset: Dataset, wanted: list[int]) -> dict[str, str]:
    nodes = read_table(dataset, "node")
    bindings = bindings_of(graph_store(), dataset.dataset_id)
    column = title_column(nodes, bindings)
    good = [row for row in wanted if 0 <= row < nodes.num_rows]
    values = nodes[column].take(pa.array(np.array(good, np.int64))).to_pylist()
    return {
        str(row): "" if value is None else str(value)
        for row, value in zip(good, values, strict=True)
    }


def title_column(nodes: pa.Table, bindings: Bindings) -> str:
    for name in (bindings.node_title, bindings.node_label, bindings.node, "id"):
        if name is not None and name in nodes.column_names:
            return name
    return str(nodes.column_names[0])

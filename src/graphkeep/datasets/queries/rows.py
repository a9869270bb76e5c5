"""Rows, search hits and histograms of a prepared dataset."""

from typing import Any

import numpy as np
import pyarrow as pa

from graphkeep.compute.summaries.histogram import Histogram, histogram
from graphkeep.compute.summaries.search import search
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.view.json_values import browser_value
from graphkeep.view.titles import titles_of


def read_table(dataset: Dataset, table: str) -> pa.Table:
    files = DatasetFiles(dataset.dataset_id)
    return files.nodes() if table == "node" else files.edges()


def histogram_of(dataset: Dataset, table: str, column: str) -> Histogram:
    """How a column's values are spread.

    Raises:
        UnknownColumnError: the table has no such column.
    """
    rows = read_table(dataset, table)
    if column not in rows.column_names:
        raise UnknownColumnError(column, rows.column_names)
    return histogram(rows[column])


def rows_of(dataset: Dataset, table: str, row_numbers: list[int]) -> dict[str, Any]:
    """Whole rows in the requested order.

    Raises:
        UserInputError: a row does not exist.
    """
    rows = read_table(dataset, table)
    if any(not 0 <= row < rows.num_rows for row in row_numbers):
        raise UserInputError(f"The {table} table has {rows.num_rows} rows, counted from 0.")
    selected = rows.take(pa.array(row_numbers, pa.int64()))
    values = [browser_value(row) for row in selected.to_pylist()]
    return {"columns": rows.column_names, "rows": values}


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


def node_titles(dataset: Dataset, rows: list[int]) -> dict[str, str]:
    """The title of each row that there is, by its number as text."""
    files = DatasetFiles(dataset.dataset_id)
    nodes, bindings = files.nodes(), files.bindings()
    existing = [row for row in rows if 0 <= row < nodes.num_rows]
    titles = titles_of(nodes, bindings, np.array(existing, np.int64))
    return {str(row): title for row, title in zip(existing, titles, strict=True)}

"""Whether the tables of a dataset have the columns that its bindings name, as soon as both are known."""

from typing import Any

from graphkeep.datasets.models import Dataset, File
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UnknownColumnError


def check_bound_columns(dataset: Dataset) -> None:
    """Check source, destination and node; other bindings of missing columns are repairs of the graph.

    Raises:
        UnknownColumnError: a table lacks one of these columns.
    """
    if dataset.extras.get("edge_hypergraph_transform"):
        return
    bindings = Bindings.from_wire(dataset.node_encodings, dataset.edge_encodings)
    edge_columns = known_columns(dataset.edge_files, dataset.edge_data)
    for column in (bindings.source, bindings.destination):
        check_column(column, edge_columns)
    if bindings.node is not None:
        check_column(bindings.node, known_columns(dataset.node_files, dataset.node_data))


def check_column(column: str, columns: list[str]) -> None:
    if columns and column not in columns:
        raise UnknownColumnError(column, columns)


def known_columns(entries: list[Any], direct: File | None) -> list[str]:
    """The columns of all tables together; none where a table was not sent yet or does not parse."""
    tables: list[dict[str, Any]] = []
    for entry in entries:
        file_id, index = entry if isinstance(entry, list) else (entry, 0)
        file = File.objects.filter(file_id=file_id).first()
        if file is None or not file.is_valid or index >= len(file.tables):
            return []
        tables.append(file.tables[index])
    if direct is not None:
        tables.append(direct.tables[0])
    return list(dict.fromkeys(name for table in tables for name in table["dtypes"]))

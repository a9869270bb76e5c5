"""The stored tables of a dataset, and the graph that they make."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.default_columns import AUTOMATIC
from graphkeep.datasets.storage import file_folder
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.hypergraph import hypergraph
from graphkeep.graph.normalize import bind
from graphkeep.graph.repairs import Repair
from graphkeep.store.table_files import read_column_names, read_table


def graph_of(dataset: Dataset) -> tuple[Graph, tuple[Repair, ...]]:
    edges = table_of(dataset.edge_files, dataset.edge_data)
    nodes = table_of(dataset.node_files, dataset.node_data)
    if edges is None:
        raise UserInputError("This dataset has no edges yet: upload an edge table.")
    transform = dataset.extras.get("edge_hypergraph_transform")
    if transform:
        return hypergraph_of(edges, transform[0] if isinstance(transform, list) else transform)
    bindings = Bindings.from_wire(dataset.node_encodings, dataset.edge_encodings)
    if nodes is not None and (nodes.num_columns == 0 or bindings.node is None):
        nodes = None
    result = bind(edges, nodes, bindings)
    return result.graph, result.repairs


def hypergraph_of(
    table: pa.Table, transform: Mapping[str, Any]
) -> tuple[Graph, tuple[Repair, ...]]:
    columns = transform.get("entity_types") or transform.get("columns") or table.column_names
    edges, nodes, bindings = hypergraph(
        table,
        columns,
        direct=bool(transform.get("direct")),
        drop_na=transform.get("drop_na") is not False,
    )
    result = bind(edges, nodes, bindings)
    return result.graph, result.repairs


def table_of(entries: list[Any], direct: File | None) -> pa.Table | None:
    """All named files as one table, rows in their order; None if there is none."""
    parts = [read_table(path) for path in table_paths(entries, direct)]
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts, promote_options="permissive")


def file_repairs(dataset: Dataset) -> list[dict[str, Any]]:
    """The repairs of the files that the dataset reads."""
    ids = [
        entry[0] if isinstance(entry, list) else entry
        for entry in (*dataset.edge_files, *dataset.node_files)
    ]
    files = [*File.objects.filter(file_id__in=ids), dataset.edge_data, dataset.node_data]
    return [repair for file in files if file is not None for repair in file.repairs]


def table_paths(entries: list[Any], direct: File | None) -> list[Path]:
    """The Arrow files of the named files, and of the table that came without a file.

    Raises:
        UserInputError: a file is deleted, or has no such table.
        NotFoundError: its content is gone.
    """
    paths = [named_path(entry) for entry in entries]
    return paths if direct is None else [*paths, file_path(direct, 0)]


def named_path(entry: object) -> Path:
    file_id, index = entry if isinstance(entry, list) else (entry, 0)
    file = File.objects.filter(file_id=file_id).first()
    if file is None:
        raise UserInputError(f"The file '{file_id}' that this graph was made of is deleted.")
    return file_path(file, index)


def file_table(file: File, index: int) -> pa.Table:
    """A table of a file, mapped and not loaded. Raises as `file_path` does."""
    return read_table(file_path(file, index))


def file_path(file: File, index: int) -> Path:
    """The path of a table of a file.

    Raises:
        UserInputError: the file has no such table.
        NotFoundError: its content is gone.
    """
    if not file.is_valid:
        raise UserInputError(f"The file '{file}' has no readable content yet.")
    if index >= len(file.tables):
        raise UserInputError(f"The file '{file}' has {len(file.tables)} tables, not {index + 1}.")
    path: Path = file_folder(file.file_id) / file.tables[index]["path"]
    if not path.exists():
        raise NotFoundError(f"The content of the file '{file}' is gone.")
    return path


def computed_columns(dataset: Dataset, graph: Graph) -> dict[str, str]:
    """The metric of each node column that was not uploaded."""
    paths = table_paths(dataset.node_files, dataset.node_data)
    uploaded_names = {name for path in paths for name in read_column_names(path)}
    computed_names = AUTOMATIC & set(graph.nodes.column_names) - uploaded_names
    return {name: name if name == "community" else "degree" for name in computed_names}

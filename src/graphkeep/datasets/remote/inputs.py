"""The input of a query or of Python: what a dataset is, and the paths of its tables."""

from pathlib import Path
from typing import Any

from graphkeep.accounts.actor import Actor
from graphkeep.compute.gfql.values import Query
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.dataset_tables import table_paths
from graphkeep.datasets.queries.columns import node_columns
from graphkeep.datasets.queries.metrics import metric_columns
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.graph.errors import UserInputError


def remote_inputs(query: Query, actor: Actor, tables: list[Path]) -> dict[str, Any]:
    return {
        name: dataset_input(visible_dataset(actor, name), tables) for name in query.remote_graphs
    }


def dataset_input(dataset: Dataset, tables: list[Path]) -> dict[str, Any]:
    """What the sandbox gets of a dataset; the paths of its tables are added to `tables`.

    Raises:
        UserInputError: it has no edges yet, or a file of it is gone.
    """
    if not dataset.has_edges:
        raise UserInputError("This dataset has no edges yet: upload an edge table.")
    transform = dataset.extras.get("edge_hypergraph_transform")
    return {
        "edges": table_indices(dataset.edge_files, dataset.edge_data, tables),
        "nodes": table_indices(dataset.node_files, dataset.node_data, tables),
        "computed": computed_columns(dataset, tables),
        "node_encodings": dataset.node_encodings,
        "edge_encodings": dataset.edge_encodings,
        "hypergraph": transform[0]
        if isinstance(transform, list) and transform
        else transform or None,
        "name": dataset.name,
        "description": dataset.description,
    }


def computed_columns(dataset: Dataset, tables: list[Path]) -> dict[str, Any] | None:
    """The metric columns that were added to the dataset; the path of their table is added to `tables`."""
    if not dataset.is_prepared:
        return None
    descriptions = node_columns(dataset)
    names = [metric_column.column for metric_column in metric_columns(dataset)]
    columns = [name for name in names if descriptions.get(name, {}).get("computed")]
    if not columns:
        return None
    files = DatasetFiles(dataset.dataset_id)
    tables.append(files.nodes_path())
    return {"table": len(tables) - 1, "node": files.bindings().node or "id", "columns": columns}


def table_indices(entries: list[Any], direct: File | None, tables: list[Path]) -> list[int]:
    first_index = len(tables)
    tables += table_paths(entries, direct)
    return list(range(first_index, len(tables)))

"""A file read as a graph in the way that somebody chose."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from graphkeep.accounts.actor import Actor
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.dataset_commands import change_dataset, create_dataset
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.graph.errors import UserInputError


def draw_reading(
    file: File, reading: Mapping[str, Any], *, actor: Actor, replaces: str = ""
) -> Dataset:
    """A dataset of this reading; one that is given anew replaces the former in place.

    Raises:
        UserInputError: the reading names no columns, or ones that are not there.
    """
    said = as_dataset(file, reading)
    if replaces:
        return change_dataset(visible_dataset(actor, replaces), said, actor=actor)
    name = PurePath(file.name).stem if file.name else "New graph"
    return create_dataset({"name": name, **said}, actor=actor, privacy=Dataset.Privacy.PRIVATE)


def as_dataset(file: File, reading: Mapping[str, Any]) -> dict[str, Any]:
    if reading.get("kind") == "hypergraph":
        columns = reading.get("columns")
        if not isinstance(columns, list) or len(columns) < 1:
            raise UserInputError("Choose at least one column whose values become nodes.")
        return {
            "metadata": {"agent": "graphkeep"},
            "node_encodings": {"bindings": {}},
            "edge_encodings": {"bindings": {}},
            "edge_hypergraph_transform": [
                {"entity_types": columns, "direct": bool(reading.get("direct"))}
            ],
            "edge_files": [[file.file_id, table_index(reading.get("edge_table"))]],
            "node_files": [],
        }
    source, destination = reading.get("source"), reading.get("destination")
    if not source or not destination:
        raise UserInputError("Choose the columns that hold each edge's source and destination.")
    node = reading.get("node")
    node_files = [[file.file_id, table_index(reading.get("node_table"))]] if node else []
    return {
        "metadata": {"agent": "graphkeep"},
        "node_encodings": {"bindings": {"node": node} if node else {}},
        "edge_encodings": {"bindings": {"source": source, "destination": destination}},
        "edge_hypergraph_transform": None,
        "edge_files": [[file.file_id, table_index(reading.get("edge_table"))]],
        "node_files": node_files,
    }


def table_index(said: object) -> int:
    return said if isinstance(said, int) and said >= 0 else 0

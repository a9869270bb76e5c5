"""Requests that create and change datasets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.api.v2.requests.fields import Fields
from graphkeep.datasets.operations.dataset_fields import DatasetFields, FileTable
from graphkeep.graph.errors import UserInputError

EXTRAS = ("node_transform", "edge_transform", "edge_hypergraph_transform", "compute", "layout")


@dataclass(frozen=True, kw_only=True)
class DatasetRequest:
    """A dataset as the clients describe it; fields that are not sent stay as they are."""

    fields: DatasetFields
    org_name: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "DatasetRequest":
        """Raises UserInputError: a field is of the wrong kind."""
        body_fields = Fields(body)
        fields = DatasetFields(
            name=body_fields.sent_text("name", max_length=500),
            description=body_fields.sent_text("description"),
            metadata=body_fields.mapping("metadata") if "metadata" in body_fields else None,
            node_encodings=encodings(body_fields, "node_encodings"),
            edge_encodings=encodings(body_fields, "edge_encodings"),
            node_files=file_tables(body_fields, "node_files"),
            edge_files=file_tables(body_fields, "edge_files"),
            extras={name: extra(body_fields, name) for name in EXTRAS if name in body_fields},
        )
        return cls(fields=fields, org_name=body_fields.text("org_name"))


def encodings(read: Fields, name: str) -> Mapping[str, Any] | None:
    """`bindings` and `complex`; complex encodings that are wrong are left out later, with a warning.

    Raises:
        UserInputError: one of the two is no object.
    """
    if name not in read:
        return None
    parts = read.fields(name)
    parts.mapping("bindings")
    layers = parts.fields("complex")
    for layer in ("default", "current"):
        layers.mapping(layer)
    return read.mapping(name)


def file_tables(read: Fields, name: str) -> tuple[FileTable, ...] | None:
    """Entries are `file_id` or `[file_id, table index]`."""
    if name not in read:
        return None
    tables = []
    for entry in read.items(name):
        file_id, index = entry if isinstance(entry, list) and len(entry) == 2 else (entry, None)
        is_index = index is None or (isinstance(index, int) and not isinstance(index, bool))
        if not isinstance(file_id, str) or not is_index or (index or 0) < 0:
            raise UserInputError(
                f"{name} contains {str(entry)[:100]!r}; use 'FILE_ID' or ['FILE_ID', TABLE]."
            )
        tables.append(FileTable(file_id=file_id, index=index))
    return tuple(tables)


def extra(read: Fields, name: str) -> Any:
    """A field that is stored as sent, except for the transform, which the server runs."""
    value = read.any(name)
    if name == "edge_hypergraph_transform" and value:
        transforms = value if isinstance(value, list) else [value]
        if not all(isinstance(transform, dict) for transform in transforms):
            raise UserInputError(f"{name} must be a list of objects.")
        for transform in transforms:
            for columns in ("entity_types", "columns"):
                Fields(transform, name).texts(columns)
    return value

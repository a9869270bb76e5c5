"""The fields of a dataset that a request can set."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FileTable:
    """A table of an uploaded file; without an index its first."""

    file_id: str
    index: int | None = None

    def to_wire(self) -> str | list[str | int]:
        return self.file_id if self.index is None else [self.file_id, self.index]


@dataclass(frozen=True, kw_only=True)
class DatasetFields:
    """None leaves a field as it is; `extras` are stored under their names."""

    name: str | None = None
    description: str | None = None
    metadata: Mapping[str, Any] | None = None
    node_encodings: Mapping[str, Any] | None = None
    edge_encodings: Mapping[str, Any] | None = None
    node_files: tuple[FileTable, ...] | None = None
    edge_files: tuple[FileTable, ...] | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    def names(self) -> set[str]:
        """The fields that are given."""
        names = {item.name for item in fields(self) if getattr(self, item.name) is not None}
        return (names - {"extras"}) | set(self.extras)

"""The fields of a file that a request can set."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FileFields:
    """None leaves a field as it is."""

    name: str | None = None
    description: str | None = None
    agent_name: str | None = None
    agent_version: str | None = None
    file_type: str | None = None
    file_compression: str | None = None
    parser_options: Mapping[str, Any] | None = None
    sql_transforms: Any = None

    def names(self) -> set[str]:
        """The fields that are given."""
        return {part.name for part in fields(self) if getattr(self, part.name) is not None}

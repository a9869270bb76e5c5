"""A file format: its names, and how its bytes become tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa

from graphkeep.graph.repairs import Repair


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    parser_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NamedTable:
    name: str
    table: pa.Table


@dataclass(frozen=True, kw_only=True)
class ReadResult:
    tables: tuple[NamedTable, ...]
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """`read` gets the bytes of a file, in a confined process, and returns its tables and what was repaired.

    It raises ValueError, OSError or an Arrow error where the bytes do not read as this format, with a
    sentence for the sender. `suffixes` begin with a dot.
    """

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[BinaryIO, ReadOptions], ReadResult]

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "media_type": self.media_type, "suffixes": list(self.suffixes)}

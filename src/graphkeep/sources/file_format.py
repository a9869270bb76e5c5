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
    name: str
    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[BinaryIO, ReadOptions], ReadResult]

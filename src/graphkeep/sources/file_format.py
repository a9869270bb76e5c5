"""A file format: its names, and how its bytes become tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """`name` is the file's name as it was sent: a hint, for content that could be of several formats."""

    parser_options: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class NamedTable:
    """`detected` is how a text table was read, for the user to see and to change.

    Its keys are those of the parser options: `encoding`, `sep`, `header` (the line of the file that names the
    columns, from 1; None if none does), `decimal`, `thousands`, `comment`, `quotechar`.
    """

    name: str
    table: pa.Table
    detected: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReadResult:
    """`interpretations` is what the format itself says of its tables, for example which of them hold nodes.

    Their table numbers count within `tables`; their scores are 2 and more, above every guess from values.
    """

    tables: tuple[NamedTable, ...]
    repairs: tuple[Repair, ...] = ()
    interpretations: tuple[TableInterpretation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """`read` gets the bytes of a file, in a confined process, and returns its tables and what was repaired.

    It raises ValueError, OSError or an Arrow error where the bytes do not read as this format, with a
    sentence for the sender. `suffixes` begin with a dot.

    `recognize` gets the first 64 KiB of a file, decompressed, and its name, and returns how sure these are of
    this format, 0 to 1: 0.9 and more only for a signature that no other format has.
    """

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[BinaryIO, ReadOptions], ReadResult]
    recognize: Callable[[bytes, str], float] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "media_type": self.media_type, "suffixes": list(self.suffixes)}

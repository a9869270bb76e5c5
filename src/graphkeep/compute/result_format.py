"""The requested format of a result; parsed from requests by `api`, and passed to the sandbox."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# CSV writer options for the format of a table, never for its destination.
EXPORT_CSV: dict[str, type] = {
    "sep": str, "na_rep": str, "header": bool, "index": bool, "decimal": str, "quotechar": str,
    "date_format": str, "lineterminator": str,
}  # fmt: skip
LOOKS = "looks.json"  # zip member with the appearance metadata until the dataset has its id


@dataclass(frozen=True, kw_only=True)
class ResultFormat:
    """`output_type`: all, nodes, edges or shape; `format_name`: json, csv or parquet."""

    output_type: str
    format_name: str
    export: Mapping[str, Any] = field(default_factory=dict)
    node_columns: tuple[str, ...] | None = None
    edge_columns: tuple[str, ...] | None = None

    def to_wire(self) -> dict[str, Any]:
        return {**asdict(self), "export": dict(self.export)}


@dataclass(frozen=True, kw_only=True)
class PythonCode:
    """Source code that defines `task(g)`, and the format of its result."""

    execute: str
    output_type: str
    format_name: str

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)

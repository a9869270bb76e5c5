"""A sample: two tables and their encodings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class Sample:
    name: str
    title: str
    description: str
    edges: pa.Table
    nodes: pa.Table
    node_encodings: Mapping[str, Any]
    edge_encodings: Mapping[str, Any] = field(
        default_factory=lambda: {"bindings": {"source": "source", "destination": "destination"}}
    )


def icons(column: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    return {
        "graphType": "point",
        "encodingType": "icon",
        "attribute": column,
        "variation": "categorical",
        "mapping": {"categorical": {"fixed": dict(mapping)}},
    }


def colors(column: str, mapping: Mapping[str, str], other: str = "#8c99ad") -> dict[str, Any]:
    return {
        "graphType": "point",
        "encodingType": "color",
        "attribute": column,
        "variation": "categorical",
        "mapping": {"categorical": {"fixed": dict(mapping), "other": other}},
    }

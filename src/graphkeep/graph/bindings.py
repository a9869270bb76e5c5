"""Bindings: which column plays which role."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa

from graphkeep.graph.errors import MissingBindingError, UnknownColumnError
from graphkeep.graph.repairs import Repair


@dataclass(frozen=True, kw_only=True)
class Bindings:
    source: str
    destination: str
    node: str | None = None
    node_color: str | None = None
    node_size: str | None = None
    node_label: str | None = None
    node_title: str | None = None
    node_opacity: str | None = None
    node_weight: str | None = None
    node_icon: str | None = None
    node_x: str | None = None
    node_y: str | None = None
    node_longitude: str | None = None
    node_latitude: str | None = None
    edge_color: str | None = None
    edge_source_color: str | None = None
    edge_destination_color: str | None = None
    edge_size: str | None = None
    edge_label: str | None = None
    edge_title: str | None = None
    edge_opacity: str | None = None
    edge_weight: str | None = None
    edge_icon: str | None = None

    @classmethod
    def from_wire(
        cls, node_encodings: Mapping[str, Any], edge_encodings: Mapping[str, Any]
    ) -> "Bindings":
        """Read `bindings` of both encodings; unknown roles are ignored.

        Raises:
            MissingBindingError: source or destination is missing.
        """
        edge_roles = edge_encodings.get("bindings") or {}
        node_roles = node_encodings.get("bindings") or {}
        for role in ("source", "destination"):
            bound = edge_roles.get(role)
            if isinstance(bound, list | tuple | int | float):
                raise MissingBindingError(
                    f"edge_encodings.bindings.{role} is {bound!r}, but names of columns must be text. "
                    "Columns of several levels (a pandas MultiIndex) need one name each first: "
                    "df.columns = ['_'.join(map(str, name)) for name in df.columns]."
                )
            if not isinstance(bound, str):
                raise MissingBindingError(
                    f"edge_encodings.bindings.{role} is missing: name the column "
                    f"with each edge's {role}."
                )
        names = {field.name for field in fields(cls)}
        roles = {**node_roles, **edge_roles}
        return cls(
            **{
                name: column
                for name, column in roles.items()
                if name in names and isinstance(column, str)
            }
        )

    def check(self, *, edges: pa.Table, nodes: pa.Table | None) -> tuple[Repair, ...]:
        """Source and destination must be there; any other missing column is a repair."""
        for column in (self.source, self.destination):
            if column not in edges.column_names:
                raise UnknownColumnError(column, edges.column_names)
        if nodes is not None and self.node is not None and self.node not in nodes.column_names:
            raise UnknownColumnError(self.node, nodes.column_names)
        repairs = []
        for field in fields(self):
            column = getattr(self, field.name)
            table_name, _, role = field.name.partition("_")
            if not role or column is None:
                continue
            table = edges if table_name == "edge" else nodes
            if (table is None or column not in table.column_names) and not column.startswith(
                "degree"
            ):
                repairs.append(
                    Repair(
                        code="binding-ignored",
                        message=f"{field.name} names the column '{column}', "
                        f"which the {table_name} table does not have; it is ignored.",
                        table=table_name,
                        column=column,
                    )
                )
        return tuple(repairs)

"""One interpretation of tables as a graph."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

InterpretationKind = Literal[
    "edges", "edges+nodes", "nodes", "matrix", "lists", "adjacency", "hypergraph"
]


@dataclass(frozen=True, kw_only=True)
class TableInterpretation:
    """Which tables and columns make the nodes and edges.

    `reason` is a sentence for the user. Several `edge_tables` or `node_tables` are taken as one table.
    `edge_bindings` and `node_bindings` name columns by the roles of `graph.bindings`, such as `edge_weight` and
    `node_title`. `columns` are those of a hypergraph or of lists; `separator` splits the cells of lists.
    """

    kind: InterpretationKind
    label: str
    reason: str = ""
    source: str | None = None
    destination: str | None = None
    node: str | None = None
    columns: tuple[str, ...] = ()
    edge_tables: tuple[int, ...] = (0,)
    node_tables: tuple[int, ...] = ()
    edge_bindings: Mapping[str, str] = field(default_factory=dict)
    node_bindings: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    score: float = 0.0

    @property
    def edge_table(self) -> int:
        return self.edge_tables[0] if self.edge_tables else 0

    @property
    def node_table(self) -> int:
        return self.node_tables[0] if self.node_tables else 0

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "edge_table": self.edge_table, "node_table": self.node_table}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TableInterpretation":
        """The interpretation of `as_dict`.

        Raises:
            KeyError, TypeError, ValueError: this is not what `as_dict` returns.
        """
        if data["kind"] not in get_args(InterpretationKind):
            raise ValueError(f"'{data['kind']}' is no kind of interpretation.")
        return cls(
            kind=data["kind"],
            label=str(data["label"]),
            reason=str(data["reason"]),
            source=optional_text(data["source"]),
            destination=optional_text(data["destination"]),
            node=optional_text(data["node"]),
            columns=tuple(str(name) for name in data["columns"]),
            edge_tables=tuple(int(number) for number in data["edge_tables"]),
            node_tables=tuple(int(number) for number in data["node_tables"]),
            edge_bindings={str(role): str(name) for role, name in data["edge_bindings"].items()},
            node_bindings={str(role): str(name) for role, name in data["node_bindings"].items()},
            separator=str(data["separator"]),
            score=float(data["score"]),
        )


def optional_text(value: object) -> str | None:
    return None if value is None else str(value)

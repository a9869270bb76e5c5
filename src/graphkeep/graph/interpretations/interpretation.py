"""A table interpretation: what tables mean as a graph, for the user to choose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

InterpretationKind = Literal[
    "edges", "edges+nodes", "nodes", "matrix", "lists", "adjacency", "hypergraph"
]
KINDS: tuple[InterpretationKind, ...] = get_args(InterpretationKind)
MAX_GUESSED_SCORE = 1.99  # readers that know what their tables are return 2.0 and more


@dataclass(frozen=True, kw_only=True)
class TableInterpretation:
    """Which tables and columns make the edges and the nodes.

    `edges`: each row is an edge from `source` to `destination`. `edges+nodes`: and `node` is the id column of
    `node_tables`. `nodes`: each row is a node, `node` its id; an empty `node` means the row number; each of
    `columns` links nodes to a node for each of its values. `matrix`: each cell is the weight of an edge from the
    node in `source` (empty: the row number) to the node that `columns` name; `threshold` is the least absolute
    weight. `lists`: the cells of `destination` hold several nodes, split by `separator` (`json` for JSON lists);
    an empty `source` joins each row to its parts. `adjacency`: the first of `columns` is a node, the others are
    its neighbors; with `is_header_row` the names of the columns are such a row too. `hypergraph`: each row is an
    event, joined to the values of `columns`; with `is_direct` these are joined to one another instead.

    `edge_bindings` and `node_bindings` map roles of `graph.bindings` to columns. `time` names the column that
    orders the edges. `reason` is one sentence for the user.
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
    threshold: float | None = None
    is_undirected: bool = False
    is_direct: bool = False
    is_header_row: bool = False
    time: str | None = None
    score: float = 0.0

    @property
    def edge_table(self) -> int:
        return self.edge_tables[0] if self.edge_tables else 0

    @property
    def node_table(self) -> int:
        return self.node_tables[0] if self.node_tables else 0

    def as_dict(self) -> dict[str, Any]:
        """The interpretation as on the wire; `edge_table` and `node_table` are the first of each."""
        values = asdict(self)
        values["direct"] = values.pop("is_direct")
        values |= {"edge_table": self.edge_table, "node_table": self.node_table}
        return values

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TableInterpretation":
        """The interpretation of `as_dict`, also of one that was stored before a field existed.

        Raises:
            KeyError, TypeError, ValueError: this is not what `as_dict` returns.
        """
        if data["kind"] not in KINDS:
            raise ValueError(f"'{data['kind']}' is no kind of interpretation.")
        threshold = data.get("threshold")
        return cls(
            kind=data["kind"],
            label=str(data.get("label", "")),
            reason=str(data.get("reason", "")),
            source=optional_text(data.get("source")),
            destination=optional_text(data.get("destination")),
            node=optional_text(data.get("node")),
            columns=tuple(str(name) for name in data.get("columns", ())),
            edge_tables=tuple(int(number) for number in data.get("edge_tables", (0,))),
            node_tables=tuple(int(number) for number in data.get("node_tables", ())),
            edge_bindings=texts_by_role(data.get("edge_bindings", {})),
            node_bindings=texts_by_role(data.get("node_bindings", {})),
            separator=str(data.get("separator", "")),
            threshold=None if threshold is None else float(threshold),
            is_undirected=data.get("is_undirected") is True,
            is_direct=data.get("direct") is True,
            is_header_row=data.get("is_header_row") is True,
            time=optional_text(data.get("time")),
            score=float(data.get("score", 0.0)),
        )


def optional_text(value: object) -> str | None:
    return None if value is None else str(value)


def texts_by_role(bindings: Mapping[str, Any]) -> dict[str, str]:
    return {str(role): str(name) for role, name in bindings.items()}

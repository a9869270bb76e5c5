"""A parsed query as values; the engine only gets their wire form, which has no other parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Wire = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Node:
    """The nodes that match; all fields are checked."""

    fields: Mapping[str, Any]

    def to_wire(self) -> Wire:
        return {"type": "Node", **self.fields}


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A step along edges that match."""

    fields: Mapping[str, Any]

    def to_wire(self) -> Wire:
        return {"type": "Edge", **self.fields}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function listed in `functions`, with parameters listed there."""

    function: str
    params: Mapping[str, Any]

    def to_wire(self) -> Wire:
        return {"type": "Call", "function": self.function, "params": dict(self.params)}


Operation = Node | Edge | Call


@dataclass(frozen=True, kw_only=True)
class Chain:
    operations: tuple[Operation, ...]
    where: tuple[Wire, ...] = ()

    def to_wire(self) -> Wire:
        chain = [item.to_wire() for item in self.operations]
        return {
            "type": "Chain",
            "chain": chain,
            **({"where": list(self.where)} if self.where else {}),
        }


@dataclass(frozen=True, kw_only=True)
class Ref:
    """Operations on the result of another binding."""

    ref: str
    operations: tuple[Operation, ...]

    def to_wire(self) -> Wire:
        return {
            "type": "Ref",
            "ref": self.ref,
            "chain": [item.to_wire() for item in self.operations],
        }


@dataclass(frozen=True, kw_only=True)
class RemoteGraph:
    """Another dataset of this server, which the user must be allowed to view."""

    dataset_id: str

    def to_wire(self) -> Wire:
        return {"type": "RemoteGraph", "dataset_id": self.dataset_id}


Binding = Operation | Chain | Ref | RemoteGraph


@dataclass(frozen=True, kw_only=True)
class Let:
    bindings: Mapping[str, Binding]

    def to_wire(self) -> Wire:
        return {"type": "Let", "bindings": {k: item.to_wire() for k, item in self.bindings.items()}}


@dataclass(frozen=True, kw_only=True)
class Query:
    """`output` names a binding of a Let; None as `body` means the whole dataset."""

    body: Chain | Let | None
    output: str = ""

    @property
    def remote_graphs(self) -> tuple[str, ...]:
        if not isinstance(self.body, Let):
            return ()
        dataset_ids = (
            item.dataset_id for item in self.body.bindings.values() if isinstance(item, RemoteGraph)
        )
        return tuple(dict.fromkeys(dataset_ids))

    @property
    def functions(self) -> frozenset[str]:
        bodies = self.body.bindings.values() if isinstance(self.body, Let) else (self.body,)
        calls: set[str] = set()
        for body in bodies:
            ops = body.operations if isinstance(body, Chain | Ref) else (body,)
            calls |= {item.function for item in ops if isinstance(item, Call)}
        return frozenset(calls)

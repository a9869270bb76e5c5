"""What any home of graphs promises, and a graph put into one and taken out again."""

import json
from dataclasses import asdict
from typing import Protocol

import numpy as np
import pyarrow as pa

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph
from graphkeep.store.disk import Array


class GraphStore(Protocol):
    def put_table(self, dataset_id: str, name: str, table: pa.Table) -> None: ...
    def table(self, dataset_id: str, name: str) -> pa.Table: ...
    def put_arrays(self, dataset_id: str, name: str, **arrays: Array) -> None: ...
    def arrays(self, dataset_id: str, name: str) -> dict[str, Array]: ...
    def put_bytes(self, dataset_id: str, name: str, content: bytes) -> None: ...
    def bytes(self, dataset_id: str, name: str) -> bytes: ...
    def has(self, dataset_id: str, name: str) -> bool: ...
    def delete(self, dataset_id: str) -> None: ...
    def size_bytes(self, dataset_id: str) -> int: ...
    def dataset_ids(self) -> set[str]: ...


def put_graph(store: GraphStore, dataset_id: str, graph: Graph) -> None:
    store.put_table(dataset_id, "nodes", graph.nodes)
    store.put_table(dataset_id, "edges", graph.edges)
    store.put_arrays(
        dataset_id, "ends", source=graph.source_index, destination=graph.destination_index
    )
    said = {role: column for role, column in asdict(graph.bindings).items() if column}
    store.put_bytes(dataset_id, "bindings.json", json.dumps(said).encode())


def get_graph(store: GraphStore, dataset_id: str) -> Graph:
    ends = store.arrays(dataset_id, "ends")
    return Graph(
        nodes=store.table(dataset_id, "nodes"),
        edges=store.table(dataset_id, "edges"),
        bindings=bindings_of(store, dataset_id),
        source_index=ends["source"].astype(np.uint32, copy=False),
        destination_index=ends["destination"].astype(np.uint32, copy=False),
    )


def bindings_of(store: GraphStore, dataset_id: str) -> Bindings:
    return Bindings(**json.loads(store.bytes(dataset_id, "bindings.json")))

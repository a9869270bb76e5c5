"""Tables, arrays and graphs of datasets, in whichever file store they are."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph
from graphkeep.store.file_store import FileStore
from graphkeep.store.table_files import Array, read_arrays, read_table, write_arrays, write_table


class GraphStore:
    """Reads and writes by dataset and name. Readers raise FileNotFoundError; tables and arrays are mapped."""

    def __init__(self, files: FileStore) -> None:
        self.files = files

    def put_table(self, dataset_id: str, name: str, table: pa.Table) -> None:
        self.files.write(dataset_id, f"{name}.arrow", lambda path: write_table(path, table))

    def table(self, dataset_id: str, name: str) -> pa.Table:
        return read_table(self.files.open_path(dataset_id, f"{name}.arrow"))

    def table_path(self, dataset_id: str, name: str) -> Path:
        """The table's Arrow file on the local disk; a bucket's is fetched first."""
        return self.files.open_path(dataset_id, f"{name}.arrow")

    def has_table(self, dataset_id: str, name: str) -> bool:
        return self.files.has(dataset_id, f"{name}.arrow")

    def put_arrays(self, dataset_id: str, name: str, **arrays: Array) -> None:
        self.files.write(dataset_id, f"{name}.arrays", lambda path: write_arrays(path, arrays))

    def arrays(self, dataset_id: str, name: str) -> dict[str, Array]:
        return read_arrays(self.files.open_path(dataset_id, f"{name}.arrays"))

    def has_arrays(self, dataset_id: str, name: str) -> bool:
        return self.files.has(dataset_id, f"{name}.arrays")

    def put_bytes(self, dataset_id: str, name: str, content: bytes) -> None:
        self.files.write(dataset_id, name, lambda path: path.write_bytes(content))

    def bytes(self, dataset_id: str, name: str) -> bytes:
        return self.files.open_path(dataset_id, name).read_bytes()

    def has(self, dataset_id: str, name: str) -> bool:
        return self.files.has(dataset_id, name)

    def delete(self, dataset_id: str) -> None:
        self.files.delete(dataset_id)

    def size_bytes(self, dataset_id: str) -> int:
        return self.files.size_bytes(dataset_id)

    def dataset_ids(self) -> set[str]:
        return self.files.dataset_ids()


def put_graph(store: GraphStore, dataset_id: str, graph: Graph) -> None:
    """Store both tables of a graph, the row numbers of its edges' ends, and its bindings."""
    store.put_table(dataset_id, "nodes", graph.nodes)
    store.put_table(dataset_id, "edges", graph.edges)
    store.put_arrays(
        dataset_id, "ends", source=graph.source_index, destination=graph.destination_index
    )
    bindings = {role: column for role, column in asdict(graph.bindings).items() if column}
    store.put_bytes(dataset_id, "bindings.json", json.dumps(bindings).encode())


def get_graph(store: GraphStore, dataset_id: str) -> Graph:
    """The graph as `put_graph` stored it. Raises FileNotFoundError."""
    edge_ends = store.arrays(dataset_id, "ends")
    return Graph(
        nodes=store.table(dataset_id, "nodes"),
        edges=store.table(dataset_id, "edges"),
        bindings=bindings_of(store, dataset_id),
        source_index=edge_ends["source"].astype(np.uint32, copy=False),
        destination_index=edge_ends["destination"].astype(np.uint32, copy=False),
    )


def bindings_of(store: GraphStore, dataset_id: str) -> Bindings:
    return Bindings(**json.loads(store.bytes(dataset_id, "bindings.json")))

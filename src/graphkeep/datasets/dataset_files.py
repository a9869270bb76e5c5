"""The stored files of one dataset: tables and arrays in the graph store, frames on the local disk.

File names are defined in this module only, and are those of every release so far.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.conf import settings

from graphkeep.compute.parameters import TablesOnly
from graphkeep.compute.positions import Positions
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph
from graphkeep.store.graph_store import GraphStore, bindings_of, get_graph, put_graph
from graphkeep.store.table_files import Array

NODES, EDGES = "nodes", "edges"
VIEW, VIEW_HEADER, COLUMNS, THUMBNAIL = "view", "view.json", "columns.json", "thumbnail.png"
LAYOUT, PREVIOUS_LAYOUT = "layout", "layout-before"
PREVIOUS_NODES = "former"
METADATA = "scenery"  # an array of the layout's file: JSON as bytes


@dataclass(frozen=True, kw_only=True)
class StoredLayout:
    """`positions` float32 (n, 2); `metadata` is JSON, or None if no layout was chosen."""

    positions: Positions
    metadata: dict[str, Any] | None = None


class DatasetFiles:
    """A handle for the stored files of one dataset.

    A reader raises FileNotFoundError, or the object store's MissingError, where the dataset is not
    prepared; those of what may be missing return None. Each write replaces its file whole.
    """

    def __init__(self, dataset_id: str) -> None:
        self.dataset_id = dataset_id

    @cached_property
    def _store(self) -> GraphStore:
        return graph_store()

    def graph(self) -> Graph:
        """Both tables, mapped and not loaded, with their bindings and edge ends."""
        return get_graph(self._store, self.dataset_id)

    def save_graph(self, graph: Graph) -> None:
        put_graph(self._store, self.dataset_id, graph)

    def nodes(self) -> pa.Table:
        return self._store.table(self.dataset_id, NODES)

    def nodes_path(self) -> Path:
        """Of the nodes' Arrow file on the local disk, for another process to map."""
        return self._store.table_path(self.dataset_id, NODES)

    def edges(self) -> pa.Table:
        return self._store.table(self.dataset_id, EDGES)

    def save_nodes(self, nodes: pa.Table) -> None:
        self._store.put_table(self.dataset_id, NODES, nodes)

    def tables(self) -> TablesOnly:
        """The tables against which parameters of layouts and metrics are checked."""
        node_column = self.bindings().node or "id"
        return TablesOnly(nodes=self.nodes(), edges=self.edges(), node_column=node_column)

    def bindings(self) -> Bindings:
        return bindings_of(self._store, self.dataset_id)

    def columns(self) -> dict[str, list[dict[str, Any]]]:
        """The descriptions of the columns of `node` and `edge`, in the order of the tables."""
        descriptions: dict[str, list[dict[str, Any]]] = self._json(COLUMNS)
        return descriptions

    def save_columns(self, columns: Mapping[str, Any]) -> None:
        self._save_json(COLUMNS, columns)

    def view_header(self) -> dict[str, Any]:
        return self._json(VIEW_HEADER)

    def has_view(self) -> bool:
        return self._store.has(self.dataset_id, VIEW_HEADER)

    def view_arrays(self) -> dict[str, Array]:
        return self._store.arrays(self.dataset_id, VIEW)

    def save_view(self, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Store the arrays before the header, which thus never describes missing arrays."""
        self._store.put_arrays(self.dataset_id, VIEW, **arrays)
        self._save_json(VIEW_HEADER, header)

    def layout(self) -> StoredLayout | None:
        return self._layout(LAYOUT)

    def save_layout(self, layout: StoredLayout) -> None:
        self._save_layout(LAYOUT, layout)

    def previous_layout(self) -> StoredLayout | None:
        """The layout that an undo restores."""
        return self._layout(PREVIOUS_LAYOUT)

    def save_previous_layout(self, layout: StoredLayout) -> None:
        self._save_layout(PREVIOUS_LAYOUT, layout)

    def clear_previous_layout(self) -> None:
        if self._store.has_arrays(self.dataset_id, PREVIOUS_LAYOUT):
            self.save_previous_layout(StoredLayout(positions=np.empty((0, 2), np.float32)))

    def previous_nodes(self) -> pa.Table | None:
        """Ids and positions of the former version's nodes, until a new layout is stored."""
        if not self._store.has_table(self.dataset_id, PREVIOUS_NODES):
            return None
        nodes: pa.Table = self._store.table(self.dataset_id, PREVIOUS_NODES)
        return nodes if nodes.num_rows else None

    def save_previous_nodes(self, nodes: pa.Table) -> None:
        self._store.put_table(self.dataset_id, PREVIOUS_NODES, nodes)

    def clear_previous_nodes(self) -> None:
        if self._store.has_table(self.dataset_id, PREVIOUS_NODES):
            self.save_previous_nodes(pa.table({"key": pa.array([], pa.string())}))

    def thumbnail(self) -> bytes | None:
        """The thumbnail as PNG."""
        if not self._store.has(self.dataset_id, THUMBNAIL):
            return None
        return self._store.bytes(self.dataset_id, THUMBNAIL)

    def save_thumbnail(self, png: bytes) -> None:
        self._store.put_bytes(self.dataset_id, THUMBNAIL, png)

    def frames(self) -> Path:
        """The path of the latest run's frames, in a folder that exists."""
        folder: Path = settings.FRAMES_DIR
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.dataset_id}.frames"

    def presence(self) -> Path:
        """The path of the file that open pages keep fresh."""
        return self.frames().with_suffix(".watched")

    def delete(self) -> None:
        self._store.delete(self.dataset_id)
        for path in (self.frames(), self.presence()):
            path.unlink(missing_ok=True)

    def _json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self._store.bytes(self.dataset_id, name))
        return content

    def _save_json(self, name: str, content: Mapping[str, Any]) -> None:
        self._store.put_bytes(self.dataset_id, name, json.dumps(content).encode())

    def _layout(self, name: str) -> StoredLayout | None:
        if not self._store.has_arrays(self.dataset_id, name):
            return None
        arrays = self._store.arrays(self.dataset_id, name)
        text = arrays.get(METADATA)
        return StoredLayout(
            positions=arrays["position"].astype(np.float32, copy=False),
            metadata=None if text is None else json.loads(text.tobytes()),
        )

    def _save_layout(self, name: str, layout: StoredLayout) -> None:
        arrays: dict[str, Array] = {"position": layout.positions}
        if layout.metadata is not None:
            text = json.dumps(layout.metadata).encode()
            arrays[METADATA] = np.frombuffer(text, np.uint8)
        self._store.put_arrays(self.dataset_id, name, **arrays)

"""Carry positions over to a new version of a graph: nodes with the same ids stay where they were.

Before the tables are replaced, the ids and positions of the previous nodes are saved. They are kept until the
new layout is stored, so that a job which a crash interrupted finds them again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.compute.edges import bound_edge_weights
from graphkeep.compute.positions import Positions
from graphkeep.compute.warm_start import seeded_positions
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.metadata import LayoutMetadata, metadata_of
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.models import Dataset, Pin
from graphkeep.graph.graph import Graph
from graphkeep.graph.identity import keys_of

METADATA_KEY = b"graphkeep"
MIN_KNOWN_SHARE = 0.25  # of nodes whose former position is known; below, a new layout is better


@dataclass(frozen=True, kw_only=True)
class PreviousVersion:
    """`keys` of the previous nodes in the order of their rows, `positions` float32 (k, 2).

    `metadata` is that of their layout, or None.
    """

    version: int
    keys: pa.ChunkedArray
    positions: Positions
    edges: str
    was_laid_out: bool
    metadata: LayoutMetadata | None

    def rows_in(self, graph: Graph) -> npt.NDArray[np.int64]:
        """int64 (n,): the previous row of each node, -1 where there was none."""
        rows = pc.index_in(keys_of(graph.node_ids).to_arrow(), value_set=self.keys)
        return np.asarray(rows.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)

    def has_rows_of(self, graph: Graph) -> bool:
        is_as_long = len(self.keys) == graph.node_count
        return is_as_long and np.array_equal(self.rows_in(graph), np.arange(graph.node_count))

    def is_layout_of(self, graph: Graph) -> bool:
        """Whether nothing that a layout depends on has changed."""
        return self.was_laid_out and self.edges == edges_digest(graph) and self.has_rows_of(graph)

    def start_positions(self, graph: Graph) -> Positions | None:
        """Float32 (n, 2) to continue from, new nodes among their neighbors; None if little is known."""
        rows = self.rows_in(graph)
        is_known = rows >= 0
        if graph.node_count == 0 or is_known.mean() < MIN_KNOWN_SHARE:
            return None
        edge_ends = np.column_stack((graph.source_index, graph.destination_index))
        previous_positions = self.positions[np.maximum(rows, 0)]
        return seeded_positions(graph.node_count, edge_ends, previous_positions, is_known, seed=7)


def save_previous_version(dataset: Dataset, files: DatasetFiles) -> PreviousVersion | None:
    """Save the previous version before its tables are replaced; None if it had no layout."""
    if dataset.has_final_layout and dataset.prepared_version:
        write_previous_version(dataset, files)
        Dataset.objects.filter(pk=dataset.pk).update(has_final_layout=False)
    nodes = files.previous_nodes()
    if nodes is None:
        return None
    fields = json.loads(nodes.schema.metadata[METADATA_KEY])
    metadata = fields.pop("scenery", None)
    return PreviousVersion(
        keys=nodes["key"],
        positions=np.column_stack((nodes["x"].to_numpy(), nodes["y"].to_numpy())),
        metadata=LayoutMetadata(**metadata) if metadata else None,
        **fields,
    )


def write_previous_version(dataset: Dataset, files: DatasetFiles) -> None:
    graph = files.graph()
    positions = current_positions(dataset)
    metadata = metadata_of(files.layout())
    fields = {
        "scenery": asdict(metadata) if metadata else None,  # the name on disk
        "version": dataset.prepared_version,
        "edges": edges_digest(graph),
        "was_laid_out": not files.view_header()["fixed_positions"],
    }
    keys = keys_of(graph.node_ids).to_arrow()
    nodes = pa.table({"key": keys, "x": positions[:, 0], "y": positions[:, 1]})
    files.save_previous_nodes(nodes.replace_schema_metadata({METADATA_KEY: json.dumps(fields)}))


def invalidate_undo(files: DatasetFiles, previous: PreviousVersion | None, graph: Graph) -> None:
    """Delete the previous layout if its positions belong to other rows."""
    if previous is None or not previous.has_rows_of(graph):
        files.clear_previous_layout()


def remap_pins(dataset: Dataset, previous: PreviousVersion | None, graph: Graph) -> bool:
    """Move pins to the rows of the same ids; whether there were any."""
    pins = list(dataset.pins.all())
    dataset.pins.all().delete()
    if previous is not None and pins and previous.version == dataset.prepared_version:
        rows = previous.rows_in(graph)
        new_rows = {int(row): new_row for new_row, row in enumerate(rows) if row >= 0}
        version = dataset.pins_version + 1
        Pin.objects.bulk_create(
            Pin(dataset=dataset, row=new_rows[pin.row], x=pin.x, y=pin.y, is_held=pin.is_held, version=version)
            for pin in pins
            if pin.row in new_rows
        )  # fmt: skip
    return bool(pins)


def edges_digest(graph: Graph) -> str:
    """A digest of the edges and their weights."""
    edge_ends = np.column_stack((graph.source_index, graph.destination_index)).astype("<u4")
    weights = bound_edge_weights(graph)
    digest = hashlib.blake2b(edge_ends.tobytes(), digest_size=16)
    digest.update(b"" if weights is None else weights.tobytes())
    return digest.hexdigest()

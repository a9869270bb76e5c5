"""What a new version of a graph knows of the former one: nodes of the same ids stay where they were.

Before its tables are replaced, the ids and places of the former nodes are put aside. They stay aside until the new
layout is kept, so that work which a crash cut off finds them again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.compute.edges import bound_edge_weights
from graphkeep.compute.placement.warm_start import seeded_positions
from graphkeep.datasets.layout.frames import current_positions
from graphkeep.datasets.layout.metadata import PREVIOUS, LayoutMetadata, read_metadata
from graphkeep.datasets.models import Dataset, Pin
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.graph import Graph
from graphkeep.graph.normalize import keys_of
from graphkeep.store.graph_store import get_graph

Positions = npt.NDArray[np.float32]
PREVIOUS_NODES = "former"
METADATA_KEY = b"graphkeep"
MIN_KNOWN_SHARE = 0.25  # of nodes that are known; below, a picture is better made anew


@dataclass(frozen=True, kw_only=True)
class PreviousLayout:
    """`keys` of the former nodes in the order of their rows, `positions` float32 (k, 2).

    `scenery` is what an arrangement brought with them, or nothing.
    """

    version: int
    keys: pa.ChunkedArray
    positions: Positions
    edges: str
    was_laid_out: bool
    scenery: LayoutMetadata | None

    def rows_in(self, graph: Graph) -> npt.NDArray[np.int64]:
        """int64 (n,): the former row of each node, -1 where there was none."""
        found = pc.index_in(keys_of(graph.node_ids).to_arrow(), value_set=self.keys)
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)

    def has_rows_of(self, graph: Graph) -> bool:
        is_as_long = len(self.keys) == graph.node_count
        return is_as_long and np.array_equal(self.rows_in(graph), np.arange(graph.node_count))

    def is_layout_of(self, graph: Graph) -> bool:
        """Whether nothing that a layout depends on has changed."""
        return self.was_laid_out and self.edges == edges_digest(graph) and self.has_rows_of(graph)

    def start_for(self, graph: Graph) -> Positions | None:
        """float32 (n, 2) to go on from, new nodes among their neighbours; nothing where little is known."""
        former = self.rows_in(graph)
        is_known = former >= 0
        if graph.node_count == 0 or is_known.mean() < MIN_KNOWN_SHARE:
            return None
        ends = np.column_stack((graph.source_index, graph.destination_index))
        known = self.positions[np.maximum(former, 0)]
        return seeded_positions(graph.node_count, ends, known, is_known, seed=7)


def save_previous_layout(dataset: Dataset) -> PreviousLayout | None:
    """Put the former version aside, before its tables are replaced; nothing where it had no layout."""
    home = graph_store()
    if dataset.has_final_layout and dataset.prepared_version:
        write_previous_layout(dataset)
        Dataset.objects.filter(pk=dataset.pk).update(has_final_layout=False)
    if not home.has_table(dataset.dataset_id, PREVIOUS_NODES):
        return None
    aside = home.table(dataset.dataset_id, PREVIOUS_NODES)
    if aside.num_rows == 0:
        return None
    said = json.loads(aside.schema.metadata[METADATA_KEY])
    scenery = said.pop("scenery", None)
    return PreviousLayout(
        keys=aside["key"],
        positions=np.column_stack((aside["x"].to_numpy(), aside["y"].to_numpy())),
        scenery=LayoutMetadata(**scenery) if scenery else None,
        **said,
    )


def write_previous_layout(dataset: Dataset) -> None:
    graph = get_graph(graph_store(), dataset.dataset_id)
    header = json.loads(graph_store().bytes(dataset.dataset_id, "view.json"))
    placed = current_positions(dataset)
    scenery = read_metadata(dataset.dataset_id)
    said = {
        "scenery": asdict(scenery) if scenery else None,
        "version": dataset.prepared_version,
        "edges": edges_digest(graph),
        "was_laid_out": not header["fixed_positions"],
    }
    keys = keys_of(graph.node_ids).to_arrow()
    table = pa.table({"key": keys, "x": placed[:, 0], "y": placed[:, 1]})
    table = table.replace_schema_metadata({METADATA_KEY: json.dumps(said)})
    graph_store().put_table(dataset.dataset_id, PREVIOUS_NODES, table)


def clear_previous_layout(dataset_id: str) -> None:
    """The new layout is kept: ids that somebody took out of a graph lie nowhere any more."""
    home = graph_store()
    if home.has_table(dataset_id, PREVIOUS_NODES):
        home.put_table(dataset_id, PREVIOUS_NODES, pa.table({"key": pa.array([], pa.string())}))


def invalidate_undo(dataset_id: str, memory: PreviousLayout | None, graph: Graph) -> None:
    """Places of other rows are no way back."""
    home = graph_store()
    if home.has_arrays(dataset_id, PREVIOUS) and (memory is None or not memory.has_rows_of(graph)):
        home.put_arrays(dataset_id, PREVIOUS, position=np.empty((0, 2), np.float32))


def remap_pins(dataset: Dataset, memory: PreviousLayout | None, graph: Graph) -> bool:
    """Pins go over to the rows of the same ids; whether there were any."""
    pins = list(dataset.pins.all())
    dataset.pins.all().delete()
    if memory is not None and pins and memory.version == dataset.prepared_version:
        former = memory.rows_in(graph)
        new_rows = {int(row): new for new, row in enumerate(former) if row >= 0}
        version = dataset.pins_version + 1
        Pin.objects.bulk_create(
            Pin(dataset=dataset, row=new_rows[pin.row], x=pin.x, y=pin.y, is_held=pin.is_held, version=version)
            for pin in pins
            if pin.row in new_rows
        )  # fmt: skip
    return bool(pins)


def edges_digest(graph: Graph) -> str:
    """Of which rows are joined, and how strongly."""
    ends = np.column_stack((graph.source_index, graph.destination_index)).astype("<u4")
    weights = bound_edge_weights(graph)
    digest = hashlib.blake2b(ends.tobytes(), digest_size=16)
    digest.update(b"" if weights is None else weights.tobytes())
    return digest.hexdigest()

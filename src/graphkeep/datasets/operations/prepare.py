"""From uploaded tables to a picture: bound, stored, coloured, laid out; each step lands whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import transaction
from django.db.models import F

from graphkeep.accounts import audit
from graphkeep.accounts.actor import system_actor
from graphkeep.datasets.layout.carry_over import (
    clear_previous_layout,
    invalidate_undo,
    remap_pins,
    save_previous_layout,
)
from graphkeep.datasets.layout.frames import run_initial_layout, write_still_frame
from graphkeep.datasets.layout.metadata import CURRENT, put_layout
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.appearance import put_column_descriptions, put_view
from graphkeep.datasets.operations.default_columns import AUTOMATIC, with_communities
from graphkeep.datasets.storage import file_folder, graph_store
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.hypergraph import hypergraph
from graphkeep.graph.normalize import bind
from graphkeep.graph.repairs import Repair
from graphkeep.jobs.queue import submit
from graphkeep.jobs.registry import JobContext
from graphkeep.store.graph_store import put_graph

Positions = npt.NDArray[np.float32]


def submit_prepare(dataset: Dataset) -> None:
    """Queue what the first look at a dataset needs; further looks wait for the same job."""
    submit(
        "prepare",
        {"dataset_id": dataset.dataset_id},
        dedupe_key=f"prepare:{dataset.dataset_id}",
    )


def prepare(context: JobContext, dataset_id: str) -> None:
    """Make a dataset's picture; an error of the data is kept with the dataset, for its reader.

    Raises:
        UserInputError: the tables and the bindings make no graph.
    """
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None:
        return
    version = dataset.version
    try:
        context.progress(0.05, "Reading the tables")
        graph, repairs = graph_of(dataset)
        context.progress(0.3, "Finding communities")
        graph = with_communities(graph)
        encodings, refused = Encodings.from_wire(dataset.node_encodings, dataset.edge_encodings)
        context.progress(0.5, "Choosing colours and sizes")
        fixed, placed = given_positions(graph)
        memory = save_previous_layout(dataset)
        put_graph(graph_store(), dataset_id, graph)
        put_view(dataset_id, graph, encodings)
        put_column_descriptions(dataset_id, graph, computed_columns(dataset, graph))
    except UserInputError as error:
        Dataset.objects.filter(pk=dataset.pk).update(failed_version=version, error=error.message)
        raise
    start, scenery = None, None
    if fixed is None and memory is not None:
        if memory.is_layout_of(graph):
            fixed, scenery = memory.positions, memory.scenery
        else:
            start = memory.start_for(graph)
    write_still_frame(dataset_id, start)
    invalidate_undo(dataset_id, memory, graph)
    if fixed is not None:
        put_layout(dataset_id, CURRENT, fixed, scenery)
    with transaction.atomic():
        had_pins = remap_pins(dataset, memory, graph)
        Dataset.objects.filter(pk=dataset.pk).update(
            prepared_version=version,
            pins_version=F("pins_version") + int(had_pins),
            has_final_layout=fixed is not None,
            error="",
            repairs=[
                *file_repairs(dataset),
                *(repair.as_dict() for repair in (*repairs, *refused, *placed)),
            ],
            node_count=graph.node_count,
            edge_count=graph.edge_count,
        )
        audit.record(
            "dataset.prepared", actor=system_actor("worker"), target=dataset, version=version
        )
    if fixed is None:
        context.progress(0.6, "Laying out")
        run_initial_layout(context, dataset_id, graph, positions=start, done=0.6)
    clear_previous_layout(dataset_id)


def graph_of(dataset: Dataset) -> tuple[Graph, tuple[Repair, ...]]:
    edges = table_of(dataset.edge_files, dataset.edge_data)
    nodes = table_of(dataset.node_files, dataset.node_data)
    if edges is None:
        raise UserInputError("This dataset has no edges yet: upload an edge table.")
    transform = dataset.extras.get("edge_hypergraph_transform")
    if transform:
        return hypergraph_of(edges, transform[0] if isinstance(transform, list) else transform)
    bindings = Bindings.from_wire(dataset.node_encodings, dataset.edge_encodings)
    if nodes is not None and (nodes.num_columns == 0 or bindings.node is None):
        nodes = None
    bound = bind(edges, nodes, bindings)
    return bound.graph, bound.repairs


def hypergraph_of(table: pa.Table, said: Mapping[str, Any]) -> tuple[Graph, tuple[Repair, ...]]:
    columns = said.get("entity_types") or said.get("columns") or table.column_names
    edges, nodes, bindings = hypergraph(
        table,
        columns,
        direct=bool(said.get("direct")),
        drop_na=said.get("drop_na") is not False,
    )
    bound = bind(edges, nodes, bindings)
    return bound.graph, bound.repairs


def table_of(entries: list[Any], direct: File | None) -> pa.Table | None:
    """One table of all files named; rows stand in their order."""
    parts = [named_table(entry) for entry in entries]
    if direct is not None:
        parts.append(file_table(direct, 0))
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts, promote_options="permissive")


def file_repairs(dataset: Dataset) -> list[dict[str, Any]]:
    """What reading the files had to mend."""
    ids = [
        entry[0] if isinstance(entry, list) else entry
        for entry in (*dataset.edge_files, *dataset.node_files)
    ]
    files = [*File.objects.filter(file_id__in=ids), dataset.edge_data, dataset.node_data]
    return [repair for file in files if file is not None for repair in file.repairs]


def named_table(entry: object) -> pa.Table:
    file_id, index = entry if isinstance(entry, list) else (entry, 0)
    file = File.objects.filter(file_id=file_id).first()
    if file is None:
        raise UserInputError(f"The file '{file_id}' that this graph was made of is deleted.")
    return file_table(file, index)


def file_table(file: File, index: int) -> pa.Table:
    with pa.memory_map(str(file_path(file, index))) as source:
        return pa.ipc.open_file(source).read_all()


def file_path(file: File, index: int) -> Path:
    """Where a table of a file lies.

    Raises:
        UserInputError: the file has no such table.
        NotFoundError: its content is gone.
    """
    if not file.is_valid:
        raise UserInputError(f"The file '{file}' has no readable content yet.")
    if index >= len(file.tables):
        raise UserInputError(f"The file '{file}' has {len(file.tables)} tables, not {index + 1}.")
    path: Path = file_folder(file.file_id) / file.tables[index]["path"]
    if not path.exists():
        raise NotFoundError(f"The content of the file '{file}' is gone.")
    return path


def given_positions(graph: Graph) -> tuple[Positions | None, tuple[Repair, ...]]:
    """The sender's positions, float32 (n, 2); gaps are filled with the middle."""
    names = (graph.bindings.node_x, graph.bindings.node_y)
    if any(name is None or name not in graph.nodes.column_names for name in names):
        return None, ()
    columns = []
    for name in names:
        try:
            values = graph.nodes[name].cast(pa.float64(), safe=False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            text = f"The position column '{name}' holds no numbers; it is ignored."
            return None, (Repair(code="position-ignored", message=text, column=str(name)),)
        columns.append(np.asarray(values.to_numpy(), np.float64))
    placed = np.column_stack(columns)
    lost = ~np.isfinite(placed).all(axis=1)
    if lost.all():
        return None, ()
    placed[lost] = placed[~lost].mean(axis=0)
    repairs: tuple[Repair, ...] = ()
    if lost.any():
        text = f"{int(lost.sum())} nodes have no position; they stand in the middle."
        repairs = (Repair(code="position-filled", message=text, count=int(lost.sum())),)
    return np.ascontiguousarray(placed, np.float32), repairs


def computed_columns(dataset: Dataset, graph: Graph) -> dict[str, str]:
    """The metrics of the nodes' columns that are not of the sender's table."""
    parts = [named_table(entry) for entry in dataset.node_files]
    if dataset.node_data is not None:
        parts.append(file_table(dataset.node_data, 0))
    given = {name for part in parts for name in part.column_names}
    ours = AUTOMATIC & set(graph.nodes.column_names) - given
    return {name: name if name == "community" else "degree" for name in ours}

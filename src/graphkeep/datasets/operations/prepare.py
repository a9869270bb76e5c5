"""Prepare a dataset: bind its tables, color and lay out the graph; each step is stored whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.db.models import F

from graphkeep.accounts import audit
from graphkeep.accounts.actor import system_actor
from graphkeep.compute.layout import LayoutRun
from graphkeep.compute.positions import Positions
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.job_keys import prepare_key
from graphkeep.datasets.layout.carry_over import (
    invalidate_undo,
    remap_pins,
    save_previous_version,
)
from graphkeep.datasets.layout.force_layout import run_initial_layout
from graphkeep.datasets.layout.frames import write_still_frame
from graphkeep.datasets.layout.metadata import LayoutMetadata, build_metadata, stored_layout
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.appearance import save_column_descriptions, save_view
from graphkeep.datasets.operations.default_columns import AUTOMATIC, with_communities
from graphkeep.datasets.storage import file_folder
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.hypergraph import hypergraph
from graphkeep.graph.normalize import bind
from graphkeep.graph.numbers import numbers_of
from graphkeep.graph.repairs import Repair
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import active_job, cancel, submit
from graphkeep.jobs.registry import CancelledError, JobContext
from graphkeep.store.table_files import read_column_names, read_table
from graphkeep.view.channel_repairs import channel_repairs


def submit_prepare(dataset: Dataset) -> None:
    """Queue the preparation of a dataset; while it is under way, this queues nothing."""
    arguments = {"dataset_id": dataset.dataset_id}
    submit("prepare", arguments, dedupe_key=prepare_key(dataset.dataset_id))


def ensure_prepared(dataset: Dataset) -> None:
    """Queue the preparation of a dataset that has data and was neither prepared nor refused."""
    has_failed = dataset.failed_version == dataset.version
    if dataset.has_edges and not dataset.is_prepared and not has_failed:
        submit_prepare(dataset)


def restart_prepare(dataset: Dataset) -> None:
    """Queue the preparation of new data; one that runs on former data starts over with the new."""
    job = active_job(prepare_key(dataset.dataset_id))
    if job is not None and job.state == Job.State.RUNNING:
        cancel(job)
    elif dataset.has_edges:
        submit_prepare(dataset)


def prepare_until_current(context: JobContext, dataset_id: str) -> None:
    """Prepare a dataset, and again if its data were replaced meanwhile.

    Raises:
        UserInputError: the tables and the bindings make no graph.
        CancelledError: it was stopped, and the data are the same.
    """
    while True:
        version = version_of(dataset_id)
        try:
            prepare(context, dataset_id)
        except (CancelledError, UserInputError):
            if version_of(dataset_id) in {version, None}:
                raise
        if version_of(dataset_id) in {version, None}:
            return
        context.restart()


def version_of(dataset_id: str) -> int | None:
    return Dataset.objects.filter(dataset_id=dataset_id).values_list("version", flat=True).first()


def prepare(context: JobContext, dataset_id: str) -> None:
    """Compute a dataset's graph, picture and layout; an error of the data is stored with the dataset.

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
        encodings, encoding_repairs = Encodings.from_wire(
            dataset.node_encodings, dataset.edge_encodings
        )
        context.progress(0.5, "Choosing colors and sizes")
        drawing_repairs = channel_repairs(graph, encodings)
        positions, position_repairs = given_positions(graph)
        files = DatasetFiles(dataset_id)
        previous = save_previous_version(dataset, files)
        files.save_graph(graph)
        save_view(files, graph, encodings)
        save_column_descriptions(files, graph, computed_columns(dataset, graph))
    except UserInputError as error:
        Dataset.objects.filter(pk=dataset.pk).update(failed_version=version, error=error.message)
        raise
    start, metadata = None, None
    if positions is None and previous is not None:
        if previous.is_layout_of(graph):
            positions, metadata = previous.positions, previous.metadata
        else:
            start = previous.start_positions(graph)
    if positions is None and is_map(graph):
        positions, metadata = map_layout(graph)
    write_still_frame(files, start)
    invalidate_undo(files, previous, graph)
    if positions is not None:
        files.save_layout(stored_layout(positions, metadata))
    with transaction.atomic():
        had_pins = remap_pins(dataset, previous, graph)
        Dataset.objects.filter(pk=dataset.pk).update(
            prepared_version=version,
            pins_version=F("pins_version") + int(had_pins),
            has_final_layout=positions is not None,
            error="",
            repairs=[
                *file_repairs(dataset),
                *(
                    repair.as_dict()
                    for repair in (
                        *repairs,
                        *encoding_repairs,
                        *drawing_repairs,
                        *position_repairs,
                    )
                ),
            ],
            node_count=graph.node_count,
            edge_count=graph.edge_count,
        )
        audit.record(
            "dataset.prepared", actor=system_actor("worker"), target=dataset, version=version
        )
    if positions is None:
        context.progress(0.6, "Laying out")
        run_initial_layout(context, files, graph, positions=start, finished=0.6)
    files.clear_previous_nodes()


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
    result = bind(edges, nodes, bindings)
    return result.graph, result.repairs


def hypergraph_of(
    table: pa.Table, transform: Mapping[str, Any]
) -> tuple[Graph, tuple[Repair, ...]]:
    columns = transform.get("entity_types") or transform.get("columns") or table.column_names
    edges, nodes, bindings = hypergraph(
        table,
        columns,
        direct=bool(transform.get("direct")),
        drop_na=transform.get("drop_na") is not False,
    )
    result = bind(edges, nodes, bindings)
    return result.graph, result.repairs


def table_of(entries: list[Any], direct: File | None) -> pa.Table | None:
    """All named files as one table, rows in their order; None if there is none."""
    parts = [read_table(path) for path in table_paths(entries, direct)]
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts, promote_options="permissive")


def file_repairs(dataset: Dataset) -> list[dict[str, Any]]:
    """The repairs of the files that the dataset reads."""
    ids = [
        entry[0] if isinstance(entry, list) else entry
        for entry in (*dataset.edge_files, *dataset.node_files)
    ]
    files = [*File.objects.filter(file_id__in=ids), dataset.edge_data, dataset.node_data]
    return [repair for file in files if file is not None for repair in file.repairs]


def table_paths(entries: list[Any], direct: File | None) -> list[Path]:
    """The Arrow files of the named files, and of the table that came without a file.

    Raises:
        UserInputError: a file is deleted, or has no such table.
        NotFoundError: its content is gone.
    """
    paths = [named_path(entry) for entry in entries]
    return paths if direct is None else [*paths, file_path(direct, 0)]


def named_path(entry: object) -> Path:
    file_id, index = entry if isinstance(entry, list) else (entry, 0)
    file = File.objects.filter(file_id=file_id).first()
    if file is None:
        raise UserInputError(f"The file '{file_id}' that this graph was made of is deleted.")
    return file_path(file, index)


def file_table(file: File, index: int) -> pa.Table:
    """A table of a file, mapped and not loaded. Raises as `file_path` does."""
    return read_table(file_path(file, index))


def file_path(file: File, index: int) -> Path:
    """The path of a table of a file.

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
    """The uploaded positions, float32 (n, 2), missing ones filled with the mean; None if there are none."""
    names = (graph.bindings.node_x, graph.bindings.node_y)
    if any(name is None or name not in graph.nodes.column_names for name in names):
        return None, ()
    columns = []
    for name in names:
        values = numbers_of(graph.nodes[name])
        if len(values) and np.isnan(values).all():
            text = f"The position column '{name}' contains no numbers; it is ignored."
            return None, (Repair(code="position-ignored", message=text, column=str(name)),)
        columns.append(values)
    with np.errstate(over="ignore"):
        positions = np.column_stack(columns).astype(np.float32)
    is_missing = ~np.isfinite(positions).all(axis=1)
    count = int(is_missing.sum())
    if count == len(positions):
        return None, ()
    given = positions[~is_missing]
    if len(positions) > 1 and (given == given[0]).all():
        text = (
            f"All positions are the same ({given[0, 0]:g}, {given[0, 1]:g}); the graph is laid out."
        )
        return None, (Repair(code="position-ignored", message=text, count=len(given)),)
    repairs: tuple[Repair, ...] = ()
    if count:
        positions[is_missing] = given.mean(axis=0, dtype=np.float64)
        text = f"{count} nodes have no position; they are placed in the middle."
        repairs = (Repair(code="position-filled", message=text, count=count),)
    return np.ascontiguousarray(positions), repairs


def is_map(graph: Graph) -> bool:
    """Whether the nodes have bound coordinates and no edges, so that places on earth are all that joins them."""
    names = (graph.bindings.node_latitude, graph.bindings.node_longitude)
    has_coordinates = all(name in graph.nodes.column_names for name in names)
    return has_coordinates and graph.edge_count == 0 and graph.node_count > 0


def map_layout(graph: Graph) -> tuple[Positions | None, LayoutMetadata | None]:
    """Positions on the map; None if no node has usable coordinates."""
    from graphkeep.compute.layouts.geographic import GEOGRAPHIC  # in workers alone

    try:
        result = GEOGRAPHIC.place(graph, GEOGRAPHIC.check({}, graph), LayoutRun())
    except UserInputError:
        return None, None
    return result.positions, build_metadata(result, GEOGRAPHIC.name, {})


def computed_columns(dataset: Dataset, graph: Graph) -> dict[str, str]:
    """The metric of each node column that was not uploaded."""
    paths = table_paths(dataset.node_files, dataset.node_data)
    uploaded_names = {name for path in paths for name in read_column_names(path)}
    computed_names = AUTOMATIC & set(graph.nodes.column_names) - uploaded_names
    return {name: name if name == "community" else "degree" for name in computed_names}

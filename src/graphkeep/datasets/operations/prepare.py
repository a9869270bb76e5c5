"""Prepare a dataset: bind its tables, color and lay out the graph; each step is stored whole."""

import numpy as np
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
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import save_column_descriptions, save_view
from graphkeep.datasets.operations.dataset_tables import computed_columns, file_repairs, graph_of
from graphkeep.datasets.operations.default_columns import with_communities
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.numbers import numbers_of
from graphkeep.graph.repairs import Repair
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import active_job, cancel, submit
from graphkeep.jobs.registry import CancelledError, JobContext
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

"""Apply a layout to a graph, for everybody who sees it, and undo it."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorkingError
from dataclasses import replace
from secrets import token_hex
from threading import Event
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.compute.edges import bound_edge_weights
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.compute.parameters import ParameterValue, ParameterValues
from graphkeep.datasets.dataset_files import DatasetFiles, StoredLayout
from graphkeep.datasets.job_keys import apply_layout_key, layout_run_key
from graphkeep.datasets.layout.frames import FramePublisher
from graphkeep.datasets.layout.metadata import (
    LayoutMetadata,
    build_metadata,
    layout_metadata,
    metadata_of,
    stored_layout,
)
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.layout.state import undo_target
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import active_job, cancel, paused_job, submit
from graphkeep.jobs.registry import CancelledError, JobContext
from graphkeep.telemetry import metrics
from graphkeep.telemetry.tracing import span

POLL_S = 0.2


def layout_named(name: str) -> Layout:
    """Raises UserInputError: there is no layout of that name."""
    layout = LAYOUTS.get(name)
    if layout is None:
        raise UserInputError(f"layout '{name}' is not one of {', '.join(LAYOUTS)}.")
    return layout


def start_layout(
    dataset: Dataset, layout: str, options: Mapping[str, ParameterValue], *, actor: Actor
) -> Job:
    """Queue a layout; a run of the force-directed one and an unfinished layout are cancelled.

    Raises:
        NotAllowedError: the actor may only view: a layout moves the nodes for everybody.
        UserInputError: there is no such layout or option, or the graph is not prepared.
    """
    authorize(may_edit, actor, dataset)
    chosen_layout = layout_named(layout)
    check_prepared(dataset)
    chosen_layout.check(options, DatasetFiles(dataset.dataset_id).tables())
    with transaction.atomic():
        job = replace_layout_job(
            dataset, "arrange", {"layout": chosen_layout.name, "options": dict(options)}
        )
        audit.record("dataset.arranged", actor=actor, target=dataset, layout=chosen_layout.name)
    return job


def start_undo(dataset: Dataset, *, actor: Actor) -> Job:
    """Queue an undo of the last layout; a second undo is a redo.

    Raises:
        NotAllowedError: the actor may only view.
        UserInputError: there is nothing to undo.
    """
    authorize(may_edit, actor, dataset)
    check_prepared(dataset)
    if undo_target(dataset) is None:
        raise UserInputError("No layout was applied yet that could be undone.")
    with transaction.atomic():
        job = replace_layout_job(dataset, "undo-arranging", {})
        audit.record("dataset.arrangement-undone", actor=actor, target=dataset)
    return job


def check_prepared(dataset: Dataset) -> None:
    if not dataset.is_prepared:
        raise UserInputError(
            "This graph is not prepared yet: choose a layout once its picture is shown."
        )


def replace_layout_job(dataset: Dataset, kind: str, arguments: dict[str, Any]) -> Job:
    """Cancel every layout job of a dataset and queue this one."""
    key = apply_layout_key(dataset.dataset_id)
    run_key = layout_run_key(dataset.dataset_id)
    for job in (active_job(key), active_job(run_key), paused_job(run_key)):
        if job is not None:
            cancel(job)
    # A running job ends at its next heartbeat; the key is free for its successor at once.
    Job.objects.filter(dedupe_key=key, state=Job.State.RUNNING).update(dedupe_key="")
    return submit(kind, {"dataset_id": dataset.dataset_id, **arguments}, dedupe_key=key)


def apply_layout(
    context: JobContext, dataset_id: str, layout: str, options: dict[str, Any]
) -> None:
    """Compute a layout in a thread while the job reports progress; store it with its metadata."""
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    chosen_layout = layout_named(layout)
    files = DatasetFiles(dataset_id)
    graph = files.graph()
    parameters = chosen_layout.check(options, graph)
    sizes = {"node_count": graph.node_count, "edge_count": graph.edge_count}
    current = current_layout(dataset)
    with FramePublisher(context, files, graph.node_count) as publisher:
        publisher.announce(current.positions)
        with span("arrange", layout=layout, **sizes), metrics.observe_duration("layout_seconds"):
            result = run_in_thread(context, chosen_layout, graph, parameters)
        metadata = build_metadata(result, layout, options)
        replace_layout(
            publisher, dataset, former=current, new=stored_layout(result.positions, metadata)
        )


def undo_layout(context: JobContext, dataset_id: str) -> None:
    """Swap the current layout and the previous one."""
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    previous = undo_target(dataset) if dataset is not None else None
    if dataset is None or previous is None:
        return
    current = current_layout(dataset)
    restored = stored_layout(
        np.array(previous.positions, np.float32), with_new_revision(metadata_of(previous))
    )
    files = DatasetFiles(dataset_id)
    with FramePublisher(context, files, len(restored.positions)) as publisher:
        publisher.announce(current.positions)
        replace_layout(publisher, dataset, former=current, new=restored)


def with_new_revision(metadata: LayoutMetadata | None) -> LayoutMetadata | None:
    return None if metadata is None else replace(metadata, revision=token_hex(8))


def current_layout(dataset: Dataset) -> StoredLayout:
    """What is shown now, pins included, in memory: the file is about to be replaced."""
    positions = np.array(current_positions(dataset), np.float32)
    return stored_layout(positions, layout_metadata(dataset))


def run_in_thread(
    context: JobContext, layout: Layout, graph: Graph, parameters: ParameterValues
) -> LayoutResult:
    """Compute a layout in a thread while the job sends heartbeats; edges weigh as in the initial layout.

    Raises:
        CancelledError: the job was cancelled; a layout that does not ask is computed to its end first.
    """
    is_cancelled = Event()
    run = LayoutRun(edge_weights=bound_edge_weights(graph), cancel=is_cancelled.is_set)
    with ThreadPoolExecutor(1) as executor:
        result = executor.submit(layout.place, graph, parameters, run)
        while True:
            try:
                return result.result(timeout=POLL_S)
            except StillWorkingError:
                if result.done():
                    raise
            try:
                context.progress(0.5, "Arranging")
            except CancelledError:
                is_cancelled.set()
                raise


def replace_layout(
    publisher: FramePublisher, dataset: Dataset, *, former: StoredLayout, new: StoredLayout
) -> None:
    """Store `new`, and `former` for an undo.

    Raises:
        CancelledError: the dataset was deleted, or has newer tables.
    """
    wait_for_cancelled_run(publisher.context, dataset)
    with transaction.atomic():
        locked = Dataset.objects.select_for_update().filter(pk=dataset.pk).first()
        if locked is None or locked.prepared_version != dataset.prepared_version:
            raise CancelledError
        publisher.files.save_previous_layout(former)
        publisher.files.save_layout(new)
        locked.pins.all().delete()  # their positions are part of `former`
        Dataset.objects.filter(pk=locked.pk).update(
            has_final_layout=True,
            pins_version=F("pins_version") + 1,
        )
    publisher.end(new.positions)


def wait_for_cancelled_run(context: JobContext, dataset: Dataset) -> None:
    """A run that was cancelled still stores its last positions."""
    while True:
        context.progress(0.9, "Arranging")
        run = active_job(layout_run_key(dataset.dataset_id))
        if run is None or run.state != Job.State.RUNNING or not run.cancel_requested:
            return
        time.sleep(POLL_S)

"""A graph arranged by one of the layouts, for everybody who sees it; and put back as it was."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorkingError
from dataclasses import replace
from secrets import token_hex
from threading import Event
from typing import Any, Self

import numpy as np
from django.db import transaction
from django.db.models import F

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.compute.edges import bound_edge_weights
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.compute.parameters import ParameterValues, TablesOnly
from graphkeep.compute.positions import Positions
from graphkeep.datasets.layout.frames import current_positions
from graphkeep.datasets.layout.metadata import (
    CURRENT,
    PREVIOUS,
    LayoutMetadata,
    build_metadata,
    layout_metadata,
    put_layout,
)
from graphkeep.datasets.layout.state import can_undo
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.datasets.storage import frames_path, graph_store
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import active_job, cancel, paused_job, submit
from graphkeep.jobs.registry import CancelledError, JobContext
from graphkeep.store.frames import FrameWriter
from graphkeep.store.graph_store import bindings_of, get_graph
from graphkeep.telemetry import metrics
from graphkeep.telemetry.tracing import span

POLL_S = 0.2


def layout_named(name: object) -> Layout:
    """Raises UserInputError: there is none of that name."""
    found = LAYOUTS.get(name) if isinstance(name, str) else None
    if found is None:
        raise UserInputError(f"layout '{name}' is not one of {', '.join(LAYOUTS)}.")
    return found


def start_layout(
    dataset: Dataset, layout: object, options: Mapping[str, Any], *, actor: Actor
) -> Job:
    """Queue an arrangement; a run of the layout and an arrangement under way are called off.

    Raises:
        NotAllowedError: the actor may only look: it moves the nodes for everybody.
        UserInputError: there is no such layout or option, or the graph is not ready.
    """
    authorize(may_edit, actor, dataset)
    chosen = layout_named(layout)
    check_prepared(dataset)
    home = graph_store()
    tables = TablesOnly(
        nodes=home.table(dataset.dataset_id, "nodes"),
        edges=home.table(dataset.dataset_id, "edges"),
        node_column=bindings_of(home, dataset.dataset_id).node or "id",
    )
    chosen.check(options, tables)
    with transaction.atomic():
        job = replace_layout_job(
            dataset, "arrange", {"layout": chosen.name, "options": dict(options)}
        )
        audit.record("dataset.arranged", actor=actor, target=dataset, layout=chosen.name)
    return job


def start_undo(dataset: Dataset, *, actor: Actor) -> Job:
    """Queue the way back to the positions before the last arrangement; undone again, it is the way forth.

    Raises:
        NotAllowedError: the actor may only look.
        UserInputError: there is nothing to go back to.
    """
    authorize(may_edit, actor, dataset)
    check_prepared(dataset)
    if not can_undo(dataset):
        raise UserInputError("Nothing was arranged yet that could be undone.")
    with transaction.atomic():
        job = replace_layout_job(dataset, "undo-arranging", {})
        audit.record("dataset.arrangement-undone", actor=actor, target=dataset)
    return job


def check_prepared(dataset: Dataset) -> None:
    if not dataset.is_prepared:
        raise UserInputError("This graph is not drawn yet: open it, and arrange it once it is.")


def replace_layout_job(dataset: Dataset, kind: str, arguments: dict[str, Any]) -> Job:
    key = f"arrange:{dataset.dataset_id}"
    play = f"play:{dataset.dataset_id}"
    for former in (active_job(key), active_job(play), paused_job(play)):
        if former is not None:
            cancel(former)
    # One that runs ends at its next beat; the key is free for its successor at once.
    Job.objects.filter(dedupe_key=key, state=Job.State.RUNNING).update(dedupe_key="")
    return submit(kind, {"dataset_id": dataset.dataset_id, **arguments}, dedupe_key=key)


def apply_layout(
    context: JobContext, dataset_id: str, layout: str, options: dict[str, Any]
) -> None:
    """Work it out beside a thread that tells how it goes, and keep it with its scenery."""
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    chosen = layout_named(layout)
    graph = get_graph(graph_store(), dataset_id)
    parameters = chosen.check(options, graph)
    sizes = {"node_count": graph.node_count, "edge_count": graph.edge_count}
    with Stage(context, dataset) as stage:
        with span("arrange", layout=layout, **sizes), metrics.observe_duration("layout_seconds"):
            placed = stage.run_layout(chosen, graph, parameters)
        stage.change(placed.positions, build_metadata(placed, layout, options))


def undo_layout(context: JobContext, dataset_id: str) -> None:
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not can_undo(dataset):
        return
    positions = np.array(graph_store().arrays(dataset_id, PREVIOUS)["position"], np.float32)
    scenery = layout_metadata(dataset, PREVIOUS)
    if scenery is not None:
        scenery = replace(scenery, revision=token_hex(8))
    with Stage(context, dataset) as stage:
        stage.change(positions, scenery)


class Stage:
    """The change of a graph's positions before the eyes of those who watch it."""

    def __init__(self, context: JobContext, dataset: Dataset) -> None:
        self.context, self.dataset = context, dataset
        self.former = np.array(current_positions(dataset), np.float32)
        self.former_scenery = layout_metadata(dataset)
        self.frames = FrameWriter(frames_path(dataset.dataset_id), len(self.former))

    def __enter__(self) -> Self:
        # A frame wakes those who watch: they learn that something is under way.
        self.frames.write(self.former, 0, 0.0)
        return self

    def __exit__(self, *_: object) -> None:
        self.frames.close()

    def run_layout(self, layout: Layout, graph: Graph, parameters: ParameterValues) -> LayoutResult:
        """Edges weigh as when the graph was first drawn. The job's heartbeat goes on meanwhile.

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
                    self.context.progress(0.5, "Arranging")
                except CancelledError:
                    is_cancelled.set()
                    raise

    def change(self, positions: Positions, scenery: LayoutMetadata | None) -> None:
        """What stood becomes what can be gone back to."""
        dataset_id = self.dataset.dataset_id
        self.wait_for_runs()
        with transaction.atomic():
            locked = Dataset.objects.select_for_update().filter(dataset_id=dataset_id).first()
            if locked is None or locked.prepared_version != self.dataset.prepared_version:
                raise CancelledError
            put_layout(dataset_id, PREVIOUS, self.former, self.former_scenery)
            put_layout(dataset_id, CURRENT, positions, scenery)
            locked.pins.all().delete()  # they stand in what was before
            Dataset.objects.filter(pk=locked.pk).update(
                has_final_layout=True,
                pins_version=F("pins_version") + 1,
            )
        self.frames.write(positions, 1, 1.0, final=True)

    def wait_for_runs(self) -> None:
        """A run that was called off still writes where it came to."""
        key = f"play:{self.dataset.dataset_id}"
        while True:
            self.context.progress(0.9, "Arranging")
            running = active_job(key)
            if (
                running is None
                or running.state != Job.State.RUNNING
                or not running.cancel_requested
            ):
                return
            time.sleep(POLL_S)

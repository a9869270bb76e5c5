"""The job of a layout run: the force-directed layout continued from the current positions, around pins."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from graphkeep.compute.force.parameters import CONTINUE_PARAMETERS
from graphkeep.compute.parameters import ParameterValues, accept_values
from graphkeep.compute.positions import Positions
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.force_layout import run_force_layout
from graphkeep.datasets.layout.frames import FramePublisher
from graphkeep.datasets.layout.metadata import metadata_after_run
from graphkeep.datasets.layout.pins import RELAX_MS, PinWatch, delete_released_pins, pins_of
from graphkeep.datasets.layout.positions import current_positions, store_layout
from graphkeep.datasets.layout.viewer_presence import ViewerPresence
from graphkeep.datasets.models import Dataset
from graphkeep.graph.graph import Graph
from graphkeep.jobs.registry import JobContext, YieldedError


class RunBudget:
    """The time of a run, over all its parts."""

    def __init__(self, *, ms: int, spent_ms: int) -> None:
        self.ms = ms
        self._began = time.monotonic() - spent_ms / 1000

    @property
    def spent_ms(self) -> int:
        return round(1000 * (time.monotonic() - self._began))

    @property
    def left_s(self) -> float:
        return max(0.0, (self.ms - self.spent_ms) / 1000)

    @property
    def share(self) -> float:
        return min(1.0, self.spent_ms / max(self.ms, 1))

    @property
    def is_left(self) -> bool:
        return self.spent_ms < self.ms

    def extend(self, ms: int) -> None:
        """At least so much is left from now on."""
        self.ms = max(self.ms, self.spent_ms + ms)


def run_layout_job(
    context: JobContext,
    dataset_id: str,
    ms: int,
    options: dict[str, Any],
    spent_ms: int = 0,
    watched: Sequence[float] = (0, 0.0),
) -> None:
    """Continue the layout for `ms` milliseconds in all, while it has a viewer.

    Raises:
        YieldedError: it is paused, or other work waits; the rest of its time comes later.
    """
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    files = DatasetFiles(dataset_id)
    budget = RunBudget(ms=ms, spent_ms=spent_ms)
    presence = ViewerPresence(files, state=watched)
    graph = files.graph()
    with FramePublisher(
        context, files, graph.node_count, share=lambda _: budget.share
    ) as publisher:
        positions = run_layout(
            dataset, graph, publisher, budget, presence, accept_values(CONTINUE_PARAMETERS, options)
        )
        publisher.end(positions, is_final=not context.should_yield)
    if context.should_yield and budget.is_left and not presence.is_gone():
        raise YieldedError(
            dataset_id=dataset_id,
            ms=budget.ms,
            options=options,
            spent_ms=budget.spent_ms,
            watched=presence.state,
        )


def run_layout(
    dataset: Dataset,
    graph: Graph,
    publisher: FramePublisher,
    budget: RunBudget,
    presence: ViewerPresence,
    parameters: ParameterValues,
) -> Positions:
    """Run until the budget is spent, and longer if a node was moved meanwhile."""
    context = publisher.context
    version = dataset.prepared_version
    while True:
        pins = pins_of(dataset)
        watch = PinWatch(dataset, pins)
        positions = run_force_layout(
            publisher,
            graph,
            positions=current_positions(dataset, pins),
            fixed=pins.held_mask(dataset.node_count),
            budget_s=budget.left_s,
            parameters=parameters,
            cancel=any_of(context.should_stop, presence.is_gone, watch.have_changed),
        )
        # Meanwhile another worker may have prepared newer tables, or the graph may be deleted.
        current = Dataset.objects.filter(pk=dataset.pk, prepared_version=version).first()
        if current is None:
            return positions
        dataset = current
        store_layout(publisher.files, positions, metadata_after_run(dataset, parameters))
        delete_released_pins(dataset, pins)
        if context.should_stop() or presence.is_gone() or not watch.have_changed(now=True):
            return positions
        dataset.has_final_layout = True
        budget.extend(RELAX_MS)


def any_of(*conditions: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: any(condition() for condition in conditions)

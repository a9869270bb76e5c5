"""The layout played on from where it stands, around what people put somewhere."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from graphkeep.compute.force.parameters import CONTINUE_PARAMETERS
from graphkeep.compute.parameters import ParameterValues, accept_values
from graphkeep.compute.positions import Positions
from graphkeep.datasets.layout.frames import (
    FramePublisher,
    current_positions,
    store_layout,
)
from graphkeep.datasets.layout.metadata import metadata_after_run
from graphkeep.datasets.layout.pins import RELAX_MS, PinWatch, delete_released_pins, pins_of
from graphkeep.datasets.layout.viewer_presence import ViewerPresence
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import graph_store
from graphkeep.jobs.registry import JobContext, YieldedError
from graphkeep.store.graph_store import get_graph


class RunBudget:
    """How much of a run's time is spent, over all its parts."""

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

    def give(self, ms: int) -> None:
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
    """Let the layout run on for a while from where it stands, and while somebody watches.

    Raises:
        YieldedError: it is paused, or other work waits; the rest of its time comes later.
    """
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    clock = RunBudget(ms=ms, spent_ms=spent_ms)
    audience = ViewerPresence(dataset_id, memory=watched)
    graph = get_graph(graph_store(), dataset_id)
    with FramePublisher(context, dataset_id, graph, share=lambda _: clock.share) as showing:
        parameters = accept_values(CONTINUE_PARAMETERS, options)
        placed = run_layout(dataset, showing, clock, audience, parameters)
        showing.end(placed, is_final=not context.should_yield)
    if context.should_yield and clock.is_left and not audience.is_gone():
        raise YieldedError(
            dataset_id=dataset_id,
            ms=clock.ms,
            options=options,
            spent_ms=clock.spent_ms,
            watched=audience.memory,
        )


def run_layout(
    dataset: Dataset,
    showing: FramePublisher,
    clock: RunBudget,
    audience: ViewerPresence,
    parameters: ParameterValues,
) -> Positions:
    """Until the time is spent, and then some more whenever somebody moved a node meanwhile."""
    context = showing.context
    version = dataset.prepared_version
    while True:
        pins = pins_of(dataset)
        watch = PinWatch(dataset, pins)
        placed = showing.place(
            positions=current_positions(dataset, pins),
            fixed=pins.mask(dataset.node_count),
            budget_s=clock.left_s,
            parameters=parameters,
            cancel=any_of(context.should_stop, audience.is_gone, watch.have_changed),
        )
        # Another worker may have prepared newer tables meanwhile, or somebody deleted the graph.
        found = Dataset.objects.filter(pk=dataset.pk, prepared_version=version).first()
        if found is None:
            return placed
        dataset = found
        store_layout(dataset.dataset_id, placed, metadata_after_run(dataset, parameters))
        delete_released_pins(dataset, pins)
        if context.should_stop() or audience.is_gone() or not watch.have_changed(now=True):
            return placed
        dataset.has_final_layout = True
        clock.give(RELAX_MS)


def any_of(*reasons: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: any(holds() for holds in reasons)

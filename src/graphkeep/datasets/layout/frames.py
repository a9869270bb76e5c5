"""Where the nodes of a graph stand, and the work that finds it."""

import time
from collections.abc import Callable
from typing import Self

import numpy as np
import numpy.typing as npt

from graphkeep.compute.edges import bound_edge_weights
from graphkeep.compute.force.parameters import FORCE_PARAMETERS
from graphkeep.compute.layout import LayoutRun
from graphkeep.compute.parameters import ParameterValues, default_values
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.sunflower import sunflower
from graphkeep.datasets.layout.metadata import CURRENT, LayoutMetadata, put_layout
from graphkeep.datasets.layout.pins import Pins, pins_of
from graphkeep.datasets.layout.viewer_presence import ViewerPresence
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import frames_path, graph_store
from graphkeep.graph.graph import Graph
from graphkeep.jobs.registry import JobContext
from graphkeep.store.frames import FrameWriter, latest_positions
from graphkeep.telemetry import metrics
from graphkeep.telemetry.tracing import span

FRAME_S = 0.1
UNWATCHED_S = 1.0  # who comes then finds a picture at once
MAX_BYTES_PER_S = 8_000_000


def run_initial_layout(
    context: JobContext,
    dataset_id: str,
    graph: Graph,
    *,
    positions: Positions | None = None,
    budget_s: float | None = None,
    done: float = 0.0,
) -> None:
    """Place every node and keep the result. `done` is the share of the whole work that lies behind."""
    with FramePublisher(
        context, dataset_id, graph, share=lambda part: done + (1 - done) * part
    ) as showing:
        placed = showing.place(positions=positions, budget_s=budget_s, cancel=context.should_stop)
        store_layout(dataset_id, placed)
        showing.end(placed)


def write_still_frame(dataset_id: str, positions: Positions | None) -> None:
    """What is seen until a layout's first frame: these positions, or nothing of the former tables."""
    frames_path(dataset_id).unlink(missing_ok=True)
    if positions is not None:
        still = FrameWriter(frames_path(dataset_id), len(positions))
        still.write(positions, 0, 0.0)
        still.close()


def frame_interval_s(n: int) -> float:
    """Seconds between two frames of so many nodes, so that writing them takes little of the work."""
    return max(FRAME_S, 4 * n / MAX_BYTES_PER_S)


def store_layout(dataset_id: str, placed: Positions, scenery: LayoutMetadata | None = None) -> None:
    put_layout(dataset_id, CURRENT, placed, scenery)
    Dataset.objects.filter(dataset_id=dataset_id).update(has_final_layout=True)


class FramePublisher:
    """One graph's way to its layout: its frames lie where any process reads them."""

    def __init__(
        self,
        context: JobContext,
        dataset_id: str,
        graph: Graph,
        *,
        share: Callable[[float], float],
    ) -> None:
        """`share` is that of the whole work which is done, by the progress of the layout's part."""
        self.context, self.graph, self.share = context, graph, share
        self.frames = FrameWriter(frames_path(dataset_id), graph.node_count)
        self.count = 0
        self.audience = ViewerPresence(dataset_id)
        self.next_frame = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.frames.close()

    def place(
        self,
        *,
        cancel: Callable[[], bool],
        positions: Positions | None = None,
        fixed: npt.NDArray[np.bool_] | None = None,
        budget_s: float | None = None,
        parameters: ParameterValues | None = None,
    ) -> Positions:
        graph = self.graph
        if positions is not None and self.count == 0:
            self.show(positions, 0.0)
        sizes = {"node_count": graph.node_count, "edge_count": graph.edge_count}
        from graphkeep.compute.layouts.force import FORCE  # numba: in workers alone

        run = LayoutRun(
            edge_weights=bound_edge_weights(graph),
            start=positions,
            fixed=fixed,
            budget_s=budget_s,
            on_frame=self.show,
            cancel=cancel,
        )
        with span("layout", **sizes), metrics.observe_duration("layout_seconds"):
            parameters = parameters or default_values(FORCE_PARAMETERS)
            return FORCE.place(graph, parameters, run).positions

    def show(self, placed: Positions, progress: float) -> None:
        share = self.share(progress)
        self.context.should_stop(progress=share, message="Laying out")
        now = time.monotonic()
        if now < self.next_frame:
            return
        self.count += 1
        self.frames.write(placed, self.count, share)
        pause = UNWATCHED_S if self.audience.is_gone() else frame_interval_s(len(placed))
        self.next_frame = now + pause

    def end(self, placed: Positions, *, is_final: bool = True) -> None:
        self.frames.write(placed, self.count + 1, 1.0, final=is_final)


def current_positions(dataset: Dataset, pins: Pins | None = None) -> Positions:
    """Where the nodes stand, float32 (n, 2): laid out, or on a disc that waits for its layout.

    Nodes that people put somewhere stand there.
    """
    return (pins or pins_of(dataset)).on(layout_positions(dataset))


def layout_positions(dataset: Dataset) -> Positions:
    """As they were kept last, or as the layout that runs has them now."""
    home = graph_store()
    if dataset.has_final_layout and home.has_arrays(dataset.dataset_id, "layout"):
        return home.arrays(dataset.dataset_id, "layout")["position"].astype(np.float32, copy=False)
    shown = latest_positions(frames_path(dataset.dataset_id), dataset.node_count)
    return sunflower(dataset.node_count) if shown is None else shown

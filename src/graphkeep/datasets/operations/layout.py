"""A graph's layout: from nothing, or played on from where it stands."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkeep.compute.force.layout import ForceOptions, force_layout
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.places import frames_path, store
from graphkeep.datasets.watching import Audience
from graphkeep.graph.graph import Graph
from graphkeep.jobs.registry import JobContext, LeftOffError
from graphkeep.store.frames import FrameWriter
from graphkeep.store.graph_store import get_graph
from graphkeep.watch import numbers
from graphkeep.watch.spans import span

Positions = npt.NDArray[np.float32]


def lay_out(
    context: JobContext,
    dataset_id: str,
    graph: Graph,
    *,
    positions: Positions | None = None,
    budget_s: float | None = None,
    options: ForceOptions | None = None,
    done: float = 0.0,
    ends_early: Callable[[], bool] = lambda: False,
) -> None:
    """Place every node and keep the result; frames of the way there lie where any process reads.

    `done` is the share of the whole work that lies behind.
    """
    frames = FrameWriter(frames_path(dataset_id), graph.node_count)
    count = 0

    def on_frame(placed: Positions, progress: float) -> None:
        nonlocal count
        count += 1
        frames.write(placed, count, progress)
        context.cancelled(progress=done + (1 - done) * progress, message="Laying out")

    sizes = {"node_count": graph.node_count, "edge_count": graph.edge_count}
    try:
        with span("layout", **sizes), numbers.timed("layout_seconds"):
            placed = force_layout(
                graph.node_count,
                np.column_stack((graph.source_index, graph.destination_index)),
                weights=edge_weights(graph),
                seed=7,
                positions=positions,
                budget_s=budget_s,
                options=options or ForceOptions(),
                on_frame=on_frame,
                cancel=lambda: context.cancelled() or ends_early(),
            )
        store().put_arrays(dataset_id, "layout", position=placed)
        frames.write(placed, count + 1, 1.0, final=not context.gives_way)
    finally:
        frames.close()
    Dataset.objects.filter(dataset_id=dataset_id).update(has_final_layout=True)


def play(
    context: JobContext,
    dataset_id: str,
    ms: int,
    options: dict[str, Any],
    spent_ms: int = 0,
    watched: Sequence[float] = (0, 0.0),
) -> None:
    """Let the layout run on for a while from where it stands, and while somebody watches.

    Raises:
        LeftOffError: other work waits; the rest of the time comes after it.
    """
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    if dataset is None or not dataset.is_prepared:
        return
    began = time.monotonic()
    audience = Audience(dataset_id, memory=watched)
    lay_out(
        context,
        dataset_id,
        get_graph(store(), dataset_id),
        positions=np.array(current_positions(dataset), np.float32),
        budget_s=(ms - spent_ms) / 1000,
        options=force_options(options),
        done=spent_ms / max(ms, 1),
        ends_early=audience.is_gone,
    )
    spent_ms += round(1000 * (time.monotonic() - began))
    if context.gives_way and spent_ms < ms and not audience.is_gone():
        raise LeftOffError(
            dataset_id=dataset_id,
            ms=ms,
            options=options,
            spent_ms=spent_ms,
            watched=audience.memory,
        )


def force_options(said: dict[str, Any]) -> ForceOptions:
    """Options by their names in the viewer's address; what is not a known one is left out."""
    names = {
        "linLog": "lin_log",
        "strongGravity": "strong_gravity",
        "dissuadeHubs": "dissuade_hubs",
        "lockedX": "locked_x",
        "lockedY": "locked_y",
        "lockedR": "locked_r",
    }
    numbers = {
        "edgeInfluence": "edge_influence",
        "gravity": "gravity",
        "scalingRatio": "scaling_ratio",
        "precisionVsSpeed": "precision_vs_speed",
    }
    known: dict[str, Any] = {names[k]: v is True for k, v in said.items() if k in names}
    for key, field in numbers.items():
        value = said.get(key)
        if isinstance(value, int | float) and math.isfinite(value) and abs(value) <= 1000:
            known[field] = float(value)
    return ForceOptions(**known)


def edge_weights(graph: Graph) -> npt.NDArray[np.float32] | None:
    name = graph.bindings.edge_weight
    if name is None or name not in graph.edges.column_names:
        return None
    column = graph.edges[name]
    if column.type.__str__() not in {"int64", "int32", "double", "float", "uint32", "uint64"}:
        return None
    values = np.nan_to_num(np.asarray(column.to_numpy(), np.float32), nan=0.0)
    top = float(np.abs(values).max(initial=0.0))
    return values / top if top > 0 else None


def current_positions(dataset: Dataset) -> Positions:
    """Where the nodes stand, float32 (n, 2): laid out, or on a disc that waits for its layout."""
    home = store()
    if dataset.has_final_layout and home.has_arrays(dataset.dataset_id, "layout"):
        return home.arrays(dataset.dataset_id, "layout")["position"].astype(np.float32, copy=False)
    return disc(dataset.node_count)


def disc(n: int) -> Positions:
    """A sunflower: even spacing without an order that looks like meaning."""
    at = np.arange(n, dtype=np.float64)
    angle = at * (math.pi * (3.0 - math.sqrt(5.0)))
    radius = np.sqrt(at + 0.5)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle))).astype(np.float32)

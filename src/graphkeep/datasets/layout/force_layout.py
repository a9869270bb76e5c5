"""The force-directed layout of a dataset, published in frames while it runs."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from graphkeep.compute.edges import bound_edge_weights
from graphkeep.compute.force.parameters import FORCE_PARAMETERS
from graphkeep.compute.layout import LayoutRun
from graphkeep.compute.parameters import ParameterValues, default_values
from graphkeep.compute.positions import Positions
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.frames import FramePublisher
from graphkeep.datasets.layout.positions import store_layout
from graphkeep.graph.graph import Graph
from graphkeep.jobs.registry import JobContext
from graphkeep.telemetry import metrics
from graphkeep.telemetry.tracing import span


def run_initial_layout(
    context: JobContext,
    files: DatasetFiles,
    graph: Graph,
    *,
    positions: Positions | None = None,
    finished: float = 0.0,
) -> None:
    """Lay a graph out and store the result; `finished` is the share of the whole job before it."""

    def share(progress: float) -> float:
        return finished + (1 - finished) * progress

    with FramePublisher(context, files, graph.node_count, share=share) as publisher:
        laid_out = run_force_layout(
            publisher, graph, positions=positions, cancel=context.should_stop
        )
        store_layout(files, laid_out)
        publisher.end(laid_out)


def run_force_layout(
    publisher: FramePublisher,
    graph: Graph,
    *,
    cancel: Callable[[], bool],
    positions: Positions | None = None,
    fixed: npt.NDArray[np.bool_] | None = None,
    budget_s: float | None = None,
    parameters: ParameterValues | None = None,
) -> Positions:
    """Float32 (n, 2), continued from `positions` if given; `fixed` bool (n,) nodes do not move."""
    if positions is not None and publisher.count == 0:
        publisher.publish(positions, 0.0)
    sizes = {"node_count": graph.node_count, "edge_count": graph.edge_count}
    from graphkeep.compute.layouts.force import FORCE  # numba: in workers alone

    run = LayoutRun(
        edge_weights=bound_edge_weights(graph),
        start=positions,
        fixed=fixed,
        budget_s=budget_s,
        on_frame=publisher.publish,
        cancel=cancel,
    )
    with span("layout", **sizes), metrics.observe_duration("layout_seconds"):
        parameters = parameters or default_values(FORCE_PARAMETERS)
        return FORCE.place(graph, parameters, run).positions

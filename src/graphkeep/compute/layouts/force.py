"""Force-directed layout: connected nodes near each other."""

from dataclasses import fields

from graphkeep.compute.edges import edge_index
from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.force.parameters import FORCE_PARAMETERS, ForceOptions
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.parameters import ParameterValues
from graphkeep.graph.graph import Graph


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    """Supports all fields of a run; parameters may also be CONTINUE_PARAMETERS."""
    names = [field.name for field in fields(ForceOptions) if field.name in parameters]
    positions = force_layout(
        graph.node_count,
        edge_index(graph),
        weights=run.edge_weights,
        style=parameters["style"],
        quality=parameters["quality"],
        seed=run.seed,
        positions=run.start,
        fixed=run.fixed,
        budget_s=run.budget_s,
        threads=run.threads,
        options=ForceOptions(**{name: parameters[name] for name in names}),
        on_frame=run.on_frame,
        cancel=run.cancel,
    )
    return LayoutResult(positions=positions)


FORCE = Layout(
    name="force",
    title="Force",
    description="Connected nodes near one another, so that groups show.",
    place=place,
    parameters=FORCE_PARAMETERS,
    supports=frozenset(
        {"edge_weights", "start", "fixed", "budget_s", "threads", "on_frame", "cancel"}
    ),
)

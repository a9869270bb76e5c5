"""Connected nodes near one another."""

from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.layout import Layout, Options, Placed, ends_of
from graphkeep.graph.graph import Graph

SEED = 7  # as when a graph is first drawn


def place(graph: Graph, options: Options) -> Placed:
    return Placed(positions=force_layout(graph.node_count, ends_of(graph), seed=SEED))


FORCE = Layout(
    name="force",
    title="Force",
    description="Connected nodes near one another, so that groups show.",
    place=place,
)

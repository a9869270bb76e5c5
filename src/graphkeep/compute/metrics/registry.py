"""The metrics by name, as a menu shows them: each with what may be said to it."""

import numpy as np

from graphkeep.compute.metric import Metric, Option, Options, Tell, Values, edges_of, weights_of
from graphkeep.compute.metrics.betweenness import betweenness
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.cores import core_numbers
from graphkeep.compute.metrics.degree import degree
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.triangles import clustering, triangles
from graphkeep.graph.graph import Graph

MOST_SAMPLES = 5000

WEIGHTS = Option(
    name="weights",
    title="Weights",
    help="A column of the edges: how strong each edge is. Without it all are equal.",
    kind="column",
)


def is_directed(default: bool) -> Option:
    return Option(
        name="directed",
        title="Follow directions",
        help="Edges lead from their source to their destination only.",
        kind="flag",
        default=default,
    )


def of_pagerank(graph: Graph, options: Options, tell: Tell) -> Values:
    return pagerank(
        graph.node_count,
        edges_of(graph),
        weights=weights_of(graph, options["weights"]),
        directed=options["directed"],
        damping=options["damping"],
    )


def of_betweenness(graph: Graph, options: Options, tell: Tell) -> Values:
    return betweenness(
        graph.node_count,
        edges_of(graph),
        directed=options["directed"],
        samples=options["samples"],
        on_progress=tell,
    )


def of_communities(graph: Graph, options: Options, tell: Tell) -> Values:
    return communities(
        graph.node_count,
        edges_of(graph),
        weights=weights_of(graph, options["weights"]),
        resolution=options["resolution"],
        on_level=lambda: tell(0.0),
    )


def of_components(graph: Graph, options: Options, tell: Tell) -> Values:
    return components(graph.node_count, edges_of(graph))


def of_cores(graph: Graph, options: Options, tell: Tell) -> Values:
    return core_numbers(graph.node_count, edges_of(graph))


def of_strength(graph: Graph, options: Options, tell: Tell) -> Values:
    weights = weights_of(graph, options["weights"])
    found = degree(graph.node_count, edges_of(graph), weights=weights)
    return found if weights is not None else found.astype(np.int64)


def of_triangles(graph: Graph, options: Options, tell: Tell) -> Values:
    return triangles(graph.node_count, edges_of(graph))


def of_clustering(graph: Graph, options: Options, tell: Tell) -> Values:
    return clustering(graph.node_count, edges_of(graph))


PAGERANK = Metric(
    name="pagerank",
    title="PageRank",
    description="Important is what important nodes lead to. All values add up to 1.",
    measure=of_pagerank,
    options=(
        is_directed(default=True),
        WEIGHTS,
        Option(
            name="damping",
            title="Damping",
            help="How likely a walker follows an edge, and does not jump anywhere.",
            kind="number",
            default=0.85,
            low=0.0,
            high=0.99,
        ),
    ),
)
BETWEENNESS = Metric(
    name="betweenness",
    title="Betweenness",
    description="Which part of all shortest paths between two others leads through a node: bridges.",
    measure=of_betweenness,
    options=(
        is_directed(default=False),
        Option(
            name="samples",
            title="Sources",
            help="From how many nodes paths are followed. It is exact from all, an estimate from fewer.",
            kind="number",
            default=500,
            low=1,
            high=MOST_SAMPLES,
        ),
    ),
)
COMMUNITY = Metric(
    name="community",
    title="Communities",
    description="Groups with more edges within than between them, counted from the largest.",
    measure=of_communities,
    options=(
        WEIGHTS,
        Option(
            name="resolution",
            title="Resolution",
            help="Above 1 there are more and smaller communities, below 1 fewer and larger ones.",
            kind="number",
            default=1.0,
            low=0.01,
            high=100.0,
        ),
    ),
    is_group=True,
)
COMPONENT = Metric(
    name="component",
    title="Components",
    description="What hangs together, in any direction, counted from the largest.",
    measure=of_components,
    is_group=True,
)
CORE = Metric(
    name="core",
    title="Core number",
    description="The largest k such that a node is in a part where all have k neighbours or more.",
    measure=of_cores,
)
STRENGTH = Metric(
    name="strength",
    title="Strength",
    description="The sum of the weights of all its edges; without weights, their number.",
    measure=of_strength,
    options=(WEIGHTS,),
)
TRIANGLES = Metric(
    name="triangles",
    title="Triangles",
    description="How many pairs of a node's neighbours are joined with each other.",
    measure=of_triangles,
)
CLUSTERING = Metric(
    name="clustering",
    title="Clustering",
    description="Which part of the pairs of a node's neighbours is joined: 1 in a clique, 0 in a tree.",
    measure=of_clustering,
)

METRICS = {
    metric.name: metric
    for metric in (
        PAGERANK, BETWEENNESS, COMMUNITY, COMPONENT, CORE, STRENGTH, TRIANGLES, CLUSTERING,
    )
}  # fmt: skip

"""The metrics by name, in menu order: built-in metrics, then those of plugins."""

import numpy as np

from graphkeep import plugins
from graphkeep.compute.edges import edge_index, edge_weights
from graphkeep.compute.metric import Metric, ProgressCallback, Values
from graphkeep.compute.metrics.betweenness import betweenness
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.cores import core_numbers
from graphkeep.compute.metrics.degree import degree
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.triangles import clustering, triangles
from graphkeep.compute.parameters import Column, Flag, Integer, Number, ParameterValues
from graphkeep.graph.graph import Graph

MAX_SAMPLES = 5000

WEIGHTS = Column(
    name="weights",
    title="Weights",
    help="A column of the edges: how strong each edge is. Without it all are equal.",
    table="edges",
    kinds=("number",),
)


def directed(*, default: bool) -> Flag:
    return Flag(
        name="directed",
        title="Follow directions",
        help="Edges lead from their source to their destination only.",
        default=default,
    )


def compute_pagerank(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return pagerank(
        graph.node_count,
        edge_index(graph),
        weights=edge_weights(graph, parameters["weights"]),
        directed=parameters["directed"],
        damping=parameters["damping"],
    )


def compute_betweenness(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return betweenness(
        graph.node_count,
        edge_index(graph),
        directed=parameters["directed"],
        samples=parameters["samples"],
        on_progress=on_progress,
    )


def compute_communities(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return communities(
        graph.node_count,
        edge_index(graph),
        weights=edge_weights(graph, parameters["weights"]),
        resolution=parameters["resolution"],
        on_level=lambda: on_progress(0.0),
    )


def compute_components(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return components(graph.node_count, edge_index(graph))


def compute_core_numbers(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return core_numbers(graph.node_count, edge_index(graph))


def compute_strength(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    weights = edge_weights(graph, parameters["weights"])
    strength = degree(graph.node_count, edge_index(graph), weights=weights)
    return strength if weights is not None else strength.astype(np.int64)


def compute_triangles(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return triangles(graph.node_count, edge_index(graph))


def compute_clustering(
    graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback
) -> Values:
    return clustering(graph.node_count, edge_index(graph))


PAGERANK = Metric(
    name="pagerank",
    title="PageRank",
    description="Important is what important nodes lead to. All values add up to 1.",
    compute=compute_pagerank,
    parameters=(
        directed(default=True),
        WEIGHTS,
        Number(
            name="damping",
            title="Damping",
            help="How likely a walker follows an edge, and does not jump anywhere.",
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
    compute=compute_betweenness,
    parameters=(
        directed(default=False),
        Integer(
            name="samples",
            title="Sources",
            help="From how many nodes paths are followed. It is exact from all, an estimate from fewer.",
            default=500,
            low=1,
            high=MAX_SAMPLES,
        ),
    ),
)
COMMUNITY = Metric(
    name="community",
    title="Communities",
    description="Groups with more edges within than between them, counted from the largest.",
    compute=compute_communities,
    parameters=(
        WEIGHTS,
        Number(
            name="resolution",
            title="Resolution",
            help="Above 1 there are more and smaller communities, below 1 fewer and larger ones.",
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
    compute=compute_components,
    is_group=True,
)
CORE = Metric(
    name="core",
    title="Core number",
    description="The largest k such that a node is in a part where all have k neighbours or more.",
    compute=compute_core_numbers,
)
STRENGTH = Metric(
    name="strength",
    title="Strength",
    description="The sum of the weights of all its edges; without weights, their number.",
    compute=compute_strength,
    parameters=(WEIGHTS,),
)
TRIANGLES = Metric(
    name="triangles",
    title="Triangles",
    description="How many pairs of a node's neighbours are joined with each other.",
    compute=compute_triangles,
)
CLUSTERING = Metric(
    name="clustering",
    title="Clustering",
    description="Which part of the pairs of a node's neighbours is joined: 1 in a clique, 0 in a tree.",
    compute=compute_clustering,
)

BUILT_IN = {
    metric.name: metric
    for metric in (
        PAGERANK, BETWEENNESS, COMMUNITY, COMPONENT, CORE, STRENGTH, TRIANGLES, CLUSTERING,
    )
}  # fmt: skip
METRICS = BUILT_IN | {
    metric.name: metric for metric in plugins.load_plugins(plugins.METRICS, Metric, BUILT_IN)
}

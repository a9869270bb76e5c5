"""The share of a node's edges that are answered: an example of a metric."""

import numpy as np

from graphkeep.compute.edges import edge_index
from graphkeep.compute.metric import Metric, ProgressCallback, Values
from graphkeep.compute.parameters import ParameterValues
from graphkeep.graph.graph import Graph


def compute(graph: Graph, parameters: ParameterValues, on_progress: ProgressCallback) -> Values:
    n, edges = graph.node_count, edge_index(graph).astype(np.int64)
    there = edges[:, 0] * n + edges[:, 1]
    back = edges[:, 1] * n + edges[:, 0]
    answered = np.isin(there, back)
    on_progress(0.5)
    leaving = np.bincount(edges[:, 0], minlength=n)
    shared = np.bincount(edges[:, 0], weights=answered, minlength=n)
    return np.divide(shared, leaving, out=np.zeros(n), where=leaving > 0)


RECIPROCITY = Metric(
    name="reciprocity",
    title="Reciprocity",
    description="Which share of the edges that leave a node has one that comes back.",
    compute=compute,
)

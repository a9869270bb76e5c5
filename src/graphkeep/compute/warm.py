"""Compiles every kernel into the cache, so that the first graph does not wait for it."""

import numpy as np
import pyarrow as pa

from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.layout import LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.compute.metrics.betweenness import betweenness
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.cores import core_numbers
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.strong import strong_components
from graphkeep.compute.metrics.triangles import triangles
from graphkeep.compute.spacing.overlap import remove_overlaps
from graphkeep.compute.warm_start import seeded_positions
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.normalize import bind


def warm() -> None:
    rng = np.random.default_rng(0)
    path = np.column_stack((np.arange(5999), np.arange(1, 6000)))
    edges = np.concatenate((path, rng.integers(0, 6000, (12000, 2)), [[6001, 6002]]))
    weights = rng.random(len(edges)).astype(np.float32)
    placed = force_layout(6010, edges, weights=weights, style="clusters", quality="fast")
    force_layout(6010, edges, quality="fast")
    force_layout(6010, edges, positions=placed, budget_s=0.05)
    for measure in (communities, pagerank, components, strong_components, core_numbers, triangles):
        measure(6010, edges)
    for threads in (1, None):
        betweenness(6010, edges, samples=8, threads=threads)
    seeded_positions(6010, edges, placed, np.arange(6010) < 6000)
    warm_layouts()


def warm_layouts() -> None:
    """Run every layout on a small graph with a cycle."""
    edges = pa.table({"s": [0, 1, 2, 0, 3, 4, 6], "d": [1, 2, 0, 3, 4, 5, 7]})
    values = [float(i) for i in range(9)]
    nodes = pa.table({"id": list(range(9)), "x": values, "y": values, "lat": values, "lon": values})
    graph = bind(edges, nodes, Bindings(source="s", destination="d", node="id")).graph
    for layout in LAYOUTS.values():
        required = {parameter.name: "x" for parameter in layout.parameters if parameter.is_required}
        layout.place(graph, layout.check(required, graph), LayoutRun())
    remove_overlaps(np.zeros((9, 2), np.float32), np.ones(9))


if __name__ == "__main__":
    warm()

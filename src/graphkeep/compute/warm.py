"""Compiles every kernel into the cache, so that the first graph need not wait."""

import numpy as np

from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.metrics.betweenness import betweenness
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.cores import core_numbers
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.triangles import triangles
from graphkeep.compute.placement.warm_start import seeded_positions


def warm() -> None:
    rng = np.random.default_rng(0)
    path = np.column_stack((np.arange(5999), np.arange(1, 6000)))
    edges = np.concatenate((path, rng.integers(0, 6000, (12000, 2)), [[6001, 6002]]))
    weights = rng.random(len(edges)).astype(np.float32)
    placed = force_layout(6010, edges, weights=weights, style="clusters", quality="fast")
    force_layout(6010, edges, quality="fast")
    force_layout(6010, edges, positions=placed, budget_s=0.05)
    for measure in (communities, pagerank, components, core_numbers, triangles):
        measure(6010, edges)
    for threads in (1, None):
        betweenness(6010, edges, samples=8, threads=threads)
    seeded_positions(6010, edges, placed, np.arange(6010) < 6000)


if __name__ == "__main__":
    warm()

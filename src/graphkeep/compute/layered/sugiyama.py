"""Layered drawings of directed graphs: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of
Hierarchical System Structures", 1981, in four steps, one module each.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.layered.acyclic import acyclic
from graphkeep.compute.layered.coordinates import abscissae
from graphkeep.compute.layered.crossings import ordered_layers
from graphkeep.compute.layered.layers import layers_of, proper

STAND_IN = 0.3  # width of a dummy node; a node's width is 1


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Coordinates `across` float64 (n,) and `layer` int32 (n,); `turned` counts edges against the layers."""

    across: npt.NDArray[np.float64]
    layer: npt.NDArray[np.int32]
    turned: int
    left_out: int


def layered(n: int, edges: Edges, most_dummies: int) -> Drawing:
    """A layered drawing of any directed graph with edges int32 (m, 2), connected or not."""
    edges = edges[edges[:, 0] != edges[:, 1]]
    backward = acyclic(n, edges)
    forward = np.where(backward[:, None], edges[:, ::-1], edges)
    forward = np.unique(forward, axis=0) if len(forward) else forward
    layer = layers_of(n, forward)
    graph = proper(n, forward, layer, most_dummies)
    row, indptr = ordered_layers(graph.layer, graph.edges)
    width = np.where(np.arange(len(row)) < n, 1.0, STAND_IN)
    across = abscissae(row, indptr, graph.edges, width)[:n]
    return Drawing(across=across, layer=layer, turned=int(backward.sum()), left_out=graph.left_out)

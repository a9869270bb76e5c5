"""`compute_igraph` and `compute_cugraph`, implemented by the server's own metrics. Loaded only inside a sandbox.

A sandbox cannot read the compiler cache, so the kernels are compiled in it, before the query runs. If
`numba.config.DISABLE_JIT` is set at import, they run as plain Python.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from graphistry.plotter import Plotter

from graphkeep.compute.metrics.betweenness import betweenness
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.cores import core_numbers
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.strong import strong_components
from graphkeep.graph.errors import UnknownColumnError, UserInputError

Values = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A graph of `n` nodes with `ends` int32 (m, 2), and the parameters of the algorithm."""

    n: int
    ends: npt.NDArray[np.int32]
    edges: pd.DataFrame
    directed: bool
    params: Mapping[str, Any]
    bound_weight: str | None = None

    def number(self, name: str, default: float) -> float:
        value = self.params.get(name)
        return default if value is None else float(value)

    def weights(self, column: str | None) -> npt.NDArray[np.float64] | None:
        if column is None:
            return None
        if column not in self.edges.columns:
            raise UnknownColumnError(column, list(map(str, self.edges.columns)))
        value = pd.to_numeric(self.edges[column], errors="coerce").fillna(0).to_numpy(np.float64)
        if not (np.isfinite(value).all() and value.min(initial=0) >= 0):
            raise UserInputError(
                f"Weights must be 0 or more; the edge column '{column}' contains other values."
            )
        return value


def igraph_pagerank(asked: Asked) -> Values:
    return pagerank(
        asked.n,
        asked.ends,
        weights=asked.weights(asked.params.get("weights")),
        directed=asked.directed and asked.params.get("directed", True),
        damping=damping(asked.number("damping", 0.85)),
    )


def cugraph_pagerank(asked: Asked) -> Values:
    return pagerank(
        asked.n,
        asked.ends,
        weights=asked.weights(asked.bound_weight),
        directed=asked.directed,
        damping=damping(asked.number("alpha", 0.85)),
    )


def damping(value: float) -> float:
    if not 0 <= value < 1:
        raise UserInputError("The damping of PageRank must be from 0 to below 1.")
    return value


def igraph_betweenness(asked: Asked) -> Values:
    return betweenness(
        asked.n,
        asked.ends,
        directed=asked.directed and asked.params.get("directed", True),
        samples=max(asked.n, 1),
        normalized=False,
        threads=1,
    )


def cugraph_betweenness(asked: Asked) -> Values:
    return betweenness(
        asked.n,
        asked.ends,
        directed=asked.directed,
        samples=max(1, int(asked.number("k", asked.n))),
        seed=int(asked.number("seed", asked.number("random_state", 0))),
        normalized=asked.params.get("normalized", True),
        threads=1,
    )


def igraph_communities(asked: Asked) -> Values:
    resolution = asked.number("resolution", asked.number("resolution_parameter", 1.0))
    weights = asked.weights(asked.params.get("weights"))
    return communities(asked.n, asked.ends, weights=weights, resolution=resolution)


def cugraph_communities(asked: Asked) -> Values:
    return communities(
        asked.n,
        asked.ends,
        weights=asked.weights(asked.bound_weight),
        resolution=asked.number("resolution", 1.0),
        seed=int(asked.number("random_state", 0)),
    )


def igraph_clusters(asked: Asked) -> Values:
    is_strong = asked.directed and asked.params.get("mode", "strong") == "strong"
    return (strong_components if is_strong else components)(asked.n, asked.ends)


def cugraph_components(asked: Asked) -> Values:
    is_strong = asked.directed and asked.params.get("connection", "weak") == "strong"
    return (strong_components if is_strong else components)(asked.n, asked.ends)


def strong(asked: Asked) -> Values:
    return (strong_components if asked.directed else components)(asked.n, asked.ends)


def cores(asked: Asked) -> Values:
    return core_numbers(asked.n, asked.ends)


MEASURES: dict[str, dict[str, Callable[[Asked], Values]]] = {
    "compute_igraph": {
        "pagerank": igraph_pagerank,
        "betweenness": igraph_betweenness,
        "clusters": igraph_clusters,
        "coreness": cores,
        "community_multilevel": igraph_communities,
        "community_leiden": igraph_communities,
    },
    "compute_cugraph": {
        "pagerank": cugraph_pagerank,
        "betweenness_centrality": cugraph_betweenness,
        "louvain": cugraph_communities,
        "leiden": cugraph_communities,
        "connected_components": cugraph_components,
        "strongly_connected_components": strong,
        "core_number": cores,
    },
}


def register_metrics(calls: Iterable[tuple[str, str]]) -> None:
    """Replace the engine's own functions, with the kernels of these (function, algorithm) pairs compiled."""
    for function, algorithm in calls:
        for mode in ("weak", "strong"):
            sample = Asked(
                n=3,
                ends=np.array([[0, 1], [1, 2]], np.int32),
                edges=pd.DataFrame(),
                directed=True,
                params={"mode": mode, "connection": mode},
            )
            MEASURES[function][algorithm](sample)
    Plotter.compute_igraph = compute_igraph
    Plotter.compute_cugraph = compute_cugraph


def compute_igraph(
    self: Any,
    alg: str,
    out_col: str | None = None,
    directed: bool | None = None,
    use_vids: bool = False,
    params: Mapping[str, Any] | None = None,
) -> Any:
    measure = MEASURES["compute_igraph"][alg]
    return with_column(self, measure, out_col or alg, directed is not False, params or {}, None)


def compute_cugraph(
    self: Any,
    alg: str,
    out_col: str | None = None,
    params: Mapping[str, Any] | None = None,
    kind: str = "Graph",
    directed: bool = True,
    G: None = None,  # noqa: N803 - the client's name
) -> Any:
    measure = MEASURES["compute_cugraph"][alg]
    weight = self._edge_weight
    return with_column(self, measure, out_col or alg, directed, params or {}, weight)


def with_column(
    graph: Any,
    measure: Callable[[Asked], Values],
    column: str,
    directed: bool,
    params: Mapping[str, Any],
    bound_weight: str | None,
) -> Any:
    """The graph with the metric as a node column; nodes that only edges name take part in the computation."""
    full_graph = graph if graph._nodes is not None else graph.materialize_nodes()  # noqa: SLF001
    nodes, edges = full_graph._nodes, full_graph._edges  # noqa: SLF001
    if column == full_graph._node:  # noqa: SLF001
        raise UserInputError(f"The column '{column}' contains the node ids: use another out_col.")
    ends = (edges[full_graph._source], edges[full_graph._destination])  # noqa: SLF001
    all_ids = pd.concat([nodes[full_graph._node], *ends], ignore_index=True).astype(object)  # noqa: SLF001
    codes, ids = pd.factorize(all_ids)
    rows, pairs = codes[: len(nodes)], codes[len(nodes) :].reshape(2, -1).T
    has_both_ends = (pairs >= 0).all(axis=1)
    problem = Asked(
        n=len(ids),
        ends=np.ascontiguousarray(pairs[has_both_ends], np.int32),
        edges=edges[has_both_ends],
        directed=directed,
        params=params,
        bound_weight=bound_weight,
    )
    values = pd.Series(measure(problem)[rows] if len(ids) else [], index=nodes.index)
    if (rows < 0).any():
        values = values.where(rows >= 0)
    return full_graph.nodes(nodes.assign(**{column: values}), full_graph._node)  # noqa: SLF001

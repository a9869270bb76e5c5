"""The edges of a graph as arrays: the node rows of their ends, and their weights."""

import numpy as np
import numpy.typing as npt

from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.numbers import numbers_of


def edge_index(graph: Graph) -> npt.NDArray[np.int32]:
    """Node rows of the source and destination of each edge, int32 (m, 2)."""
    return np.column_stack((graph.source_index, graph.destination_index)).astype(np.int32)


def edge_weights(graph: Graph, column: str | None) -> npt.NDArray[np.float64] | None:
    """Edge weights float64 (m,), or None without a column; a missing weight is 0.

    Raises:
        UnknownColumnError: the edges have no such column.
        UserInputError: the column holds no numbers, or a negative or infinite weight.
    """
    if column is None:
        return None
    if column not in graph.edges.column_names:
        raise UnknownColumnError(column, graph.edges.column_names)
    values = numbers_of(graph.edges[column])
    if len(values) and np.isnan(values).all() and graph.edges[column].null_count < len(values):
        raise UserInputError(f"The edges' column '{column}' holds no numbers to weigh by.")
    weights = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise UserInputError(
            f"Weights must be 0 or more; the edge column '{column}' contains {weights[wrong[0]]:g} "
            f"in row {wrong[0]}."
        )
    return weights


def bound_edge_weights(graph: Graph) -> npt.NDArray[np.float32] | None:
    """Weights float32 (m,) of the column bound as edge weight, scaled to at most 1 in absolute value.

    None if no column is bound, it holds no numbers, or all weights are 0: layouts then treat all edges alike.
    """
    name = graph.bindings.edge_weight
    if name is None or name not in graph.edges.column_names:
        return None
    values = np.nan_to_num(numbers_of(graph.edges[name]), posinf=0.0, neginf=0.0).astype(np.float32)
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if largest > 0 else None

"""The edges of a graph as arrays: the node rows of their ends, and their weights."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.graph import Graph


def edge_index(graph: Graph) -> npt.NDArray[np.int32]:
    """Node rows of the source and destination of each edge, int32 (m, 2)."""
    return np.column_stack((graph.source_index, graph.destination_index)).astype(np.int32)


def edge_weights(graph: Graph, column: str | None) -> npt.NDArray[np.float64] | None:
    """Edge weights float64 (m,), or None without a column; a missing weight is 0.

    Raises:
        UnknownColumnError: the edges have no such column.
        UserInputError: the column has a negative or infinite weight.
    """
    if column is None:
        return None
    if column not in graph.edges.column_names:
        raise UnknownColumnError(column, graph.edges.column_names)
    values = graph.edges[column].cast(pa.float64(), safe=False).to_numpy()
    weights = np.nan_to_num(np.asarray(values, np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise UserInputError(
            f"Weights must be 0 or more; the edge column '{column}' contains {weights[wrong[0]]:g} "
            f"in row {wrong[0]}."
        )
    return weights


def bound_edge_weights(graph: Graph) -> npt.NDArray[np.float32] | None:
    """Weights float32 (m,) of the column bound as edge weight, scaled to at most 1 in absolute value.

    None if no column is bound, it is not numeric, or all weights are 0: layouts then treat all edges alike.
    """
    name = graph.bindings.edge_weight
    if name is None or name not in graph.edges.column_names:
        return None
    column = graph.edges[name]
    if str(column.type) not in {"int64", "int32", "double", "float", "uint32", "uint64"}:
        return None
    values = np.nan_to_num(np.asarray(column.to_numpy(), np.float32), nan=0.0)
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if largest > 0 else None

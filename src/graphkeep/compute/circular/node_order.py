"""Node orders: by a column, by degree, by links with few crossings, or in table order."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.compute.circular.circular_order import circular_order
from graphkeep.compute.columns import groups
from graphkeep.compute.kernels.csr import Edges, undirected_csr
from graphkeep.compute.parameters import Choice, Column, ParameterValues

Order = npt.NDArray[np.int32]
NodeOrder = Literal["links", "degree", "column", "table"]

ORDER_PARAMETERS = (
    Choice(
        name="order",
        title="Order",
        help="Which nodes are side by side.",
        default="links",
        choices={
            "links": "Linked nodes near one another",
            "degree": "Most links first",
            "table": "As in the table",
        },
    ),
    Column(
        name="column",
        title="By column",
        help="In the order of its values, equal ones together; it goes before the order above.",
        kinds=("category", "text", "number", "time"),
    ),
)


def order_by(parameters: ParameterValues) -> NodeOrder:
    """The order that ORDER_PARAMETERS select; a column takes precedence over any other order."""
    by: NodeOrder = parameters["order"] if parameters["column"] is None else "column"
    return by


def order_nodes(n: int, edges: Edges, by: NodeOrder, column: pa.ChunkedArray | None) -> Order:
    """Node rows int32 (n,) in order. `links` puts linked nodes near each other and isolated nodes last. Nodes with
    equal values in a column are in that order too; nodes without a value come last.
    """
    if by == "table":
        return np.arange(n, dtype=np.int32)
    degree = undirected_csr(n, edges).degree
    if by == "degree":
        return np.argsort(-degree, kind="stable").astype(np.int32)
    near = circular_order(n, edges)
    near = np.concatenate((near[degree[near] > 0], np.flatnonzero(degree == 0))).astype(np.int32)
    if by == "links" or column is None:
        return near
    codes, values = groups(column)
    ranks = np.where(codes < 0, len(values), codes)
    return near[np.argsort(ranks[near], kind="stable")]

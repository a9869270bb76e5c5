"""Nodes in a row: by a column, by their number of links, by communities, or as the table has them."""

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
    """What ORDER_PARAMETERS ask for: a column goes before any other order."""
    by: NodeOrder = parameters["order"] if parameters["column"] is None else "column"
    return by


def order_nodes(n: int, edges: Edges, by: NodeOrder, column: pa.ChunkedArray | None) -> Order:
    """int32 (n,): rows in order. `links` puts linked nodes near one another, whatever has no links last;
    a column's equal values stand in that order too, and what has no value comes last.
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

"""Degree, or the sum of edge weights, of each node."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, Weights, check_edges, check_weights


def degree(
    n: int,
    edges: Edges,
    *,
    ends: Literal["both", "in", "out"] = "both",
    weights: Weights | None = None,
) -> npt.NDArray[np.float64]:
    """Sum of each node's edge weights, float64 (n,), or its number of edges. A loop counts twice."""
    pairs = check_edges(n, edges)
    checked_weights = check_weights(len(pairs), weights)
    leaving = np.bincount(pairs[:, 0], weights=checked_weights, minlength=n).astype(np.float64)
    arriving = np.bincount(pairs[:, 1], weights=checked_weights, minlength=n).astype(np.float64)
    return {"both": leaving + arriving, "in": arriving, "out": leaving}[ends]

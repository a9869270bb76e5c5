"""How many edges a node has."""

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
    """float64 (n,): the sum of the weights of its edges, or their number. A loop has two ends."""
    joined = check_edges(n, edges)
    each = check_weights(len(joined), weights)
    leaving = np.bincount(joined[:, 0], weights=each, minlength=n).astype(np.float64)
    arriving = np.bincount(joined[:, 1], weights=each, minlength=n).astype(np.float64)
    return {"both": leaving + arriving, "in": arriving, "out": leaving}[ends]

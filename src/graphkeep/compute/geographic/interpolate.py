"""Interpolation of nodes without coordinates between nodes with coordinates.

Each at the mean of its neighbours: Tutte, "How to Draw a Graph", 1963, with the known nodes as the frame.
"""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.positions import Points
from graphkeep.compute.spacing.sunflower import GOLDEN

SWEEPS = 40


def interpolate_positions(
    placed: Points, known: npt.NDArray[np.bool_], edges: Edges
) -> tuple[Points, npt.NDArray[np.bool_]]:
    """Points float64 (n, 2) with every node connected to a known one, and bool (n,): which nodes have a position."""
    n = len(placed)
    positions = np.where(known[:, None], placed, 0.0)
    has_position = known.copy()
    ends = edges[edges[:, 0] != edges[:, 1]]
    source = np.concatenate((ends[:, 0], ends[:, 1]))
    near = np.concatenate((ends[:, 1], ends[:, 0]))
    is_unplaced = ~known[source]
    source, near = source[is_unplaced], near[is_unplaced]
    smoothed = 0
    while smoothed < SWEEPS:
        positioned_count = int(has_position.sum())
        is_usable = has_position[near]
        count = np.bincount(source[is_usable], minlength=n)
        receives = count > 0
        for k in (0, 1):
            total = np.bincount(
                source[is_usable], weights=positions[near[is_usable], k], minlength=n
            )
            positions[receives, k] = total[receives] / count[receives]
        has_position |= receives
        # Long chains are filled first; smoothing sweeps count from then on.
        if int(has_position.sum()) == positioned_count:
            smoothed += 1
    return positions, has_position


def spread_coincident(
    placed: Points, first: npt.NDArray[np.bool_], gap: npt.NDArray[np.float64]
) -> Points:
    """Coincident nodes spread around their point in a sunflower pattern, spaced by their `gap` float64 (n,);
    nodes in `first` stay nearest.
    """
    order = np.lexsort((~first, placed[:, 1], placed[:, 0]))
    row = placed[order]
    starts_group = np.concatenate(([True], (np.diff(row, axis=0) != 0).any(axis=1)))
    start = np.maximum.accumulate(np.where(starts_group, np.arange(len(row)), 0))
    nth = np.arange(len(row)) - start
    angle = nth * GOLDEN
    off = (gap[order] * np.sqrt(nth))[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
    out = np.empty_like(placed)
    out[order] = row + off
    return out

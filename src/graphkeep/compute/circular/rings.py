"""Nodes on concentric circles: linked nodes in similar directions, without overlaps."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.circular.circular_order import circular_order
from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.spacing.isotonic import space_isotonically

Numbers = npt.NDArray[np.float64]
BAND = 0.7  # of radius: nodes in one band need distinct directions
TURN = 2 * np.pi


def place_on_rings(n: int, edges: Edges, radius: Numbers) -> Numbers:
    """Positions float64 (n, 2): each node at its `radius` float64 (n,), clockwise in an order with few crossings."""
    ideal_angle = np.empty(n)
    ideal_angle[circular_order(n, edges)] = np.arange(n) * (TURN / max(n, 1))
    angle = ideal_angle.copy()
    band = np.floor(radius / BAND).astype(np.int64)
    by_band = np.lexsort((ideal_angle, band))
    cuts = np.flatnonzero(np.diff(band[by_band], prepend=-1))
    for rows in np.split(by_band, cuts[1:]):
        if len(rows) > 1:
            angle[rows] = space_around(
                ideal_angle[rows], 1.0 / max(float(radius[rows].min()), 1e-9)
            )
    direction = np.pi / 2 - angle
    return radius[:, None] * np.column_stack((np.cos(direction), np.sin(direction)))


def space_around(wanted: Numbers, gap: float) -> Numbers:
    """Ascending angles at least `gap` apart around the circle, or evenly spaced where that does not fit."""
    count = len(wanted)
    if count * gap >= TURN:
        even = np.arange(count) * (TURN / count)
        return even + np.angle(np.exp(1j * (wanted - even)).mean())
    gap_after = np.diff(wanted, append=wanted[0] + TURN)
    start = int(np.argmax(gap_after)) + 1
    line = np.concatenate((wanted[start:], wanted[:start] + TURN))
    placed = space_isotonically(line, np.full(count - 1, gap))
    if placed[-1] - placed[0] > TURN - gap:
        placed = placed[0] + np.arange(count) * (TURN / count)
    return np.roll(placed, start)

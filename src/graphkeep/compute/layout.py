"""What any layout is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.graph.graph import Graph

Positions = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """`place` gives float32 (n, 2), neighbours about 1 apart, y up."""

    name: str
    title: str
    place: Callable[[Graph], Positions]

"""The declaration of a layout, from which the form of layout options, the API and the command line
are generated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from graphkeep.compute.parameters import GraphTables, Parameter, ParameterValues, check_values
from graphkeep.compute.positions import Positions
from graphkeep.graph.encodings import Axis
from graphkeep.graph.graph import Graph

DEFAULT_SEED = 7


@dataclass(frozen=True, kw_only=True)
class Box:
    """A frame around some nodes, in the units of the positions."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class LayoutResult:
    """Positions float32 (n, 2), y up, and decorations of the drawing.

    `axes` None means the axes that came with the data. `basemap` names a map to draw beneath, `notes` are
    sentences for the user.
    """

    positions: Positions
    axes: tuple[Axis, ...] | None = ()
    boxes: tuple[Box, ...] = ()
    basemap: Literal["", "world"] = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayoutRun:
    """Options of one run; a layout uses the seed where it is random, and the fields that it `supports`.

    `edge_weights` float (m,), 0 or more, one for each edge. `start` are positions to continue from, `fixed`
    bool (n,) pins nodes of `start`. `budget_s` and `threads` are upper bounds. `on_frame` gets
    intermediate positions and a progress from 0 to 1; once `cancel` returns True, the layout may return
    its current positions.
    """

    seed: int = DEFAULT_SEED
    edge_weights: npt.NDArray[np.floating] | None = None
    start: Positions | None = None
    fixed: npt.NDArray[np.bool_] | None = None
    budget_s: float | None = None
    threads: int | None = None
    on_frame: Callable[[Positions, float], None] | None = None
    cancel: Callable[[], bool] | None = None


RunField = Literal["edge_weights", "start", "fixed", "budget_s", "threads", "on_frame", "cancel"]
PlaceFunction = Callable[[Graph, ParameterValues, LayoutRun], LayoutResult]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """`place` puts neighbours about 1 apart, unless the layout has its own units.

    It gets a value for every parameter, as `check` returns them, and raises UserInputError if it cannot lay out
    a graph. The same graph, parameters and seed give the same positions. `supports` names the
    fields of a run that it uses besides the seed.
    """

    name: str
    title: str
    description: str
    place: PlaceFunction
    parameters: tuple[Parameter, ...] = ()
    supports: frozenset[RunField] = frozenset()

    def check(self, values: Mapping[str, Any], tables: GraphTables) -> dict[str, Any]:
        """Every parameter's value: the given one, else its default.

        Raises:
            UnknownColumnError: a column is not one of the graph's.
            UserInputError: there is no such parameter, or its value is not allowed.
        """
        return check_values(f"The layout '{self.name}'", self.parameters, values, tables)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "options": [parameter.as_dict() for parameter in self.parameters],
        }

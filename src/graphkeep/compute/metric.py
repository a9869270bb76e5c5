"""What any metric is: one declaration, of which the page's form and the API are made."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.columns import is_number
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.graph import Graph

Values = npt.NDArray[np.float64] | npt.NDArray[np.int32] | npt.NDArray[np.int64]
Options = Mapping[str, Any]
Tell = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing that may be said to a metric; where nothing is said, `default` holds.

    A number lies between `low` and `high`, and is whole where `default` is. A column is one of numbers of
    the edges; none is none.
    """

    name: str
    title: str
    help: str
    kind: Literal["flag", "number", "column"]
    default: bool | float | None = None
    low: float = 0.0
    high: float = 0.0

    def checked(self, value: object, edges: pa.Table) -> Any:
        if value is None or value == "":
            return self.default
        if self.kind == "flag":
            if not isinstance(value, bool):
                raise UserInputError(f"{self.name} must be true or false.")
            return value
        if self.kind == "column":
            name = str(value)
            if name not in edges.column_names:
                raise UnknownColumnError(name, edges.column_names)
            if not is_number(edges.schema.field(name).type):
                raise UserInputError(f"The edges' column '{name}' holds no numbers to weigh by.")
            return name
        is_whole = isinstance(self.default, int)
        fits = isinstance(value, int if is_whole else int | float) and not isinstance(value, bool)
        if not fits or not self.low <= float(str(value)) <= self.high:
            what = "a whole number" if is_whole else "a number"
            raise UserInputError(f"{self.name} must be {what} from {self.low:g} to {self.high:g}.")
        return value


@dataclass(frozen=True, kw_only=True)
class Metric:
    """`measure` gives one value for each node, of a graph that has some; its values are as exact as said.

    `name` is also the column that it fills, where no other is said. Values of a metric that `is_group` are
    names, counted from 0 by falling size. It tells how far it is, where that takes long.
    """

    name: str
    title: str
    description: str
    measure: Callable[[Graph, Options, Tell], Values]
    options: tuple[Option, ...] = ()
    is_group: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "is_group": self.is_group,
            "options": [asdict(option) for option in self.options],
        }

    def checked_options(self, said: Mapping[str, Any], edges: pa.Table) -> dict[str, Any]:
        """Every option: what was said, else its default.

        Raises:
            UnknownColumnError: a column is not one of the edges.
            UserInputError: there is no such option, or it may not have that value.
        """
        known = {option.name: option for option in self.options}
        for name in said:
            if name not in known:
                has = ", ".join(known) or "none"
                raise UserInputError(f"{self.title} has no option '{name}'. Its options: {has}.")
        return {name: option.checked(said.get(name), edges) for name, option in known.items()}


def edges_of(graph: Graph) -> npt.NDArray[np.int32]:
    """int32 (m, 2)."""
    return np.column_stack((graph.source_index, graph.destination_index)).astype(np.int32)


def weights_of(graph: Graph, column: str | None) -> npt.NDArray[np.float64] | None:
    """float64 (m,), nothing where no column is said; what is missing weighs nothing.

    Raises:
        UnknownColumnError: the edges have no such column.
        UserInputError: it holds a weight below 0, or an infinite one.
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
            f"Weights must be 0 or more; the edges' column '{column}' holds {weights[wrong[0]]:g} "
            f"in row {wrong[0]}."
        )
    return weights

"""What any layout is: one declaration, of which the page's form, the API and the command line are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.columns import ColumnKind, describe_column
from graphkeep.graph.encodings import Axis
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.graph import Graph

Positions = npt.NDArray[np.float32]
OptionKind = Literal["choice", "number", "flag", "column", "node"]
Options = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing that may be said to a layout; where nothing is said, `default` holds.

    A number lies between `low` and `high`. A column is one of the nodes, of one of the kinds in `columns`.
    A node is said by its id, or by its row as an integer, and arrives at the layout as a row. `None` as a
    default leaves it to the layout.
    """

    name: str
    title: str
    help: str
    kind: OptionKind
    default: str | float | bool | None = None
    choices: tuple[Choice, ...] = ()
    low: float = 0.0
    high: float = 0.0
    columns: tuple[ColumnKind, ...] = ()
    is_required: bool = False

    def as_dict(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "help": self.help,
            "kind": self.kind,
            "default": self.default,
            "required": self.is_required,
        }
        if self.kind == "choice":
            said["choices"] = [{"value": one.value, "title": one.title} for one in self.choices]
        if self.kind == "number":
            said |= {"low": self.low, "high": self.high}
        if self.kind == "column":
            said["columns"] = list(self.columns)
        return said


@dataclass(frozen=True, kw_only=True)
class Box:
    """A frame around some nodes, in the units of the positions."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Positions float32 (n, 2), y up, and what is drawn with them.

    `axes` None stands for those that came with the data. `outline` names a map to draw beneath, `notes` are
    sentences for who asked.
    """

    positions: Positions
    axes: tuple[Axis, ...] | None = ()
    boxes: tuple[Box, ...] = ()
    outline: Literal["", "world"] = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Layout:
    """`place` gives neighbours about 1 apart, where the layout's own units do not say otherwise.

    It takes every option, checked; it raises UserInputError where a graph cannot be placed so.
    """

    name: str
    title: str
    description: str
    place: Callable[[Graph, Options], Placed]
    options: tuple[Option, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "options": [option.as_dict() for option in self.options],
        }


def checked_options(layout: Layout, said: Mapping[str, Any], nodes: pa.Table, ids: str) -> Options:
    """Every option of a layout: what was said, else its default. `ids` is the column of node ids.

    Raises:
        UnknownColumnError: a column is not one of the nodes.
        UserInputError: there is no such option, or it may not have that value.
    """
    known = {option.name: option for option in layout.options}
    for name in said:
        if name not in known:
            has = ", ".join(known) or "none"
            raise UserInputError(
                f"The layout '{layout.name}' has no option '{name}'. Its options: {has}."
            )
    return {name: checked(option, said.get(name), nodes, ids) for name, option in known.items()}


def checked(option: Option, value: object, nodes: pa.Table, ids: str) -> Any:
    if value is None or value == "":
        if option.is_required:
            raise UserInputError(f"Choose the {option.title.lower()} for this layout.")
        return option.default
    read = {
        "choice": chosen,
        "number": number,
        "flag": flag,
        "column": column,
        "node": node,
    }[option.kind]
    return read(option, value, nodes, ids)


def chosen(option: Option, value: object, nodes: pa.Table, ids: str) -> str:
    values = [one.value for one in option.choices]
    if value not in values:
        raise UserInputError(f"{option.name} '{value}' is not one of {', '.join(values)}.")
    return str(value)


def number(option: Option, value: object, nodes: pa.Table, ids: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not option.low <= float(value) <= option.high:  # type: ignore[arg-type]
        raise UserInputError(
            f"{option.name} must be a number from {option.low:g} to {option.high:g}."
        )
    return float(value)  # type: ignore[arg-type]


def flag(option: Option, value: object, nodes: pa.Table, ids: str) -> bool:
    if not isinstance(value, bool):
        raise UserInputError(f"{option.name} must be true or false.")
    return value


def column(option: Option, value: object, nodes: pa.Table, ids: str) -> str:
    name = str(value)
    if name not in nodes.column_names:
        raise UnknownColumnError(name, nodes.column_names)
    kind = describe_column(name, nodes[name]).kind
    if kind not in option.columns:
        raise UserInputError(
            f"The column '{name}' holds {kind} values; "
            f"{option.name} takes a column of {' or '.join(option.columns)}."
        )
    return name


def node(option: Option, value: object, nodes: pa.Table, ids: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value < nodes.num_rows:
            return value
        raise UserInputError(f"{option.name}: the graph has {nodes.num_rows} nodes, from row 0.")
    found = pc.index(nodes[ids].cast(pa.string()), pa.scalar(str(value))).as_py()
    if found < 0:
        raise UserInputError(f"{option.name}: there is no node '{value}'.")
    return int(found)


def ends_of(graph: Graph) -> npt.NDArray[np.int32]:
    """int32 (m, 2)."""
    return np.column_stack((graph.source_index, graph.destination_index)).astype(np.int32)

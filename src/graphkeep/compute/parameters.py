"""Parameters of layouts and metrics, declared once for the form, the API and the command line."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.columns import ColumnKind, describe_column
from graphkeep.graph.errors import UnknownColumnError, UserInputError

ParameterValue = str | int | float | bool | None
ParameterValues = Mapping[str, Any]


class GraphTables(Protocol):
    """The tables that values are checked against; `Graph` implements it."""

    @property
    def nodes(self) -> pa.Table: ...
    @property
    def edges(self) -> pa.Table: ...
    @property
    def node_column(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class TablesOnly:
    """The tables of a graph whose edges are not resolved to rows of nodes."""

    nodes: pa.Table
    edges: pa.Table
    node_column: str


@dataclass(frozen=True, kw_only=True)
class BaseParameter:
    """`alias` is another name of the parameter in the viewer's URL, as public clients write it."""

    type: ClassVar[str]

    name: str
    title: str
    help: str
    alias: str = ""

    @property
    def default_value(self) -> Any:
        return None

    @property
    def is_required(self) -> bool:
        return False

    def check(self, value: Any, tables: GraphTables) -> Any:
        """The value as a layout or metric gets it.

        Raises:
            UnknownColumnError: the graph has no such column.
            UserInputError: the value is not allowed.
        """
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "help": self.help,
            "type": self.type,
            "kind": self.type,  # old name of `type`, up to 2026.11
            "default": self.default_value,
            "required": self.is_required,
        }


@dataclass(frozen=True, kw_only=True)
class Choice(BaseParameter):
    """One of several values; `choices` maps each value to its title in a form."""

    type: ClassVar[str] = "choice"

    choices: Mapping[str, str]
    default: str

    @property
    def default_value(self) -> str:
        return self.default

    def check(self, value: Any, tables: GraphTables) -> str:
        if not isinstance(value, str) or value not in self.choices:
            allowed = ", ".join(self.choices)
            raise UserInputError(f"{self.name} '{value}' is not one of {allowed}.")
        return value

    def as_dict(self) -> dict[str, Any]:
        choices = [{"value": value, "title": title} for value, title in self.choices.items()]
        return {**super().as_dict(), "choices": choices}


@dataclass(frozen=True, kw_only=True)
class Number(BaseParameter):
    """A number from `low` to `high`; `None` as default leaves it to the layout or metric."""

    type: ClassVar[str] = "number"

    low: float
    high: float
    default: float | None = None

    @property
    def default_value(self) -> float | None:
        return self.default

    def check(self, value: Any, tables: GraphTables) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not self.low <= value <= self.high:
            raise UserInputError(
                f"{self.name} must be a number from {self.low:g} to {self.high:g}."
            )
        return float(value)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "low": self.low, "high": self.high}


@dataclass(frozen=True, kw_only=True)
class Integer(BaseParameter):
    """A whole number from `low` to `high`; `None` as default leaves it to the layout or metric."""

    type: ClassVar[str] = "integer"

    low: int
    high: int
    default: int | None = None

    @property
    def default_value(self) -> int | None:
        return self.default

    def check(self, value: Any, tables: GraphTables) -> int:
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        if not is_integer or not self.low <= value <= self.high:
            raise UserInputError(
                f"{self.name} must be a whole number from {self.low} to {self.high}."
            )
        return int(value)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "kind": "number", "low": self.low, "high": self.high}


@dataclass(frozen=True, kw_only=True)
class Flag(BaseParameter):
    type: ClassVar[str] = "flag"

    default: bool = False

    @property
    def default_value(self) -> bool:
        return self.default

    def check(self, value: Any, tables: GraphTables) -> bool:
        if not isinstance(value, bool):
            raise UserInputError(f"{self.name} must be true or false.")
        return value


@dataclass(frozen=True, kw_only=True)
class Column(BaseParameter):
    """A node or edge column of one of these kinds; passed as its name, or None."""

    type: ClassVar[str] = "column"

    table: Literal["nodes", "edges"] = "nodes"
    kinds: tuple[ColumnKind, ...]
    required: bool = False

    @property
    def is_required(self) -> bool:
        return self.required

    def check(self, value: Any, tables: GraphTables) -> str:
        table = tables.nodes if self.table == "nodes" else tables.edges
        name = str(value)
        if name not in table.column_names:
            raise UnknownColumnError(name, table.column_names)
        kind = describe_column(name, table[name]).kind
        if kind not in self.kinds:
            suffix = "" if self.table == "nodes" else " of the edges"
            raise UserInputError(
                f"The column '{name}'{suffix} contains {kind} values; "
                f"{self.name} takes a column of {' or '.join(self.kinds)}."
            )
        return name

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "table": self.table, "columns": list(self.kinds)}


@dataclass(frozen=True, kw_only=True)
class NodeRef(BaseParameter):
    """A node, given by its id, or by its row as an integer; passed as its row, or None."""

    type: ClassVar[str] = "node"

    def check(self, value: Any, tables: GraphTables) -> int:
        nodes = tables.nodes
        if isinstance(value, int) and not isinstance(value, bool):
            if 0 <= value < nodes.num_rows:
                return value
            raise UserInputError(f"{self.name}: the graph has {nodes.num_rows} nodes, from row 0.")
        ids = nodes[tables.node_column].cast(pa.string())
        row = pc.index(ids, pa.scalar(str(value))).as_py()
        if row < 0:
            raise UserInputError(f"{self.name}: there is no node '{value}'.")
        return int(row)


Parameter = Choice | Number | Integer | Flag | Column | NodeRef


def check_values(
    owner: str,
    parameters: Sequence[Parameter],
    values: ParameterValues,
    tables: GraphTables,
) -> dict[str, Any]:
    """The value of every parameter by name: the given value, checked, else the default.

    None and "" count as not given. `owner` names the layout or metric in messages.

    Raises:
        UnknownColumnError: the graph has no such column.
        UserInputError: there is no such parameter, its value is not allowed, or a required one is missing.
    """
    by_name = parameters_by_name(parameters)
    checked = default_values(parameters)
    for name, value in values.items():
        parameter = by_name.get(name)
        if parameter is None:
            names = ", ".join(option.name for option in parameters) or "none"
            raise UserInputError(f"{owner} has no option '{name}'. Its options: {names}.")
        if value is not None and value != "":
            checked[parameter.name] = parameter.check(value, tables)
    for parameter in parameters:
        if parameter.is_required and checked[parameter.name] is None:
            raise UserInputError(f"Choose the {parameter.title.lower()} for this layout.")
    return checked


def accept_values(parameters: Sequence[Parameter], values: ParameterValues) -> dict[str, Any]:
    """Like `check_values`, for the viewer's URL, which must always open.

    Numbers are clipped to their range; unknown or invalid values are ignored, and so are columns and nodes.
    """
    by_name = parameters_by_name(parameters)
    accepted = default_values(parameters)
    for name, value in values.items():
        parameter = by_name.get(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(parameter, Number) and is_number:
            clipped = float(min(max(value, parameter.low), parameter.high))
            if not math.isnan(clipped):
                accepted[parameter.name] = clipped
        elif (isinstance(parameter, Flag) and isinstance(value, bool)) or (
            isinstance(parameter, Choice) and isinstance(value, str) and value in parameter.choices
        ):
            accepted[parameter.name] = value
    return accepted


def default_values(parameters: Sequence[Parameter]) -> dict[str, Any]:
    return {parameter.name: parameter.default_value for parameter in parameters}


def parameters_by_name(parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    """The parameters by name and by alias."""
    return {
        name: parameter
        for parameter in parameters
        for name in (parameter.name, parameter.alias)
        if name
    }

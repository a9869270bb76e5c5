"""Run a layout by name, with the options of the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkeep.compute.edges import edge_weights
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.compute.parameters import (
    Choice,
    Flag,
    Integer,
    Number,
    Parameter,
    parameters_by_name,
)
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph


@dataclass(frozen=True, kw_only=True)
class LayoutRequest:
    """A layout to run; `options` maps names of its parameters to texts."""

    name: str = "force"
    options: Mapping[str, str] = field(default_factory=dict)
    budget_s: float | None = None
    seed: int = 0
    threads: int | None = None


def lay_out(
    graph: Graph, request: LayoutRequest, *, on_progress: Callable[[float], None]
) -> LayoutResult:
    """Positions with neighbors about 1 apart; omitted options have their defaults.

    Raises:
        UserInputError: there is no such layout, or it does not support an option of the request.
    """
    layout = layout_named(request.name)
    run = LayoutRun(
        seed=request.seed,
        edge_weights=edge_weights(graph, graph.bindings.edge_weight),
        budget_s=request.budget_s,
        threads=request.threads,
        on_frame=lambda _, share: on_progress(share),
    )
    for run_field, option in (("edge_weights", "weight"), ("budget_s", "budget")):
        if getattr(run, run_field) is not None and run_field not in layout.supports:
            raise UserInputError(f"The layout '{layout.name}' takes no {option}.")
    known = parameters_by_name(layout.parameters)
    values = {name: value_of(known.get(name), text) for name, text in request.options.items()}
    return layout.place(graph, layout.check(values, graph), run)


def layout_named(name: str) -> Layout:
    """The layout with this name.

    Raises:
        UserInputError: there is no such layout.
    """
    if name not in LAYOUTS:
        raise UserInputError(f"There is no layout '{name}'. There are: {', '.join(LAYOUTS)}.")
    return LAYOUTS[name]


def value_of(parameter: Parameter | None, text: str) -> Any:
    """The value of a text; one that does not parse stays text, which the layout's check refuses."""
    try:
        if isinstance(parameter, Integer):
            return int(text)
        if isinstance(parameter, Number):
            return float(text)
    except ValueError:
        return text
    if isinstance(parameter, Flag):
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def describe_layouts() -> str:
    """Every layout with its options, one per line."""
    lines = []
    for layout in LAYOUTS.values():
        lines.append(f"{layout.name}: {layout.description}")
        lines += [
            f"  {parameter.name}={values_of(parameter)}  {parameter.help}"
            for parameter in layout.parameters
        ]
    return "\n".join(lines)


def values_of(parameter: Parameter) -> str:
    if isinstance(parameter, Choice):
        return "|".join(parameter.choices)
    if isinstance(parameter, Number | Integer):
        return f"{parameter.low:g}..{parameter.high:g}"
    return {"flag": "true|false", "column": "COLUMN", "node": "NODE"}[parameter.type]

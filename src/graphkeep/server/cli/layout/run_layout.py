"""A layout by its name, with what was wished for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphkeep.compute import force_layout
from graphkeep.compute.layout import Placed, checked_options
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.compute.metric import edges_of, weights_of
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What is not said is for the layout to choose; all but the seed and the threads is for `force` alone."""

    name: str = "force"
    style: str | None = None
    quality: str | None = None
    budget_s: float | None = None
    seed: int = 0
    threads: int | None = None


def lay_out(graph: Graph, wishes: Wishes, *, on_progress: Callable[[float], None]) -> Placed:
    """Neighbours about 1 apart; every option of another layout than `force` is its default.

    Raises:
        UserInputError: there is no such layout, or it does not take what was wished for.
    """
    if wishes.name not in LAYOUTS:
        raise UserInputError(
            f"There is no layout '{wishes.name}'. There are: {', '.join(LAYOUTS)}."
        )
    said: dict[str, Any] = {
        "style": wishes.style,
        "quality": wishes.quality,
        "budget_s": wishes.budget_s,
    }
    said = {name: value for name, value in said.items() if value is not None}
    if wishes.name == "force":
        positions = force_layout(
            graph.node_count,
            edges_of(graph),
            weights=weights_of(graph, graph.bindings.edge_weight),
            seed=wishes.seed,
            threads=wishes.threads,
            on_frame=lambda _, share: on_progress(share),
            **said,
        )
        return Placed(positions=positions)
    if said or graph.bindings.edge_weight is not None:
        raise UserInputError(
            f"The layout '{wishes.name}' takes no style, quality, budget or weight: they are for force."
        )
    layout = LAYOUTS[wishes.name]
    return layout.place(graph, checked_options(layout, {}, graph.nodes, graph.node_column))

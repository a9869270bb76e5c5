"""Where the sender of the data put the nodes."""

import numpy as np
import pyarrow as pa

from graphkeep.compute.columns import numbers
from graphkeep.compute.layout import Layout, Option, Options, Placed
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph


def place(graph: Graph, options: Options) -> Placed:
    at = np.column_stack(
        (
            coordinates(graph, options["x"], graph.bindings.node_x, "x"),
            coordinates(graph, options["y"], graph.bindings.node_y, "y"),
        )
    )
    lost = ~np.isfinite(at).all(axis=1)
    if lost.all():
        raise UserInputError("No node has a number for both x and y: choose other columns.")
    at[lost] = at[~lost].mean(axis=0)
    notes = (f"{int(lost.sum()):,} nodes have no position; they stand in the middle.",)
    is_theirs = options["x"] is None and options["y"] is None
    return Placed(
        positions=at.astype(np.float32),
        axes=None if is_theirs else (),
        notes=notes if lost.any() else (),
    )


def coordinates(graph: Graph, said: str | None, bound: str | None, name: str) -> np.ndarray:
    columns = graph.nodes.column_names
    column = said or (bound if bound in columns else None) or (name if name in columns else None)
    if column is None:
        raise UserInputError(
            f"This graph came without positions: choose the column that holds {name}."
        )
    try:
        return numbers(graph.nodes[column])
    except pa.ArrowException as error:
        raise UserInputError(f"The column '{column}' holds no numbers: choose another.") from error


GIVEN = Layout(
    name="given",
    title="As given",
    description="Where the sender of the data put the nodes, or by any two columns, as in a scatter plot.",
    place=place,
    options=(
        Option(
            name="x",
            title="Across",
            help="The column of the horizontal position. Without one: the bound one, or x.",
            kind="column",
            columns=("number", "time"),
        ),
        Option(
            name="y",
            title="Up",
            help="The column of the vertical position. Without one: the bound one, or y.",
            kind="column",
            columns=("number", "time"),
        ),
    ),
)

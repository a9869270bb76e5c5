"""Nodes on a world map in Web Mercator (Snyder, 1987); nodes without coordinates between their neighbours
(Tutte, 1963), or below the map.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.compute.columns import numbers
from graphkeep.compute.edges import edge_index
from graphkeep.compute.geographic.interpolate import interpolate_positions, spread_coincident
from graphkeep.compute.geographic.mercator import mercator
from graphkeep.compute.layout import Box, Layout, LayoutResult, LayoutRun
from graphkeep.compute.parameters import Column, Flag, ParameterValues
from graphkeep.compute.positions import Points
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph

LATITUDES = ("latitude", "lat")
LONGITUDES = ("longitude", "lon", "lng", "long")
SPREAD = 0.0012  # of the map's extent: distance between coincident nodes
LOOSE = 8  # times that distance for interpolated nodes
LEAST_EXTENT = 0.01  # degrees


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    n = graph.node_count
    latitude = degrees(graph, parameters["latitude"], graph.bindings.node_latitude, LATITUDES)
    longitude = degrees(graph, parameters["longitude"], graph.bindings.node_longitude, LONGITUDES)
    has_coordinates = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    if not has_coordinates.any():
        raise UserInputError(
            "No node has a latitude from -90 to 90 and a longitude from -180 to 180; "
            "choose the columns that hold them."
        )
    on_map = mercator(
        np.where(has_coordinates, latitude, 0.0), np.where(has_coordinates, longitude, 0.0)
    )
    placed, has_position = interpolate_positions(on_map, has_coordinates, edge_index(graph))
    extent = max(float(np.ptp(on_map[has_coordinates], axis=0).max()), LEAST_EXTENT)
    if parameters["spread"]:
        gap = SPREAD * extent * np.where(has_coordinates[has_position], 1, LOOSE)
        placed[has_position] = spread_coincident(
            placed[has_position], has_coordinates[has_position], gap
        )
    boxes: tuple[Box, ...] = ()
    if not has_position.all():
        placed[~has_position], box = place_below_map(
            placed[has_position], n - int(has_position.sum()), extent
        )
        boxes = (box,)
    return LayoutResult(
        positions=placed.astype(np.float32),
        boxes=boxes,
        basemap="world",
        notes=notes_of(int((has_position & ~has_coordinates).sum()), int((~has_position).sum())),
    )


def degrees(
    graph: Graph, chosen: str | None, bound: str | None, names: tuple[str, ...]
) -> npt.NDArray[np.float64]:
    """Degrees float64 (n,), NaN for missing values, from the chosen column, the bound one, or one with a known name."""
    columns = graph.nodes.column_names
    lower = {column.lower(): column for column in reversed(columns)}
    exact_match = next((lower[name] for name in names if name in lower), None)
    suffix_match = next(
        (column for column in columns for name in names if column.lower().endswith(f"_{name}")),
        None,
    )
    column = chosen or (bound if bound in columns else None) or exact_match or suffix_match
    if column is None:
        raise UserInputError(
            f"There is no node column {names[0]}: choose the column, or bind node_{names[0]}."
        )
    try:
        return numbers(graph.nodes[column])
    except pa.ArrowException as error:
        raise UserInputError(
            f"The column '{column}' contains no degrees: choose another."
        ) from error


def place_below_map(placed: Points, count: int, extent: float) -> tuple[Points, Box]:
    """Rows of points below the map for nodes without a position, and the box around them."""
    low, high = placed.min(axis=0), placed.max(axis=0)
    middle = float(low[0] + high[0]) / 2
    per_row = int(np.ceil(np.sqrt(6 * count)))
    gap = min(extent / 40, extent / per_row)
    index = np.arange(count)
    top = float(low[1]) - extent / 10
    width = min(per_row, count) - 1
    x = middle + (index % per_row - width / 2) * gap
    y = top - (index // per_row) * gap
    box = Box(
        x0=float(x.min()) - gap,
        y0=float(y.min()) - gap,
        x1=float(x.max()) + gap,
        y1=top + gap,
        label="no coordinates",
    )
    return np.column_stack((x, y)), box


def notes_of(between: int, below: int) -> tuple[str, ...]:
    notes = []
    if between:
        notes.append(f"Nodes without coordinates, between their neighbours: {between:,}.")
    if below:
        notes.append(
            f"Nodes without coordinates, as all that they lead to, below the map: {below:,}."
        )
    return tuple(notes)


GEOGRAPHIC = Layout(
    name="geographic",
    title="Map",
    description="Nodes on a map of the world, by their latitude and longitude.",
    place=place,
    parameters=(
        Column(
            name="latitude",
            title="Latitude",
            help="Degrees north. Without a column: the bound one, or one of that name.",
            kinds=("number", "category", "text"),
        ),
        Column(
            name="longitude",
            title="Longitude",
            help="Degrees east. Without a column: the bound one, or one of that name.",
            kinds=("number", "category", "text"),
        ),
        Flag(
            name="spread",
            title="Part nodes at one place",
            help="Spread nodes that have the same coordinates around that point.",
            default=True,
        ),
    ),
)

"""The parameters of the force layout; does not import numba, for processes that compute no layouts."""

from dataclasses import dataclass

from graphkeep.compute.parameters import Choice, Flag, Number, Parameter


@dataclass(frozen=True, kw_only=True)
class ForceOptions:
    """Options of `force_layout` besides style and quality; locks fix a coordinate of given positions."""

    lin_log: bool = False
    strong_gravity: bool = False
    dissuade_hubs: bool = False
    edge_influence: float = 1.0
    gravity: float = 1.0
    scaling_ratio: float = 1.0
    precision_vs_speed: float = 1.0
    locked_x: bool = False
    locked_y: bool = False
    locked_r: bool = False


FORCE_PARAMETERS: tuple[Parameter, ...] = (
    Choice(
        name="style",
        title="Style",
        help="The property that the drawing emphasizes.",
        default="auto",
        choices={
            "auto": "What suits the graph",
            "clusters": "Clusters: groups, and what joins them",
            "balanced": "Balanced: groups and distances",
            "distances": "Distances: meshes, roads, molecules",
        },
    ),
    Choice(
        name="quality",
        title="Quality",
        help="How many rounds each level of detail gets.",
        default="balanced",
        choices={"fast": "Fast", "balanced": "Balanced", "best": "Best"},
    ),
    Number(
        name="gravity",
        title="Gravity",
        help="Times the usual pull to the middle.",
        default=1.0,
        low=0.0,
        high=1000.0,
    ),
    Flag(
        name="strong_gravity",
        title="Strong gravity",
        help="A hundred times the pull to the middle.",
        alias="strongGravity",
    ),
    Number(
        name="scaling_ratio",
        title="Repulsion",
        help="Times the usual push between nodes.",
        default=1.0,
        low=0.01,
        high=100.0,
        alias="scalingRatio",
    ),
    Number(
        name="edge_influence",
        title="Influence of weights",
        help="The power to which edge weights are raised; at 0 all edges pull alike.",
        default=1.0,
        low=0.0,
        high=10.0,
        alias="edgeInfluence",
    ),
    Flag(
        name="lin_log",
        title="LinLog",
        help="Long edges pull hardly more than short ones, as in the style clusters.",
        alias="linLog",
    ),
    Flag(
        name="dissuade_hubs",
        title="Dissuade hubs",
        help="Edges of nodes with many edges pull less, so that hubs move to the rim.",
        alias="dissuadeHubs",
    ),
    Number(
        name="precision_vs_speed",
        title="Precision",
        help="Above 1 far nodes are summed up less coarsely; below 1 the layout is faster.",
        default=1.0,
        low=-4.0,
        high=7.0,
        alias="precisionVsSpeed",
    ),
)
CONTINUE_PARAMETERS: tuple[Parameter, ...] = (
    *FORCE_PARAMETERS,
    Flag(name="locked_x", title="Lock x", help="Nodes move up and down only.", alias="lockedX"),
    Flag(name="locked_y", title="Lock y", help="Nodes move sideways only.", alias="lockedY"),
    Flag(name="locked_r", title="Lock radius", help="Nodes stay on their circle.", alias="lockedR"),
)
"""The parameters of a run that continues from given positions."""

"""What a person may ask of the force layout; without numba, for processes that lay nothing out."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ForceOptions:
    """The layout options of the viewer's address; locks keep a coordinate of given positions."""

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

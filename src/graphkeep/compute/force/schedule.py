"""The parameters of a layout, the steps and temperatures of its levels, and its clock."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from graphkeep.compute.force.step import LINEAR, LINLOG, SQUARE, AttractionParams

Style = Literal["auto", "clusters", "balanced", "distances"]
Quality = Literal["fast", "balanced", "best"]
SMALL = 600  # nodes; up to this size all pairs are summed directly
SERIAL = 4000  # nodes; up to this size starting threads costs more than it saves
T_START = 6.0  # maximum first step, in spacings
SPARSE_THETA = 1.1  # maximum opening angle for sparse graphs
COOL_T_START = (
    3.0  # maximum first step on small levels of a tree, which would otherwise fold over itself
)
TREE_GRAVITY, SPARSE_GRAVITY = 0.025, 0.15  # times that of the model
TREE_SPRING_LIMIT = (
    3.0  # spacings up to which a branch attracts like a spring: it is tied by a single edge
)
FRESH = 5  # steps between two rebuilds of near lists and expansions


@dataclass(frozen=True, kw_only=True)
class ForceParams:
    """Parameters of a layout: of the energy, of the schedule, and of the coarsening.

    `attraction_model` is LINEAR, LINLOG or SQUARE, or None to choose it during the run. `fine` and `coarse` are the
    steps of the finest and of other levels, which cool from `t_start` to `t_end` local spacings a step. `theta` is the
    opening angle of the tree. `softening` of the repulsion, `short_range`, the reach of its second term, and
    `spring_limit`, up to which LINLOG attracts like a spring, are in spacings. The mass of a node is
    (degree + 1) to the power of `mass_power`. Each level is `rounds` of clustering coarser than the one below and
    keeps the `max_degree` heaviest edges of a node.
    """

    attraction_model: int | None = None
    fine: int = 20
    coarse: int = 30
    theta: float = 1.2
    repulsion: float = 1.0
    gravity: float = 1.0  # times that of the model
    mass_power: float = 0.5
    softening: float = 0.05
    short_range: float = 0.5
    spring_limit: float = 1.0
    t_start: float = T_START
    t_end: float = 0.15
    rounds: int = 0  # 0: by the graph
    max_degree: int = 64
    is_tree: bool = False
    is_sparse: bool = False
    seed: int = 0
    threads: int = 2


STYLE_MODELS = {"auto": None, "balanced": LINEAR, "clusters": LINLOG, "distances": SQUARE}
STEPS = {"fast": (12, 20), "balanced": (20, 30), "best": (60, 90)}
# Weakly joined clusters would drift apart without gravity; a mesh would be distorted by it.
GRAVITY = {LINLOG: 5e-2, LINEAR: 1e-2, SQUARE: 1e-6}
PATIENCE = 1.4  # times the finest steps where communities are to separate, which happens late
COARSEST_STEPS = 60  # initial positions already match graph distances; more steps would undo that
MIN_STEPS = 3  # steps of a level, however short the time budget
# Mean degrees: below TREE a graph is a tree; below SPARSE one round of clustering coarsens it enough.
TREE, SPARSE = 2.2, 3.5
SECOND_LOOK = (
    5000  # nodes; up to this size the finest level may be refined again with another model
)


def attraction_for(params: ForceParams, attraction_model: int) -> AttractionParams:
    spring_limit = params.spring_limit if attraction_model == LINLOG else 1.0
    return AttractionParams(
        attraction_model, params.repulsion, params.gravity * GRAVITY[attraction_model], spring_limit
    )


class Clock:
    """Time budget and cancellation of a layout."""

    def __init__(
        self, budget_s: float | None = None, cancel: Callable[[], bool] | None = None
    ) -> None:
        self.started = time.perf_counter()
        self.budget_s = budget_s
        self.cancel = cancel
        self.is_cancelled = False

    @property
    def spent_s(self) -> float:
        return time.perf_counter() - self.started

    @property
    def left_s(self) -> float:
        return math.inf if self.budget_s is None else self.budget_s - self.spent_s

    def is_over(self) -> bool:
        self.is_cancelled = self.is_cancelled or (self.cancel is not None and self.cancel())
        return self.is_cancelled or self.left_s <= 0

    def part(self, share: float) -> "Clock":
        """A clock for a share of the remaining time."""
        return Clock(None if self.budget_s is None else self.left_s * share, self.is_over)

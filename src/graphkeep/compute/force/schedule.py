"""The parameters of a layout, the steps and temperatures of its levels, and its clock."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from graphkeep.compute.force.step import LINEAR, LINLOG, SQUARE, AttractionParams

Style = Literal["auto", "clusters", "balanced", "distances"]
Quality = Literal["fast", "balanced", "best"]
SMALL = 600  # up to here every pair is summed
SERIAL = 4000  # up to here starting threads costs more than they bring
T_START = 6.0  # spacings that a first step may go
SPARSE_THETA = 1.1  # the opening angle at most, where a thread more or less decides what is near
COOL_T_START = 3.0  # the same on small levels of a tree, which would be thrown over itself
TREE_GRAVITY, SPARSE_GRAVITY = 0.025, 0.15  # times that of the model
TREE_SPRING_LIMIT = 3.0  # spacings up to which a branch draws like a spring: it hangs on one edge
FRESH = 5  # steps between two rebuilds of near lists and expansions


@dataclass(frozen=True, kw_only=True)
class ForceParams:
    """How a layout is to be made: the parameters of the energy, of the schedule, and of the coarsening.

    `attraction_model` LINEAR, LINLOG or SQUARE, or None: chosen on the way. `fine` and `coarse` steps of the
    finest and of other levels, which cool from `t_start` to `t_end` local spacings a step. `theta` is the
    opening angle of the tree; `softening` of the repulsion and `short_range`, the reach of its second term,
    are in spacings, and so is `spring_limit`: up to there LINLOG draws like a spring. The mass of a node is
    (degree + 1) to the power of `mass_power`. Each level is `rounds` of clustering above the former and keeps
    the `max_degree` heaviest edges of a node.
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
# Clusters joined by a thread would drift apart without a pull; a mesh would be bent by it.
GRAVITY = {LINLOG: 5e-2, LINEAR: 1e-2, SQUARE: 1e-6}
PATIENCE = 1.4  # times the finest steps where communities are to part, which they do late
COARSEST_STEPS = 60  # it stands at its distances already, and longer would undo them
MIN_STEPS = 3  # steps of a level, however short the time
# Mean degrees: below the first a graph is a tree, between them one round of clustering thins it out enough.
TREE, SPARSE = 2.2, 3.5
SECOND_LOOK = 5000  # nodes; up to here a graph is looked at again when it is laid out


def attraction_for(params: ForceParams, attraction_model: int) -> AttractionParams:
    spring_limit = params.spring_limit if attraction_model == LINLOG else 1.0
    return AttractionParams(
        attraction_model, params.repulsion, params.gravity * GRAVITY[attraction_model], spring_limit
    )


class Clock:
    """Time that may be used up, and a person who may say stop."""

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
        """A clock for a share of the time that is left."""
        return Clock(None if self.budget_s is None else self.left_s * share, self.is_over)

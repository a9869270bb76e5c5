"""One connected graph laid out: coarsen, place the coarsest, refine level by level (Walshaw 2003)."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphkeep.compute.force.coarsen import Level, hierarchy
from graphkeep.compute.force.model_selection import first_law, law_of
from graphkeep.compute.force.relax import Relaxation, spacing
from graphkeep.compute.force.relaxer import Held, Relaxer, here
from graphkeep.compute.force.schedule import (
    COARSEST_STEPS,
    COOLER,
    FEWEST,
    PATIENCE,
    SECOND_LOOK,
    SERIAL,
    SMALL,
    SPARSE,
    SPARSE_GRAVITY,
    SPARSE_THETA,
    TREE,
    TREE_GRAVITY,
    TREE_KNEE,
    Clock,
    Plan,
)
from graphkeep.compute.force.simplify import Rows
from graphkeep.compute.force.start import unfolded
from graphkeep.compute.force.step import LINLOG, prolong

Positions = npt.NDArray[np.float32]
LAP_STEPS, PACED_STEPS, UNTIMED_LAPS = 40, 8, 8
PACED = 20_000
LAP_S = 0.04
WARM = 0.9  # spacings that a first step may go when a layout plays on
ENDLESS = 1_000_000_000  # steps of a run whose end the clock knows


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A layout on its way. `pos` float32 (k, 2) of the present level's clusters; `at` int32 (n,): where each node is.

    `is_milestone`: a level is done.
    """

    pos: Positions
    at: npt.NDArray[np.int32] | None
    progress: float
    is_milestone: bool = False

    def whole(self) -> Positions:
        """float32 (n, 2) in the caller's order."""
        return self.pos.copy() if self.at is None else self.pos[self.at]


def finest_level(rows: Rows, power: float = 1.0) -> Level:
    mass = ((np.diff(rows.ptr) + 1) ** power).astype(np.float32)
    return Level(rows=rows, size=np.ones(rows.n, np.int32), mass=mass)


def descend(rows: Rows, plan: Plan, clock: Clock) -> Iterator[Frame]:
    """Lay out one connected graph without loops; a frame after each stretch of steps, the last one done.

    When the clock is over, what is left of the way is gone without a step: every node has a place.
    """
    plan = suited(plan, rows)
    rounds = plan.rounds or (1 if plan.is_sparse and not plan.is_tree else 2)
    law = first_law(rows) if plan.law is None else plan.law
    whole = float(rows.w.sum(dtype=np.float64))
    finest = finest_level(rows, plan.mass_power)
    del rows  # from here on in the order of the hierarchy
    levels, rank = hierarchy(finest, plan.seed, rounds=rounds, widest=plan.widest)
    at = [rank]
    for level in levels[:-1]:
        at.append(level.parent[at[-1]])
    steps = [steps_of(plan, depth, level.n, len(levels)) for depth, level in enumerate(levels)]
    costs = [one * work_of(level) for one, level in zip(steps, levels, strict=True)]
    pos: Held = unfolded(levels[-1].rows, levels[-1].mass)
    started, done, above = clock.spent_s, 0.0, 0
    while levels:
        level, where = levels.pop(), at.pop()
        depth = len(levels)
        if above:
            ground = plan.ground if plan.ground and plan.ground.takes(level.n) else None
            lead = ground.prolonged if ground else prolonged
            pos = lead(level, above, pos, plan.seed + depth)
        is_coarsest, above = above == 0, level.n
        if clock.is_over():
            continue
        left = math.inf if done == 0 else (clock.left_s / (clock.spent_s - started)) * done
        is_late = depth == 0 and law == LINLOG and not plan.is_sparse and level.n > SERIAL // 2
        wanted = int(steps[depth] * (PATIENCE if is_late else 1))
        count = fitting(wanted, sum(costs[: depth + 1]), left)
        stretches = relaxed(level, pos, plan, law, count, is_coarsest=is_coarsest)
        for now, part in stretches:
            pos = now
            yield Frame(
                pos=here(pos), at=where, progress=(done + costs[depth] * part) / sum(costs),
                is_milestone=part == 1,
            )  # fmt: skip
            if clock.is_over():
                break
        if is_coarsest:
            pos = turned(here(pos))
        done += costs[depth]
        if plan.law is None:
            former, law = law, law_of(level, whole, here(pos), finest, plan.seed)
            if law != former:
                relaxer(level, pos, plan, law).rescale()
            if depth == 0 and former != law == LINLOG and level.n <= SECOND_LOOK:
                stretches = relaxed(level, pos, plan, law, plan.fine, is_coarsest=False)
                for now, part in stretches:
                    pos = now
                    yield Frame(pos=here(pos), at=rank, progress=part)
    yield Frame(pos=here(pos), at=rank, progress=1.0, is_milestone=True)


def suited(plan: Plan, rows: Rows) -> Plan:
    """The plan for a graph of so many edges to a node."""
    degree = len(rows.idx) / rows.n
    if degree < TREE:
        gravity = TREE_GRAVITY * plan.gravity
        return replace(plan, is_tree=True, is_sparse=True, gravity=gravity, knee=TREE_KNEE)
    if degree < SPARSE:
        gravity, theta = SPARSE_GRAVITY * plan.gravity, min(plan.theta, SPARSE_THETA)
        return replace(plan, is_sparse=True, gravity=gravity, theta=theta)
    return plan


def work_of(level: Level) -> float:
    return level.n + len(level.rows.idx) / 8


def steps_of(plan: Plan, depth: int, n: int, count: int) -> int:
    if depth == count - 1:
        return COARSEST_STEPS
    if depth == 0:
        return plan.fine if n > SERIAL // 2 else 4 * plan.fine
    return plan.coarse if n > SERIAL else max(plan.coarse, 50)


def fitting(steps: int, wanted: float, affordable: float) -> int:
    """Fewer steps where the work that is left does not fit into the time that is left."""
    return steps if wanted <= affordable else max(FEWEST, int(steps * affordable / wanted))


def prolonged(level: Level, above: int, pos: Positions, seed: int) -> Positions:
    members = np.bincount(level.parent, minlength=above).astype(np.int32)
    fine = np.empty((level.n, 2), np.float32)
    prolong(level.rows, level.parent, pos, members, seed, np.float32(0.5 * spacing(pos)), fine)
    return fine


def relaxed(
    level: Level, pos: Held, plan: Plan, law: int, steps: int, *, is_coarsest: bool
) -> Iterator[tuple[Held, float]]:
    """Cool one level down; (positions, part done) after each stretch."""
    relaxation = relaxer(level, pos, plan, law)
    if is_coarsest:
        relaxation.rescale()
    stretch = max(1, min(steps, relaxation.stretch))
    hot = min(plan.hot, COOLER) if plan.is_tree and level.n <= SMALL else plan.hot
    for begin in range(0, steps, stretch):
        end = min(steps, begin + stretch)
        relaxation.go(begin, end, steps, hot, plan.cold)
        yield relaxation.state.pos, end / steps


def relaxer(level: Level, pos: Held, plan: Plan, law: int) -> Relaxer:
    """On the device, where there is one and it takes so large a level."""
    if plan.ground is not None and plan.ground.takes(level.n):
        return plan.ground.relaxer(level, pos, plan, law)
    return Relaxation(level, pos, plan, law)


def play_on(
    rows: Rows,
    positions: Positions,
    plan: Plan,
    clock: Clock,
    hold: Callable[[Positions], None] | None = None,
    fixed: npt.NDArray[np.bool_] | None = None,
) -> Iterator[Frame]:
    """Go on from given positions, warm but not hot; `hold` mends positions after each step.

    Without a budget it ends after some laps. A small graph is paced, so that its way can be watched.
    """
    plan = suited(plan, rows)
    level = finest_level(rows, plan.mass_power)
    middle = positions.mean(axis=0)
    pos = np.ascontiguousarray(positions - middle, np.float32)
    law = plan.law
    if law is None:
        law = law_of(level, float(rows.w.sum(dtype=np.float64)), pos, level, plan.seed)
    # A given picture is brought to the scale where forces balance, and back.
    relaxation: Relaxer
    if hold is None:
        relaxation = relaxer(level, pos, plan, law)
        factor = relaxation.rescale()
    else:
        relaxation = held = Relaxation(level, pos, plan, law)
        factor = held.rescale(fixed)
    pos = here(relaxation.state.pos)
    lap_steps = LAP_STEPS if clock.budget_s is None or level.n > PACED else PACED_STEPS
    stretch = 1 if hold else max(1, min(lap_steps, relaxation.stretch))
    done = 0
    while True:
        began = clock.spent_s
        share = done / (UNTIMED_LAPS * LAP_STEPS)
        if clock.budget_s is not None:
            share = began / max(clock.budget_s, 1e-9)
        if share >= 1 or clock.is_over():
            break
        hot = WARM * math.exp(-4 * share)
        for _ in range(max(1, lap_steps // stretch) if hold else 1):
            relaxation.go(done, done + stretch, ENDLESS, hot, hot)
            done += stretch
            pos = here(relaxation.state.pos)
            if hold is not None:
                pos[:] = pos / factor + middle
                hold(pos)
                pos[:] = (pos - middle) * factor
        yield Frame(pos=pos / factor + middle, at=None, progress=min(1.0, share))
        if clock.budget_s is not None and level.n <= PACED:
            time.sleep(max(0.0, LAP_S - (clock.spent_s - began)))
    yield Frame(pos=pos / factor + middle, at=None, progress=1.0, is_milestone=True)


def turned(pos: Positions) -> Positions:
    """The longest extent lies flat: windows are wide."""
    both = (pos - pos.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(both.T @ both)
    return np.ascontiguousarray(both @ axes[:, ::-1], np.float32)

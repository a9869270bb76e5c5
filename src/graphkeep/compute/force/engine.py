"""Multilevel layout of one connected graph: coarsen, place the coarsest level, refine level by level (Walshaw 2003)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphkeep.compute.force.backend import DeviceArray, DeviceBackend, LevelRefiner, to_host
from graphkeep.compute.force.coarsen import Level, hierarchy
from graphkeep.compute.force.model_selection import choose_model, initial_model
from graphkeep.compute.force.refine import CpuRefiner, spacing
from graphkeep.compute.force.schedule import (
    COARSEST_STEPS,
    COOL_T_START,
    MIN_STEPS,
    PATIENCE,
    SECOND_LOOK,
    SERIAL,
    SMALL,
    SPARSE,
    SPARSE_GRAVITY,
    SPARSE_THETA,
    TREE,
    TREE_GRAVITY,
    TREE_SPRING_LIMIT,
    Clock,
    ForceParams,
)
from graphkeep.compute.force.start import initial_positions
from graphkeep.compute.force.step import LINLOG, prolong
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.positions import Positions


@dataclass(frozen=True, kw_only=True)
class Frame:
    """An intermediate layout: `pos` float32 (k, 2) of the current level's clusters.

    `at` int32 (n,) is the cluster of each node, `is_milestone`: a level is complete.
    """

    pos: Positions
    at: npt.NDArray[np.int32] | None
    progress: float
    is_milestone: bool = False

    def whole(self) -> Positions:
        """float32 (n, 2) in the caller's order."""
        return self.pos.copy() if self.at is None else self.pos[self.at]


def finest_level(rows: CsrGraph, power: float = 1.0) -> Level:
    mass = ((np.diff(rows.indptr) + 1) ** power).astype(np.float32)
    return Level(rows=rows, size=np.ones(rows.n, np.int32), mass=mass)


def layout_multilevel(
    rows: CsrGraph, params: ForceParams, clock: Clock, backend: DeviceBackend | None = None
) -> Iterator[Frame]:
    """Lay out one connected graph without loops; yields a frame after each stretch of steps, then the final layout.

    When the time is up, the remaining levels are not refined: every node still gets a position.
    """
    descent = Descent(rows, tune_for_density(params, rows), clock, backend)
    del rows  # the descent has its own copy, in hierarchy order
    while descent.levels:
        level = descent.enter_level()
        if clock.is_over():
            continue
        yield from descent.refine(level)
        if params.attraction_model is None:
            yield from descent.revise_model(level)
    yield Frame(pos=to_host(descent.pos), at=descent.members, progress=1.0, is_milestone=True)


class Descent:
    """State of the refinement from the coarsest level to the finest.

    `levels` are the remaining levels, the next one last. `pos` are the positions of the current level's
    clusters, `members` int32 (n,) the cluster of each of the caller's nodes.
    """

    def __init__(
        self, rows: CsrGraph, params: ForceParams, clock: Clock, backend: DeviceBackend | None
    ) -> None:
        self.params, self.clock, self.backend = params, clock, backend
        model = params.attraction_model
        self.attraction_model = initial_model(rows) if model is None else model
        self.total_weight = float(rows.weights.sum(dtype=np.float64))
        self.finest = finest_level(rows, params.mass_power)
        rounds = params.rounds or (1 if params.is_sparse and not params.is_tree else 2)
        self.levels, rank = hierarchy(
            self.finest, params.seed, rounds=rounds, max_degree=params.max_degree
        )
        self.memberships = [rank]
        for level in self.levels[:-1]:
            self.memberships.append(level.parent[self.memberships[-1]])
        count = len(self.levels)
        self.steps = [
            steps_for_level(params, depth, level.n, count)
            for depth, level in enumerate(self.levels)
        ]
        self.costs = [
            steps * level_cost(level) for steps, level in zip(self.steps, self.levels, strict=True)
        ]
        self.cost_done = 0.0
        coarsest = self.levels[-1]
        self.pos: DeviceArray = initial_positions(coarsest.rows, coarsest.mass)
        self.members = self.memberships[-1]
        self.n_above = 0  # clusters of the level above; 0 on the coarsest
        self.is_coarsest = True
        self.started_s = clock.spent_s

    @property
    def depth(self) -> int:
        """0 on the finest level."""
        return len(self.levels)

    def enter_level(self) -> Level:
        """The next finer level, its nodes placed near their clusters."""
        level, self.members = self.levels.pop(), self.memberships.pop()
        self.is_coarsest = self.n_above == 0
        if not self.is_coarsest:
            on_device = self.backend is not None and self.backend.takes(level.n)
            prolong_level = (
                self.backend.prolong
                if self.backend is not None and on_device
                else prolong_positions
            )
            self.pos = prolong_level(level, self.n_above, self.pos, self.params.seed + self.depth)
        self.n_above = level.n
        return level

    def refine(self, level: Level) -> Iterator[Frame]:
        """Cool the level, with as many steps as the time budget allows."""
        cost, total = self.costs[self.depth], sum(self.costs)
        for pos, fraction in self.cool(level, self.steps_now(level), is_coarsest=self.is_coarsest):
            self.pos = pos
            progress = (self.cost_done + cost * fraction) / total
            yield Frame(
                pos=to_host(pos), at=self.members, progress=progress, is_milestone=fraction == 1
            )
            if self.clock.is_over():
                break
        if self.is_coarsest:
            self.pos = align_to_axes(to_host(self.pos))
        self.cost_done += cost

    def steps_now(self, level: Level) -> int:
        affordable = math.inf
        if self.cost_done:
            spent_s = self.clock.spent_s - self.started_s
            affordable = self.clock.left_s / spent_s * self.cost_done
        # Communities separate late, on the finest level.
        is_late = (
            self.depth == 0
            and self.attraction_model == LINLOG
            and not self.params.is_sparse
            and level.n > SERIAL // 2
        )
        steps = int(self.steps[self.depth] * (PATIENCE if is_late else 1))
        return steps_within_budget(steps, sum(self.costs[: self.depth + 1]), affordable)

    def revise_model(self, level: Level) -> Iterator[Frame]:
        """Choose the attraction model for the next levels from this level's layout.

        If a small graph turns out to have clusters on its finest level, that level is refined again.
        """
        previous = self.attraction_model
        self.attraction_model = choose_model(
            level, self.total_weight, to_host(self.pos), self.finest, self.params.seed
        )
        if self.attraction_model == previous:
            return
        refiner_for(level, self.pos, self.params, self.attraction_model, self.backend).rescale()
        if self.depth == 0 and self.attraction_model == LINLOG and level.n <= SECOND_LOOK:
            for pos, fraction in self.cool(level, self.params.fine, is_coarsest=False):
                self.pos = pos
                yield Frame(pos=to_host(pos), at=self.members, progress=fraction)

    def cool(
        self, level: Level, steps: int, *, is_coarsest: bool
    ) -> Iterator[tuple[DeviceArray, float]]:
        return refine_level(
            level, self.pos, self.params, self.attraction_model, steps, self.backend,
            is_coarsest=is_coarsest,
        )  # fmt: skip


def tune_for_density(params: ForceParams, rows: CsrGraph) -> ForceParams:
    """Parameters for the graph's mean degree: trees and sparse graphs need less gravity."""
    degree = len(rows.indices) / rows.n
    if degree < TREE:
        gravity = TREE_GRAVITY * params.gravity
        return replace(
            params, is_tree=True, is_sparse=True, gravity=gravity, spring_limit=TREE_SPRING_LIMIT
        )
    if degree < SPARSE:
        gravity, theta = SPARSE_GRAVITY * params.gravity, min(params.theta, SPARSE_THETA)
        return replace(params, is_sparse=True, gravity=gravity, theta=theta)
    return params


def level_cost(level: Level) -> float:
    return level.n + len(level.rows.indices) / 8


def steps_for_level(params: ForceParams, depth: int, n: int, count: int) -> int:
    if depth == count - 1:
        return COARSEST_STEPS
    if depth == 0:
        return params.fine if n > SERIAL // 2 else 4 * params.fine
    return params.coarse if n > SERIAL else max(params.coarse, 50)


def steps_within_budget(steps: int, wanted: float, affordable: float) -> int:
    """Fewer steps if the remaining cost exceeds what the remaining time affords."""
    return steps if wanted <= affordable else max(MIN_STEPS, int(steps * affordable / wanted))


def prolong_positions(level: Level, above: int, pos: Positions, seed: int) -> Positions:
    members = np.bincount(level.parent, minlength=above).astype(np.int32)
    fine = np.empty((level.n, 2), np.float32)
    prolong(level.rows, level.parent, pos, members, seed, np.float32(0.5 * spacing(pos)), fine)
    return fine


def refine_level(
    level: Level,
    pos: DeviceArray,
    params: ForceParams,
    attraction_model: int,
    steps: int,
    backend: DeviceBackend | None = None,
    *,
    is_coarsest: bool,
) -> Iterator[tuple[DeviceArray, float]]:
    """Cool one level; yields (positions, completed fraction) after each stretch."""
    refiner = refiner_for(level, pos, params, attraction_model, backend)
    if is_coarsest:
        refiner.rescale()
    stretch = max(1, min(steps, refiner.stretch))
    is_small_tree = params.is_tree and level.n <= SMALL
    t_start = min(params.t_start, COOL_T_START) if is_small_tree else params.t_start
    for begin in range(0, steps, stretch):
        end = min(steps, begin + stretch)
        refiner.run_steps(begin, end, steps, t_start, params.t_end)
        yield refiner.state.pos, end / steps


def refiner_for(
    level: Level,
    pos: DeviceArray,
    params: ForceParams,
    attraction_model: int,
    backend: DeviceBackend | None = None,
) -> LevelRefiner:
    """The device's refiner, if there is a device that accepts a level of this size, else the CPU's."""
    if backend is not None and backend.takes(level.n):
        return backend.refiner(level, pos, params, attraction_model)
    return CpuRefiner(level, pos, params, attraction_model)


def align_to_axes(pos: Positions) -> Positions:
    """Rotated so that the longest extent is horizontal, because windows are wide."""
    centered = (pos - pos.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(centered.T @ centered)
    return np.ascontiguousarray(centered @ axes[:, ::-1], np.float32)

"""Level refinement on the CPU: its steps, buffers and threads."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, set_num_threads

from graphkeep.compute.force.coarsen import Level
from graphkeep.compute.force.repulse import refresh, repulse, repulse_directly
from graphkeep.compute.force.schedule import FRESH, SERIAL, SMALL, ForceParams, attraction_for
from graphkeep.compute.force.step import attract, attract_some, balance_of, move, move_some
from graphkeep.compute.force.tree import (
    field_of,
    gather,
    grow_branches,
    grow_leaves,
    sort_along_curve,
)
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.jit import FAST
from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.point_spacing import point_spacing

CHUNKS = 64
STRETCH = 1_000_000  # node steps between two checks of the clock


class State(NamedTuple):
    """Arrays float32 (n, 2); float32 (n,): `drag`, the total weight on a node, and `local`, the spacing around it."""

    pos: Positions
    following: Positions
    velocity: Positions
    force: Positions
    drag: npt.NDArray[np.float32]
    local: npt.NDArray[np.float32]


class Pace(NamedTuple):
    """A stretch of cooling: steps `begin`..`end` of `steps`, from `t_start` to `t_end` local spacings."""

    begin: int
    end: int
    steps: int
    t_start: float
    t_end: float
    theta: float
    softening: float
    short_range: float


@njit(**FAST)
def spacing(pos):
    """The typical distance between neighbours, never 0."""
    return max(point_spacing(pos, np.empty(2)), 3.5e-6 / math.sqrt(len(pos)))


@njit(**FAST)
def refine(rows, mass, state, field, pull, pace, share, stat):
    """Steps of one level, in place; returns the last mean move in local spacings."""
    pos, following = state.pos, state.following
    L, moved = np.float32(1), 0.0
    for step in range(pace.begin, pace.end):
        is_fresh = step % FRESH == 0 or step < 3
        if is_fresh:
            L = np.float32(spacing(pos))
        moved = take_step(
            step, is_fresh, L, pos, following, rows, mass, state, field, pull, pace, share, stat
        )
        pos, following = following, pos
    if (pace.end - pace.begin) % 2 == 1:
        state.pos[:] = pos
    return moved


@njit(**FAST)
def take_step(step, is_fresh, L, pos, following, rows, mass, state, field, pull, pace, share, stat):
    n, chunks = len(mass), len(share) - 1
    fraction = step / max(1, pace.steps - 1)
    top = np.float32(pace.t_start * (pace.t_end / pace.t_start) ** fraction)
    momentum = np.float32(0.6 * (1 - fraction * 0.5))
    relaxation = np.float32(pull.relaxation)
    least = np.float32(0.05) * L
    softening, short_range = np.float32(pace.softening), np.float32(pace.short_range)
    force, drag, local = state.force, state.drag, state.local
    if len(field.tree) == 1:
        repulse_directly(pos, mass, field, L, softening, short_range, force, local)
        attract_some(0, n, rows, mass, pos, force, drag, pull, L)
        return move_some(0, n, pos, following, state, relaxation, momentum, top, least) / n
    if is_fresh:
        sort_along_curve(pos, field)
    gather(pos, mass, field.perm, field.sx, field.sy, field.sm)
    grow_leaves(field.sx, field.sy, field.sm, field.tree, field.spread, least)
    grow_branches(field)
    if is_fresh:
        refresh(field, np.float32(pace.theta), chunks)
    repulse(field, softening, short_range, force, local, chunks)
    attract(rows, mass, pos, force, drag, pull, L, share)
    move(pos, following, state, relaxation, momentum, top, least, chunks, stat)
    return stat.sum() / n


def balanced_chunks(rows: CsrGraph, chunks: int) -> npt.NDArray[np.int64]:
    """Chunk boundaries int64 (chunks + 1,) over the nodes, with about equal work per chunk."""
    if chunks == 1:
        return np.array([0, rows.n])
    work = rows.indptr + 4 * np.arange(len(rows.indptr))
    cuts = np.searchsorted(work, np.linspace(0, work[-1], chunks + 1))
    cuts[0], cuts[-1] = 0, rows.n
    return cuts


class CpuRefiner:
    """Refinement of one level on the CPU: its buffers and threads."""

    def __init__(
        self, level: Level, pos: Positions, params: ForceParams, attraction_model: int
    ) -> None:
        n = level.n
        self.level, self.params = level, params
        self.threads = 1 if n < SERIAL else params.threads
        chunks = 1 if n < SERIAL else CHUNKS
        following, velocity, force = (np.zeros((n, 2), np.float32) for _ in range(3))
        self.state = State(
            pos, following, velocity, force, np.zeros(n, np.float32), np.ones(n, np.float32)
        )
        self.field = field_of(n, with_tree=n > SMALL)
        self.share, self.stat = balanced_chunks(level.rows, chunks), np.zeros(chunks)
        self.pull = attraction_for(params, attraction_model)

    @property
    def stretch(self) -> int:
        return STRETCH // self.level.n

    def rescale(self, aside: npt.NDArray[np.bool_] | None = None) -> np.float32:
        """Scale the positions to where forces balance, ignoring nodes `aside`; returns the factor.

        With fewer than two other nodes there is no repulsion among them, so all nodes count.
        """
        pos, rows, mass = self.state.pos, self.level.rows, self.level.mass
        if aside is not None and np.count_nonzero(~aside) < 2:
            aside = None
        if aside is not None:
            source = np.repeat(np.arange(rows.n), np.diff(rows.indptr))
            rows = CsrGraph(
                rows.indptr,
                rows.indices,
                np.where(aside[source] | aside[rows.indices], 0, rows.weights),
            )
            mass = np.where(aside, np.float32(0), mass)
        middle = pos if aside is None else pos[~aside]
        factor = np.float32(balance_of(rows, mass, pos, self.pull, spacing(middle)))
        pos *= factor
        return factor

    def run_steps(self, begin: int, end: int, steps: int, t_start: float, t_end: float) -> float:
        """Run steps begin..end of `steps`, which cool from `t_start` to `t_end` local spacings.

        Returns the last mean move.
        """
        set_num_threads(self.threads)
        params = self.params
        pace = Pace(
            begin, end, steps, t_start, t_end, params.theta, params.softening, params.short_range
        )
        level = self.level
        moved = refine(
            level.rows, level.mass, self.state, self.field, self.pull, pace, self.share, self.stat
        )
        return float(moved)

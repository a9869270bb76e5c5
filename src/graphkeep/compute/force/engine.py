"""One connected graph laid out: coarsen, place the coarsest, refine level by level.

The energy is that of ForceAtlas2 (Jacomy et al. 2014) with attraction d (balanced), log(1 + d) (LinLog,
Noack 2007) or d^2 (Fruchterman and Reingold 1991), and a short-range term that parts overlapping leaves.
"""

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from numba import get_num_threads, set_num_threads

from graphkeep.compute.force.repulse import direct, nearfield, refresh
from graphkeep.compute.force.step import move, prolong
from graphkeep.compute.force.tree import build, hilbert_keys, radix, tree_shape
from graphkeep.compute.kernels.coarsen import cluster, contract, csr_from_edges, permute_csr
from graphkeep.compute.kernels.options import NEAR_CAP

Positions = npt.NDArray[np.float32]
MODES = {"balanced": 0, "clusters": 1, "distances": 2}
SMALL = 800  # below, every pair is summed
SERIAL = 5000  # below, starting threads costs more than they bring
COARSEST = 64
RESORT = 5
FRAME_S = 0.1
PACED = 20_000
LAP_S = 0.04
UNTIMED_LAPS = 8


@dataclass(kw_only=True)
class Level:
    n: int
    ptr: np.ndarray
    idx: np.ndarray
    w: np.ndarray
    size: np.ndarray
    mass: np.ndarray
    parent: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`iterations` of the finest and of coarse levels; `theta` is the opening angle."""

    mode: int
    iterations: tuple[int, int] = (25, 50)
    theta: float = 1.0
    repulsion: float = 1.0
    gravity: float = 1e-4
    seed: int = 0
    budget_s: float | None = None
    threads: int = 2


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """`frame` gets positions float32 (n, 2) in the caller's order and a progress; `hold` mends a step."""

    frame: Callable[[Positions, float], None] | None = None
    cancel: Callable[[], bool] | None = None
    hold: Callable[[np.ndarray, np.ndarray], None] | None = None


def spacing(x: np.ndarray, y: np.ndarray) -> float:
    """The typical distance between neighbours of a cloud of points."""
    return math.sqrt(max(float(x.std()) * float(y.std()), 1e-12)) * 3.5 / math.sqrt(len(x))


def finest_level(n: int, edges: np.ndarray, weights: np.ndarray) -> Level:
    u = np.ascontiguousarray(edges[:, 0], np.int32)
    v = np.ascontiguousarray(edges[:, 1], np.int32)
    ptr, idx, w = csr_from_edges(n, u, v, np.ascontiguousarray(weights, np.float32))
    mass = (np.diff(ptr) + 1).astype(np.float32)
    return Level(n=n, ptr=ptr, idx=idx, w=w, size=np.ones(n, np.int32), mass=mass)


def hierarchy(finest: Level, seed: int) -> tuple[list[Level], np.ndarray]:
    """Levels from fine to coarse, renumbered so that members of a cluster lie together in memory.

    Also int64 (n,): where each of the caller's nodes went.
    """
    levels = [finest]
    while levels[-1].n > COARSEST and len(levels) < 30:
        fine = levels[-1]
        cap = max(4, int(4 * fine.size.sum() / fine.n))
        label, count = cluster(
            fine.n, fine.ptr, fine.idx, fine.w, fine.size, cap, seed + len(levels)
        )
        if count > 0.95 * fine.n:
            break
        ptr, idx, w, size, mass = contract(
            fine.n, fine.ptr, fine.idx, fine.w, label, count, fine.size, fine.mass
        )
        fine.parent = label
        levels.append(Level(n=count, ptr=ptr, idx=idx, w=w, size=size, mass=mass))
    rank = np.arange(levels[-1].n)
    for fine in levels[-2::-1]:
        parent = rank[fine.parent]
        order = np.argsort(parent, kind="stable")
        rank = np.empty(fine.n, np.int64)
        rank[order] = np.arange(fine.n)
        fine.ptr, fine.idx, fine.w = permute_csr(fine.n, fine.ptr, fine.idx, fine.w, rank)
        fine.parent = parent[order].astype(np.int32)
        fine.size = fine.size[order]
        fine.mass = fine.mass[order]
    return levels, rank


class Run:
    """One layout under way: its clock, its frames, its end."""

    def __init__(self, plan: Plan, hooks: Hooks) -> None:
        self.plan = plan
        self.hooks = hooks
        self.started = time.perf_counter()
        self.next_frame = 0.0
        self.is_over = False

    def check(self) -> bool:
        """Whether to stop here, with what there is."""
        spent = time.perf_counter() - self.started
        if self.plan.budget_s is not None and spent > self.plan.budget_s:
            self.is_over = True
        if self.hooks.cancel is not None and self.hooks.cancel():
            self.is_over = True
        return self.is_over

    def show(
        self, x: np.ndarray, y: np.ndarray, at: np.ndarray, progress: float, *, now: bool = False
    ) -> None:
        clock = time.perf_counter()
        if self.hooks.frame is None or (clock < self.next_frame and not now):
            return
        self.hooks.frame(np.column_stack((x[at], y[at])), progress)
        self.next_frame = time.perf_counter() + FRAME_S

    def relax(
        self,
        level: Level,
        x: np.ndarray,
        y: np.ndarray,
        iterations: int,
        *,
        at: np.ndarray,
        progress: tuple[float, float],
        temperature: tuple[float, float] = (1.0, 0.05),
        holds: bool = False,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Steps of cooling size; `temperature` is in spacings / 3 at the first and last step."""
        plan, n = self.plan, level.n
        set_num_threads(1 if n < SERIAL else plan.threads)
        chunks = get_num_threads() * 16
        fx, fy, vx, vy = (np.zeros(n, np.float32) for _ in range(4))
        nx, ny = np.empty_like(x), np.empty_like(y)
        stat = np.zeros(chunks)
        field_ = None if n <= SMALL else Field(n, chunks, plan.theta)
        scale = spacing(x, y)
        hot, cold = temperature
        for step in range(iterations):
            if self.check():
                break
            share = step / max(1, iterations - 1)
            if step % RESORT == 0:
                scale = spacing(x, y)
            top = np.float32(scale * hot * (cold / hot) ** share * 3.0)
            eps = np.float32((scale * 0.05) ** 2)
            gam = np.float32((scale * 0.5) ** 2)
            if field_ is None:
                direct(n, x, y, level.mass, eps, gam, fx, fy)
            else:
                field_.repulse(x, y, level.mass, eps, gam, fx, fy, step)
            move(
                n, level.ptr, level.idx, level.w, x, y, nx, ny, level.mass, fx, fy, vx, vy,
                np.float32(plan.repulsion), np.float32(plan.gravity), np.float32(0.7),
                np.float32(0.6 * (1 - share * 0.5)), top, plan.mode, np.float32(scale), chunks, stat,
            )  # fmt: skip
            if holds and self.hooks.hold is not None:
                self.hooks.hold(nx, ny)
            x, nx = nx, x
            y, ny = ny, y
            self.show(x, y, at, progress[0] + (progress[1] - progress[0]) * share)
        return x, y


class Field:
    """The repulsion of many points: a tree, near lists and far expansions, kept between steps."""

    def __init__(self, n: int, chunks: int, theta: float) -> None:
        self.n, self.chunks, self.theta = n, chunks, np.float32(theta)
        self.off = tree_shape(n)
        leaves = self.off[1]
        self.tree = np.empty((self.off[-1], 8), np.float32)
        self.perm, self.perm2 = np.arange(n, dtype=np.int32), np.empty(n, np.int32)
        self.key, self.key2 = np.empty(n, np.uint32), np.empty(n, np.uint32)
        self.sx, self.sy, self.sm = (np.empty(n, np.float32) for _ in range(3))
        self.near = np.empty((leaves, NEAR_CAP), np.int32)
        self.near_count = np.empty(leaves, np.int32)
        self.far = np.empty((leaves, 9), np.float32)

    def repulse(self, x, y, mass, eps, gam, fx, fy, step: int) -> None:
        # Expansions that are stale while everything still moves far blow up: refresh the first ones.
        is_fresh = step % RESORT == 0 or step < 3
        if is_fresh:
            x0, y0 = x.min(), y.min()
            inverse = 65535.0 / max(float(x.max() - x0), float(y.max() - y0), 1e-20)
            hilbert_keys(x, y, x0, y0, np.float32(inverse), self.key)
            radix(self.key, self.perm, self.key2, self.perm2)
        build(x, y, mass, self.perm, self.sx, self.sy, self.sm, self.off, self.tree)
        if is_fresh:
            refresh(
                self.n, self.off, self.tree, self.theta, self.near, self.near_count, self.far,
                self.chunks,
            )  # fmt: skip
        nearfield(
            self.n, self.sx, self.sy, self.perm, self.sm, self.off, self.tree, self.near,
            self.near_count, self.far, eps, gam, fx, fy, self.chunks,
        )  # fmt: skip


def lay_out_connected(
    n: int, edges: np.ndarray, weights: np.ndarray, plan: Plan, hooks: Hooks
) -> Positions:
    """float32 (n, 2) of one connected graph without loops, its spacing about 1."""
    levels, rank = hierarchy(finest_level(n, edges, weights), plan.seed)
    run = Run(plan, hooks)
    coarsest = levels[-1]
    rng = np.random.default_rng(plan.seed)
    side = math.sqrt(coarsest.n * float(coarsest.mass.mean()))
    x = (rng.random(coarsest.n) * side).astype(np.float32)
    y = (rng.random(coarsest.n) * side).astype(np.float32)
    at = [rank]
    for level in levels[:-1]:
        at.append(level.parent[at[-1]])
    weight = np.array([level.n for level in levels], np.float64)
    done = 0.0
    fine, coarse = plan.iterations
    for depth in range(len(levels) - 1, -1, -1):
        level = levels[depth]
        if depth < len(levels) - 1:
            above = levels[depth + 1]
            counts = np.bincount(level.parent, minlength=above.n).astype(np.int32)
            jitter = np.float32(0.5 * spacing(x, y))
            nx, ny = np.empty(level.n, np.float32), np.empty(level.n, np.float32)
            prolong(
                level.n, level.ptr, level.idx, level.w, level.parent, x, y, counts,
                plan.seed + depth, jitter, nx, ny,
            )  # fmt: skip
            x, y = nx, ny
        if run.is_over:
            continue
        is_coarsest = depth == len(levels) - 1
        steps = fine if depth == 0 else int(min(coarse, fine * 1.3**depth + 10))
        if is_coarsest:
            steps = 200
        elif level.n < SERIAL:
            steps = max(steps, 60)
        share = float(weight[depth] / weight.sum())
        x, y = run.relax(
            level, x, y, steps, at=at[depth], progress=(done, done + share),
            temperature=(10.0 if is_coarsest else 1.0, 0.05), holds=depth == 0,
        )  # fmt: skip
        if is_coarsest:
            x, y = turned(x, y)
        done += share
        run.show(x, y, at[depth], done, now=depth < 4)
    placed = np.column_stack((x, y))[rank]
    return unit_spacing(placed)


def play_on(
    n: int,
    edges: np.ndarray,
    weights: np.ndarray,
    positions: Positions,
    plan: Plan,
    hooks: Hooks,
) -> Positions:
    """Go on from given positions, warm but not hot, until the budget ends."""
    run = Run(plan, hooks)
    level = finest_level(n, edges, weights)
    # Forces are in units of the masses: a given picture is brought to the scale where they balance.
    factor = balanced_spacing(level) / max(spacing(positions[:, 0], positions[:, 1]), 1e-9)
    middle = positions.mean(axis=0)
    x = np.ascontiguousarray((positions[:, 0] - middle[0]) * factor, np.float32)
    y = np.ascontiguousarray((positions[:, 1] - middle[1]) * factor, np.float32)
    at = np.arange(n)
    frame, hold = hooks.frame, hooks.hold

    def back(a: np.ndarray, b: np.ndarray) -> None:
        a /= factor
        b /= factor
        a += middle[0]
        b += middle[1]

    def mended(a: np.ndarray, b: np.ndarray) -> None:
        back(a, b)
        if hold is not None:
            hold(a, b)
        a -= middle[0]
        b -= middle[1]
        a *= factor
        b *= factor

    def shown(placed: Positions, progress: float) -> None:
        if frame is not None:
            frame((placed / factor + middle).astype(np.float32), progress)

    run.hooks = Hooks(
        frame=shown if frame else None, cancel=hooks.cancel, hold=mended if hold else None
    )
    # A small graph would settle between two frames: it is paced, so that its way can be watched.
    steps = 40 if plan.budget_s is None or n > PACED else 8
    for lap in itertools.count():
        spent = time.perf_counter() - run.started
        share = lap / UNTIMED_LAPS if plan.budget_s is None else spent / max(plan.budget_s, 1e-9)
        if share >= 1 or run.check():
            break
        hot = 0.3 * math.exp(-4 * share)
        x, y = run.relax(
            level, x, y, steps, at=at, progress=(share, share), temperature=(hot, hot), holds=True,
        )  # fmt: skip
        if plan.budget_s is not None:
            time.sleep(max(0.0, LAP_S - (time.perf_counter() - run.started - spent)))
    return (np.column_stack((x, y)) / factor + middle).astype(np.float32)


def balanced_spacing(level: Level) -> float:
    """About where attraction and repulsion balance for neighbours."""
    return math.sqrt(float(level.mass.mean()))


def turned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The longest extent lies flat: windows are wide."""
    both = np.column_stack((x - x.mean(), y - y.mean())).astype(np.float64)
    _, axes = np.linalg.eigh(both.T @ both)
    flat = both @ axes[:, ::-1]
    return np.ascontiguousarray(flat[:, 0], np.float32), np.ascontiguousarray(
        flat[:, 1], np.float32
    )


def unit_spacing(placed: Positions) -> Positions:
    middle = placed.mean(axis=0)
    return ((placed - middle) / spacing(placed[:, 0], placed[:, 1])).astype(np.float32)

"""`force_layout`: any graph, in components, by the engine."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
import numpy.typing as npt
from numba import set_num_threads

from graphkeep.compute.force.engine import MODES, Hooks, Plan, lay_out_connected, play_on
from graphkeep.compute.kernels.coarsen import csr_from_edges
from graphkeep.compute.placement.components import SMALL, components, place_small
from graphkeep.compute.placement.packing import pack_circles

Positions = npt.NDArray[np.float32]
Style = Literal["auto", "clusters", "balanced", "distances"]
Quality = Literal["fast", "balanced", "best"]
ITERATIONS = {"fast": (12, 30), "balanced": (25, 50), "best": (60, 120)}
GRAVITY = {"clusters": 1e-2, "balanced": 1e-3, "distances": 1e-4}
PADDING = 1.2


@dataclass(frozen=True, kw_only=True)
class ForceOptions:
    """The layout options of the viewer's address; locks keep a coordinate of given positions."""

    lin_log: bool = False
    strong_gravity: bool = False
    dissuade_hubs: bool = False
    edge_influence: float = 0.0
    gravity: float = 1.0
    scaling_ratio: float = 1.0
    precision_vs_speed: float = 1.0
    locked_x: bool = False
    locked_y: bool = False
    locked_r: bool = False


def force_layout(
    n: int,
    edges: npt.NDArray[np.integer],
    *,
    weights: npt.NDArray[np.floating] | None = None,
    style: Style = "auto",
    quality: Quality = "balanced",
    seed: int = 0,
    positions: Positions | None = None,
    fixed: npt.NDArray[np.bool_] | None = None,
    components: Literal["pack", "together"] = "pack",
    budget_s: float | None = None,
    threads: int | None = None,
    options: ForceOptions = ForceOptions(),
    on_frame: Callable[[Positions, float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Positions:
    """Positions float32 (n, 2), neighbours about 1 apart.

    `edges` is int (m, 2), `weights` float (m,) multiplies attraction, `fixed` bool (n,) pins nodes of
    `positions`. Without `positions` the layout starts from nothing, otherwise it plays on from them.
    `on_frame` gets positions and a progress of 0 to 1 about ten times a second. The same seed gives the
    same positions, whatever the threads, unless `budget_s` cuts the run.

    Raises:
        ValueError: an edge names a node that is not below `n`, or the shapes do not agree.
    """
    if len(edges) and (int(edges.max()) >= n or int(edges.min()) < 0):
        raise ValueError("an edge names a node that is not there")
    if n == 0:
        return np.empty((0, 2), np.float32)
    threads = threads or min(os.cpu_count() or 1, 8)
    set_num_threads(min(threads, _most_threads()))
    pairs, strength = simplify(n, edges, weights, options)
    plan = plan_of(n, pairs, style, quality, seed, options, budget_s, min(threads, _most_threads()))
    if positions is not None:
        hold = hold_of(positions, fixed, options)
        hooks = Hooks(frame=on_frame, cancel=cancel, hold=hold)
        return play_on(n, pairs, strength, positions, plan, hooks)
    if components == "together":
        hooks = Hooks(frame=on_frame, cancel=cancel)
        return lay_out_connected(n, pairs, strength, plan, hooks)
    return in_components(n, pairs, strength, plan, on_frame, cancel)


def _most_threads() -> int:
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]


def simplify(
    n: int,
    edges: npt.NDArray[np.integer],
    weights: npt.NDArray[np.floating] | None,
    options: ForceOptions,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs int32 (k, 2) without loops, each once, and strengths of mean 1, damped by multiplicity."""
    low = np.minimum(edges[:, 0], edges[:, 1]).astype(np.int64)
    high = np.maximum(edges[:, 0], edges[:, 1]).astype(np.int64)
    strength = np.ones(len(low), np.float64)
    if weights is not None and options.edge_influence > 0:
        strength = np.clip(np.abs(weights.astype(np.float64)), 1e-3, None) ** options.edge_influence
    apart = low != high
    low, high, strength = low[apart], high[apart], strength[apart]
    key, first, inverse, counts = np.unique(
        low * n + high, return_index=True, return_inverse=True, return_counts=True
    )
    summed = np.bincount(inverse, weights=strength, minlength=len(key)) / np.sqrt(counts)
    if len(summed):
        summed = np.clip(summed / summed.mean(), 0.02, 50)
    pairs = np.column_stack((low[first], high[first])).astype(np.int32)
    if options.dissuade_hubs and len(pairs):
        degree = np.bincount(pairs.ravel(), minlength=n)
        summed = summed / np.sqrt(np.maximum(degree[pairs[:, 0]], degree[pairs[:, 1]]))
        summed /= summed.mean()
    return pairs, summed.astype(np.float32)


def plan_of(
    n: int,
    pairs: np.ndarray,
    style: Style,
    quality: Quality,
    seed: int,
    options: ForceOptions,
    budget_s: float | None,
    threads: int,
) -> Plan:
    chosen = ("clusters" if options.lin_log else style_of(n, pairs)) if style == "auto" else style
    return Plan(
        mode=MODES[chosen],
        iterations=ITERATIONS[quality],
        theta=float(np.clip(1.0 / max(options.precision_vs_speed, 0.1), 0.6, 1.3)),
        repulsion=float(np.clip(options.scaling_ratio, 0.01, 100)),
        # Clusters joined by a thread would drift apart without a pull; a mesh would be bent by it.
        gravity=GRAVITY[chosen] * options.gravity * (100 if options.strong_gravity else 1),
        seed=seed,
        budget_s=budget_s,
        threads=threads,
    )


def style_of(n: int, pairs: np.ndarray) -> str:
    """Small graphs balance, meshes of small degree show distances, everything else its clusters."""
    if len(pairs) == 0 or n < 300:
        return "balanced"
    degree = np.bincount(pairs.ravel(), minlength=n)
    is_mesh = int(degree.max()) < 10 and len(pairs) >= 1.2 * n
    return "distances" if is_mesh else "clusters"


def in_components(
    n: int,
    pairs: np.ndarray,
    strength: np.ndarray,
    plan: Plan,
    on_frame: Callable[[Positions, float], None] | None,
    cancel: Callable[[], bool] | None,
) -> Positions:
    label = components(n, pairs)
    sizes = np.bincount(label)
    if len(sizes) == 1:
        if n <= 3:
            return small_positions(n, pairs, strength, np.array([0, n]), plan.seed)
        return lay_out_connected(n, pairs, strength, plan, Hooks(frame=on_frame, cancel=cancel))
    order = np.lexsort((label, -sizes[label]))
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    by_size = np.argsort(-sizes, kind="stable")
    starts = np.concatenate(([0], np.cumsum(sizes[by_size])))
    # Components of one size stand in the order of their labels, as `order` has them.
    ends = rank[pairs]
    owner = np.searchsorted(starts, ends[:, 0], side="right") - 1
    placed = np.zeros((n, 2), np.float32)
    large = int((sizes > SMALL).sum())
    begin_small = int(starts[large])
    in_small = owner >= large
    placed[begin_small:] = small_positions(
        n - begin_small,
        (ends[in_small] - begin_small).astype(np.int32),
        strength[in_small],
        starts[large:] - begin_small,
        plan.seed,
    )
    for part in range(large - 1, -1, -1):
        mine = owner == part
        a, b = int(starts[part]), int(starts[part + 1])

        def frame(half_done: Positions, progress: float, a: int = a, b: int = b) -> None:
            if on_frame is not None:
                shown = placed.copy()
                shown[a:b] = half_done / max(float(half_done.std()), 1e-9) * math.sqrt(b - a) / 3.5
                on_frame(arranged(shown, starts)[rank], progress)

        hooks = Hooks(frame=frame if on_frame is not None and part == 0 else None, cancel=cancel)
        pairs_here = (ends[mine] - a).astype(np.int32)
        placed[a:b] = lay_out_connected(b - a, pairs_here, strength[mine], plan, hooks)
    return arranged(placed, starts)[rank]


def small_positions(
    n: int, pairs: np.ndarray, strength: np.ndarray, starts: np.ndarray, seed: int
) -> Positions:
    x, y = np.zeros(n, np.float32), np.zeros(n, np.float32)
    ptr, idx, w = csr_from_edges(
        n,
        np.ascontiguousarray(pairs[:, 0], np.int32),
        np.ascontiguousarray(pairs[:, 1], np.int32),
        np.ascontiguousarray(strength, np.float32),
    )
    place_small(starts.astype(np.int64), ptr, idx, w, seed, x, y)
    return evenly_spaced(np.column_stack((x, y)), starts)


def evenly_spaced(placed: Positions, starts: np.ndarray) -> Positions:
    """Each component scaled so that its nodes stand about 1 apart."""
    counts = np.diff(starts).astype(np.float64)
    heads = starts[:-1]
    middle = np.add.reduceat(placed, heads, axis=0) / counts[:, None]
    off = placed - np.repeat(middle, np.diff(starts), axis=0)
    spread = np.sqrt(np.add.reduceat((off**2).sum(axis=1), heads) / counts)
    wanted = np.sqrt(counts) * np.where(counts < 6, 0.36, 0.42)
    factor = np.where(spread > 0, wanted / np.maximum(spread, 1e-9), 1.0)
    return (off * np.repeat(factor, np.diff(starts))[:, None]).astype(np.float32)


def arranged(placed: Positions, starts: np.ndarray) -> Positions:
    """Each component centred and moved to its circle."""
    counts = np.diff(starts)
    heads = starts[:-1]
    middle = np.add.reduceat(placed, heads, axis=0) / counts[:, None]
    centred = placed - np.repeat(middle, counts, axis=0)
    far = np.hypot(centred[:, 0], centred[:, 1])
    radii = np.maximum.reduceat(far, heads).astype(np.float64) + PADDING / 2
    centres = pack_circles(radii)
    return (centred + np.repeat(centres, counts, axis=0)).astype(np.float32)


def hold_of(
    positions: Positions, fixed: npt.NDArray[np.bool_] | None, options: ForceOptions
) -> Callable[[np.ndarray, np.ndarray], None] | None:
    locks = options.locked_x or options.locked_y or options.locked_r
    if fixed is None and not locks:
        return None
    x0, y0 = positions[:, 0].copy(), positions[:, 1].copy()
    radius = np.hypot(x0, y0)

    def hold(x: np.ndarray, y: np.ndarray) -> None:
        if options.locked_x:
            x[:] = x0
        if options.locked_y:
            y[:] = y0
        if options.locked_r:
            now = np.maximum(np.hypot(x, y), 1e-9)
            x *= radius / now
            y *= radius / now
        if fixed is not None:
            x[fixed] = x0[fixed]
            y[fixed] = y0[fixed]

    return hold

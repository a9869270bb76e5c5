"""Level refinement on the device. Rows and positions stay there; coarsening and initial positions run on the CPU."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import cuda

from graphkeep.compute.force.backend import DeviceArray
from graphkeep.compute.force.coarsen import Level
from graphkeep.compute.force.gpu import repulse, step, tree
from graphkeep.compute.force.gpu.device import MAX_BLOCKS, REDUCED, SIMULATED, THREADS, blocks
from graphkeep.compute.force.gpu.sort import DIGITS, sort_by_key, tiles_of
from graphkeep.compute.force.schedule import FRESH, SERIAL, ForceParams, attraction_for
from graphkeep.compute.force.tree import tree_shape
from graphkeep.compute.kernels.jit import LEAF, NEAR_CAP

STRETCH = 20_000_000  # node steps between two frames, each of which is a copy from the device
FEWEST_NODES = 40 if SIMULATED else SERIAL  # smaller levels are refined on the CPU


class DeviceGraph:
    """A level on the device; `hub_row` int32 (n,) is a hub's index in `hubs`, or -1."""

    def __init__(self, level: Level) -> None:
        indptr, indices, w = level.rows
        self.level = level
        self.indptr = cuda.to_device(indptr)
        self.indices = cuda.to_device(nonempty(indices))
        self.weights = cuda.to_device(nonempty(w))
        self.mass = cuda.to_device(level.mass)
        hubs = np.flatnonzero(np.diff(indptr) > step.HUB).astype(np.int32)
        hub_row = np.full(level.n, -1, np.int32)
        hub_row[hubs] = np.arange(len(hubs), dtype=np.int32)
        self.hub_count = len(hubs)
        self.hubs = cuda.to_device(nonempty(hubs))
        self.hub_row = cuda.to_device(hub_row)
        self.drawn = cuda.device_array((max(1, len(hubs)), 3), np.float32)

    @property
    def edges(self) -> tuple[Any, Any, Any]:
        return self.indptr, self.indices, self.weights

    def draw_hubs(
        self, pos: DeviceArray, attraction_model: int, spring_limit: np.float32, scale: Any
    ) -> None:
        if self.hub_count:
            step.draw_hubs[min(self.hub_count, MAX_BLOCKS), THREADS](
                self.hubs, *self.edges, pos, attraction_model, spring_limit, scale, self.drawn
            )


def nonempty(array: Any) -> Any:
    """The array, or one zero instead of an empty array, which a device cannot allocate."""
    return array if len(array) else np.zeros(1, array.dtype)


class CudaBackend:
    """Caches the rows of the last level for prolongation, refinement and rescaling."""

    def __init__(self) -> None:
        self._graph: DeviceGraph | None = None

    def takes(self, n: int) -> bool:
        return n > FEWEST_NODES

    def rows_of(self, level: Level) -> DeviceGraph:
        if self._graph is None or self._graph.level is not level:
            self._graph = None
            self._graph = DeviceGraph(level)
        return self._graph

    def prolong(self, level: Level, above: int, pos: DeviceArray, seed: int) -> DeviceArray:
        coarse = cuda.to_device(pos) if isinstance(pos, np.ndarray) else pos
        members = np.bincount(level.parent, minlength=above).astype(np.int32)
        scale = cuda.device_array(4, np.float32)
        tree.take_measure(coarse, room_for_measures(), scale)
        fine = cuda.device_array((level.n, 2), np.float32)
        step.prolong[blocks(level.n), THREADS](
            *self.rows_of(level).edges, cuda.to_device(level.parent), coarse,
            cuda.to_device(members), seed, scale, fine,
        )  # fmt: skip
        return fine

    def refiner(
        self, level: Level, pos: DeviceArray, params: ForceParams, attraction_model: int
    ) -> "CudaRefiner":
        return CudaRefiner(self.rows_of(level), pos, params, attraction_model)


def room_for_measures() -> Any:
    return cuda.device_array((REDUCED, tree.MEASURES), np.float64)


@dataclass
class DeviceState:
    """Arrays float32 (n, 2), and `local` float32 (n,): the spacing around each node."""

    pos: DeviceArray
    following: Any
    velocity: Any
    force: Any
    local: Any


class DeviceField:
    """Device buffers for the repulsion of n points, as in `Field` for the CPU."""

    def __init__(self, n: int) -> None:
        self.host_off = tree_shape(n)
        leaves, nodes = int(self.host_off[1]), int(self.host_off[-1])
        self.off = cuda.to_device(self.host_off)
        self.tree = cuda.device_array((nodes, 8), np.float32)
        self.key, self.spare_key = (cuda.device_array(n, np.uint32) for _ in range(2))
        self.perm, self.spare_perm = (cuda.device_array(n, np.int32) for _ in range(2))
        self.counts = cuda.device_array(DIGITS * tiles_of(n), np.int32)
        self.points = tuple(cuda.device_array(leaves * LEAF, np.float32) for _ in range(3))
        self.near = cuda.device_array((leaves, NEAR_CAP), np.int32)
        self.near_count = cuda.device_array((leaves, 2), np.int32)
        self.far = cuda.device_array((leaves, 9), np.float32)
        self.spread = cuda.device_array(leaves, np.float32)
        self.partial = room_for_measures()
        self.scale = cuda.device_array(4, np.float32)
        self.leaves = leaves

    def sort(self, pos: DeviceArray) -> None:
        """Measure the point cloud and sort its points along the curve."""
        tree.take_measure(pos, self.partial, self.scale)
        tree.hilbert_keys[blocks(len(pos)), THREADS](pos, self.scale, self.key, self.perm)
        sort_by_key(self.key, self.perm, self.spare_key, self.spare_perm, self.counts)

    def grow(self, pos: DeviceArray, mass: Any) -> None:
        tree.gather[blocks(self.leaves * LEAF), THREADS](pos, mass, self.perm, *self.points)
        tree.grow_leaves[blocks(self.leaves), THREADS](
            *self.points, self.tree, self.spread, self.scale
        )
        tree.grow_branches(self.tree, self.off, self.host_off)

    def refresh(self, theta: float) -> None:
        repulse.refresh[blocks(self.leaves), THREADS](
            self.tree, self.off, np.float32(1.0 / theta**2), self.near, self.near_count, self.far
        )

    def repulse(self, softening: float, short_range: float, force: Any, local: Any) -> None:
        repulse.repulse[blocks(self.leaves, 1), repulse.WARP](
            *self.points, self.perm, self.tree, self.near, self.near_count, self.far, self.spread,
            np.float32(softening), np.float32(short_range), force, local,
        )  # fmt: skip


class CudaRefiner:
    """Refinement of one level on the device, as in `CpuRefiner`, but with a tree for any number of nodes."""

    def __init__(
        self, rows: DeviceGraph, pos: DeviceArray, params: ForceParams, attraction_model: int
    ) -> None:
        n = rows.level.n
        self.rows, self.params, self.attraction_model = rows, params, attraction_model
        self.pull = attraction_for(params, attraction_model)
        self.spring_limit = np.float32(self.pull.spring_limit)
        following, force = (cuda.device_array((n, 2), np.float32) for _ in range(2))
        velocity = cuda.to_device(np.zeros((n, 2), np.float32))
        on_device = cuda.to_device(pos) if isinstance(pos, np.ndarray) else pos
        self.state = DeviceState(
            on_device, following, velocity, force, cuda.device_array(n, np.float32)
        )
        self._field: DeviceField | None = None

    @property
    def stretch(self) -> int:
        return max(1, STRETCH // self.rows.level.n)

    @property
    def field(self) -> DeviceField:
        self._field = self._field or DeviceField(self.rows.level.n)
        return self._field

    def rescale(self) -> np.float32:
        """Scale the positions to where forces balance; returns the factor."""
        pos, scale = self.state.pos, cuda.device_array(4, np.float32)
        tree.take_measure(pos, room_for_measures(), scale)
        self.rows.draw_hubs(pos, self.attraction_model, self.spring_limit, scale)
        partial = cuda.device_array(REDUCED, np.float64)
        step.virial[REDUCED, THREADS](
            *self.rows.edges,
            self.rows.mass,
            self.rows.hub_row,
            self.rows.drawn,
            scale,
            self.attraction_model,
            self.spring_limit,
            np.float32(self.pull.gravity),
            pos,
            partial,
        )
        mass = self.rows.level.mass.astype(np.float64)
        pairs = 0.5 * (mass.sum() ** 2 - (mass**2).sum())
        work = max(float(partial.copy_to_host().sum()), 1e-20)
        factor = np.float32(math.sqrt(self.pull.repulsion * pairs / work))
        step.resize[blocks(len(pos)), THREADS](pos, factor)
        return factor

    def run_steps(self, begin: int, end: int, steps: int, t_start: float, t_end: float) -> None:
        """Run steps begin..end of `steps`, which cool from `t_start` to `t_end` local spacings."""
        for step_index in range(begin, end):
            fraction = step_index / max(1, steps - 1)
            is_fresh = step_index % FRESH == 0 or step_index < 3
            self._repulse(is_fresh=is_fresh)
            self._step(
                np.float32(t_start * (t_end / t_start) ** fraction),
                np.float32(0.6 * (1 - fraction * 0.5)),
            )

    def _repulse(self, *, is_fresh: bool) -> None:
        field, state, params = self.field, self.state, self.params
        if is_fresh:
            field.sort(state.pos)
        field.grow(state.pos, self.rows.mass)
        if is_fresh:
            field.refresh(params.theta)
        field.repulse(params.softening, params.short_range, state.force, state.local)

    def _step(self, top: np.float32, momentum: np.float32) -> None:
        rows, state, pull, scale = self.rows, self.state, self.pull, self.field.scale
        rows.draw_hubs(state.pos, self.attraction_model, self.spring_limit, scale)
        step.step[blocks(rows.level.n), THREADS](
            *rows.edges, rows.mass, rows.hub_row, rows.drawn, scale, self.attraction_model,
            self.spring_limit, np.float32(pull.repulsion), np.float32(pull.gravity),
            np.float32(pull.relaxation), momentum, top,
            state.pos, state.following, state.velocity, state.force, state.local,
        )  # fmt: skip
        state.pos, state.following = state.following, state.pos

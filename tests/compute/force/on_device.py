"""Run by `test_force_on_device.py`: the kernels of a device, and what the processor says.

python -m tests.compute.force.on_device OUT.npz     with NUMBA_ENABLE_CUDASIM=1 in a simulator, else on an NVIDIA GPU
"""

import sys
import warnings

import numpy as np
from numba import cuda

from graphkeep.compute.force import engine
from graphkeep.compute.force.coarsen import hierarchy
from graphkeep.compute.force.engine import finest_level, prolong_positions
from graphkeep.compute.force.gpu import device, refine
from graphkeep.compute.force.gpu.refine import CudaBackend, DeviceField
from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.force.refine import CpuRefiner
from graphkeep.compute.force.repulse import refresh as walk
from graphkeep.compute.force.schedule import ForceParams
from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.force.step import LINEAR, LINLOG, SQUARE, attract, move
from graphkeep.compute.force.tree import hilbert_keys
from graphkeep.compute.kernels.jit import NEAR_CAP
from tests.compute.force.test_force import grid, planted
from tests.compute.reference.test_repulse import grown, points

if device.SIMULATED:
    from tests.compute.force import lanes  # noqa: F401 - makes the simulator quick

refine.FEWEST_NODES = 40  # the small graphs below are for the device too
SOFT, SHORT, THETA = 0.05, 0.5, 1.2
results: dict[str, np.ndarray] = {}


def cloud(n: int) -> np.ndarray:
    """Uneven: half of the points in a tenth of the width, two of them in one place."""
    rng = np.random.default_rng(1)
    pos = rng.normal(size=(n, 2)) * np.where(np.arange(n) % 2, 1.0, 0.1)[:, None]
    pos[n // 2] = pos[0]
    return pos.astype(np.float32)


def sorting() -> None:
    pos = cloud(333)
    field = DeviceField(len(pos))
    field.sort(cuda.to_device(pos))
    low = pos.min(axis=0)
    cells = np.float32(65535.0 / float((pos.max(axis=0) - low).max()))
    key = np.empty(len(pos), np.uint32)
    hilbert_keys(pos, low[0], low[1], cells, key)
    results["keys"], results["keys_wanted"] = field.key.copy_to_host(), np.sort(key)
    results["order"] = field.perm.copy_to_host()
    results["order_wanted"] = np.argsort(key, kind="stable")
    results["spacing"] = field.scale.copy_to_host()[:1]
    results["spacing_wanted"] = np.array([engine.spacing(pos)])


def repulsion() -> None:
    pos = cloud(300)
    mass = np.random.default_rng(2).uniform(1, 3, len(pos)).astype(np.float32)
    field, held = DeviceField(len(pos)), cuda.to_device(pos)
    force = cuda.to_device(np.zeros_like(pos))
    local = cuda.to_device(np.zeros(len(pos), np.float32))
    field.sort(held)
    field.grow(held, cuda.to_device(mass))
    field.refresh(THETA)
    field.repulse(SOFT, SHORT, force, local)
    away = pos[:, None].astype(np.float64) - pos[None]
    around = local.copy_to_host().astype(np.float64)[:, None]
    q = 1 / ((away**2).sum(axis=2) + (SOFT * around) ** 2)
    push = mass * q * (1 + (SHORT * around) ** 2 * q)
    results["repulsion"] = force.copy_to_host()
    results["repulsion_wanted"] = (push[:, :, None] * away).sum(axis=1)


def crowding() -> None:
    """Near lists of leaves so wide that a list is full, over the processor's own tree."""
    pos, mass = points("heavy tailed", 4000)
    other, one = grown(pos, mass), DeviceField(len(pos))
    walk(other, np.float32(0.5), 1)
    one.tree = cuda.to_device(other.tree)
    one.refresh(0.5)
    near, count = one.near.copy_to_host(), one.near_count.copy_to_host()
    results["near"], results["near_wanted"] = (
        np.zeros(other.near.shape, np.int64) for _ in range(2)
    )
    for leaf, (leaves, masses) in enumerate(count):
        listed = np.concatenate((near[leaf, :leaves], -1 - near[leaf, NEAR_CAP - masses :]))
        results["near"][leaf, : len(listed)] = np.sort(listed)
        wanted = other.near[leaf, : other.near_count[leaf]]
        results["near_wanted"][leaf, : len(wanted)] = np.sort(wanted)
    results["near_count"], results["near_count_wanted"] = count.sum(axis=1), other.near_count


def star_in_a_crowd() -> np.ndarray:
    """90 nodes: a hub with 40 neighbours, another with 15, and random edges."""
    rng = np.random.default_rng(3)
    hubs = np.concatenate(
        ([[0, k] for k in range(1, 41)], [[50, k] for k in range(51, 66)]), dtype=np.int64
    )
    path = np.column_stack((np.arange(89), np.arange(1, 90)))
    return np.concatenate((hubs, path, rng.integers(0, 90, (60, 2))))


def steps() -> None:
    edges = star_in_a_crowd()
    weights = np.random.default_rng(4).uniform(0.5, 2, len(edges))
    level = finest_level(simplify(90, edges, weights))
    for attraction_model in (LINEAR, LINLOG, SQUARE):
        params = ForceParams(attraction_model=attraction_model, gravity=30.0, spring_limit=2.0)
        pos = cloud(90)
        one = CudaBackend().refiner(level, pos.copy(), params, attraction_model)
        other = CpuRefiner(level, pos.copy(), params, attraction_model)
        results[f"factor_{attraction_model}"] = np.array([one.rescale()])
        results[f"factor_{attraction_model}_wanted"] = np.array([other.rescale()])
        one.state.pos = cuda.to_device(other.state.pos)
        one._repulse(is_fresh=True)
        other.state.force[:] = one.state.force.copy_to_host()
        other.state.local[:] = one.state.local.copy_to_host()
        spacing = one.field.scale.copy_to_host()[0]
        top, momentum = np.float32(2), np.float32(0.6)
        for turn in range(2):
            state = other.state
            start, end = (state.pos, state.following)[:: 1 - 2 * turn]
            force = state.force.copy()
            attract(
                level.rows, level.mass, start, force, state.drag, other.pull, spacing, other.share
            )
            move(
                start, end, state._replace(force=force), np.float32(other.pull.relaxation),
                momentum, top, np.float32(0.05) * spacing, 1, other.stat,
            )  # fmt: skip
            one._step(top, momentum)
        results[f"step_{attraction_model}"] = one.state.pos.copy_to_host()
        results[f"step_{attraction_model}_wanted"] = other.state.pos


def prolonging() -> None:
    levels, _ = hierarchy(finest_level(simplify(144, grid(12))), 0)
    fine, above = levels[0], levels[1].n
    coarse = cloud(above)
    results["prolonged"] = CudaBackend().prolong(fine, above, coarse, 7).copy_to_host()
    results["prolonged_wanted"] = prolong_positions(fine, above, coarse, 7)


def layouts() -> None:
    asked = {"quality": "fast", "device": "gpu"}
    results["mesh"] = force_layout(144, grid(12), **asked)
    edges, results["groups"] = planted(4, 25)
    results["planted"] = force_layout(100, edges, **asked)
    for name in ("once", "twice"):
        results[name] = force_layout(64, grid(8), seed=5, **asked)
    results["otherwise"] = force_layout(64, grid(8), seed=5, quality="fast", device="cpu")
    results["played"] = force_layout(
        64, grid(8), positions=results["once"], device="gpu", budget_s=0.01, style="distances"
    )
    results["not_played"] = force_layout(
        64, grid(8), positions=results["once"], device="gpu", budget_s=0.0, style="distances"
    )
    results["cut"] = force_layout(144, grid(12), budget_s=0.0, **asked)


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)  # noise is made of sums that overflow
    for part in (sorting, repulsion, crowding, steps, prolonging, layouts):
        part()
    np.savez(sys.argv[1], **results)

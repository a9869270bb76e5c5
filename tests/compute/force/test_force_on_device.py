"""The force layout on a device: its kernels agree with the processor's, in numba's simulator and on an NVIDIA GPU."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numba import types

from graphkeep.compute.force import layout
from graphkeep.compute.force.gpu import device, repulse, sort, step, tree
from graphkeep.compute.force.gpu.refine import CudaBackend
from graphkeep.compute.force.layout import MIN_DEVICE_EDGES, choose_backend, force_layout
from graphkeep.compute.kernels.jit import NEAR_CAP
from tests.compute.force.test_force import grid, planted

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", params=["simulator", "gpu"])
def device_results(request, tmp_path_factory) -> dict[str, np.ndarray]:
    """Names and arrays, as `on_device.py` leaves them."""
    is_simulated = request.param == "simulator"
    if not is_simulated and device.missing():
        pytest.skip("needs an NVIDIA GPU")
    target = tmp_path_factory.mktemp("device") / "results.npz"
    # The simulator is chosen when numba is imported, so that it takes a process of its own.
    env = {**os.environ, "NUMBA_ENABLE_CUDASIM": str(int(is_simulated))}
    command = [sys.executable, "-m", "tests.compute.force.on_device", str(target)]
    subprocess.run(command, check=True, cwd=ROOT, env=env, timeout=600)
    with np.load(target) as held:
        return dict(held)


@pytest.mark.parametrize("what", ["keys", "order"])
def test_points_are_sorted_along_the_curve(device_results, what) -> None:
    assert np.array_equal(device_results[what], device_results[f"{what}_wanted"])


def test_repulsion_is_the_sum_over_all_pairs(device_results) -> None:
    got, wanted = device_results["repulsion"], device_results["repulsion_wanted"]
    assert np.linalg.norm(got - wanted) < 0.01 * np.linalg.norm(wanted)
    each = np.linalg.norm(got - wanted, axis=1) / np.linalg.norm(wanted, axis=1)
    assert np.median(each) < 0.02


@pytest.mark.parametrize("what", ["near", "near_count"])
def test_a_leaf_has_the_neighbours_that_the_processor_finds(device_results, what) -> None:
    assert device_results["near_count"].max() > 0.9 * NEAR_CAP
    assert np.array_equal(device_results[what], device_results[f"{what}_wanted"])


@pytest.mark.parametrize(
    "what", ["spacing", "factor_0", "factor_1", "factor_2", "step_0", "step_1", "step_2", "prolonged"]
)  # fmt: skip
def test_a_step_is_that_of_the_processor(device_results, what) -> None:
    wanted = device_results[f"{what}_wanted"]
    assert np.abs(device_results[what] - wanted).max() <= 1e-6 * np.abs(wanted).max()


def test_a_mesh_unfolds(device_results) -> None:
    side = 12
    a, b = np.triu_indices(side * side, 1)
    wanted = np.abs(a % side - b % side) + np.abs(a // side - b // side)
    got = np.hypot(*(device_results["mesh"][a] - device_results["mesh"][b]).T)
    scale = (got / wanted).sum() / ((got / wanted) ** 2).sum()
    assert (((scale * got - wanted) / wanted) ** 2).mean() < 0.06


def test_neighbours_in_the_picture_are_of_the_same_group(device_results) -> None:
    placed, own = device_results["planted"], device_results["groups"]
    apart = np.hypot(*(placed[:, None] - placed[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :5]
    assert (own[nearest] == own[:, None]).mean() > 0.9


def test_the_same_seed_gives_the_same_bits(device_results) -> None:
    assert np.array_equal(device_results["once"], device_results["twice"])
    assert not np.array_equal(device_results["once"], device_results["otherwise"])


def test_a_layout_plays_on_from_where_it_stands(device_results) -> None:
    moved = np.hypot(*(device_results["played"] - device_results["once"]).T)
    assert moved.max() > 0
    assert np.median(moved) < 2


def test_without_time_a_layout_stays_where_it_stands(device_results) -> None:
    assert np.abs(device_results["not_played"] - device_results["once"]).max() < 1e-4


def test_without_time_every_node_has_a_place(device_results) -> None:
    assert device_results["cut"].shape == (144, 2)
    assert np.isfinite(device_results["cut"]).all()


def test_kernels_compile_for_a_device(monkeypatch) -> None:
    """Python would run what a device cannot; the compiler is there where the CUDA toolkit is."""
    from numba.cuda import compile_ptx, dispatcher
    from numba.cuda.cudadrv import nvvm

    if not nvvm.is_available():
        pytest.skip("libNVVM is not here")
    card = SimpleNamespace(compute_capability=(8, 0))
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: card)
    flat, square = types.float32[::1], types.float32[:, ::1]
    whole, wholes, keys, long = (
        types.int32[::1],
        types.int32[:, ::1],
        types.uint32[::1],
        types.int64,
    )
    longs, exact, exacts = types.int64[::1], types.float64[::1], types.float64[:, ::1]
    number = types.float32
    edges = (longs, whole, flat)
    kernels = {
        sort.count: (keys, long, whole),
        sort.accumulate: (whole,),
        sort.scatter: (keys, whole, long, whole, keys, whole),
        tree.measure: (square, exacts),
        tree.conclude: (exacts, long, flat),
        tree.hilbert_keys: (square, flat, keys, whole),
        tree.gather: (square, flat, whole, flat, flat, flat),
        tree.grow_leaves: (flat, flat, flat, square, flat, flat),
        tree.grow_level: (square, long, long, long),
        tree.grow_crown: (square, longs, long),
        repulse.refresh: (square, longs, number, wholes, wholes, square),
        repulse.repulse: (
            flat, flat, flat, whole, square, wholes, wholes, square, flat, number, number, square, flat,
        ),
        step.draw_hubs: (whole, *edges, square, long, number, flat, square),
        step.step: (
            *edges, flat, whole, square, flat, long, *[number] * 6, square, square, square, square, flat,
        ),
        step.virial: (*edges, flat, whole, square, flat, long, number, number, square, exact),
        step.resize: (square, number),
        step.prolong: (*edges, whole, square, whole, long, flat, square),
    }  # fmt: skip
    slow = set()
    for kernel, signature in kernels.items():
        text, _ = compile_ptx(kernel.py_func, signature, fastmath=True, cc=(8, 0))
        if ".f64" in text:
            slow.add(kernel.py_func.__name__)
    # Anything else in float64 would be an oversight: most cards are 32 times slower in it.
    assert slow == {"measure", "conclude", "virial"}


def test_a_gpu_that_is_not_there_cannot_be_asked_for(monkeypatch) -> None:
    monkeypatch.setattr(device, "missing", lambda: "no NVIDIA driver that works (none)")
    message = r"^there is no GPU to lay out on: no NVIDIA driver that works \(none\); device may be"
    with pytest.raises(ValueError, match=message):
        force_layout(4, np.array([[0, 1], [1, 2], [2, 3]]), device="gpu")


def test_a_device_has_a_name_that_is_known() -> None:
    with pytest.raises(ValueError, match=r"^device is one of auto, cpu, gpu, not tpu$"):
        force_layout(2, np.array([[0, 1]]), device="tpu")


@pytest.mark.parametrize(
    ("asked", "edge_count", "lacking", "free", "is_taken"),
    [
        ("auto", MIN_DEVICE_EDGES, None, 10**9, True),
        ("auto", MIN_DEVICE_EDGES - 1, None, 10**9, False),
        ("auto", MIN_DEVICE_EDGES, "no NVIDIA driver", 10**9, False),
        ("auto", MIN_DEVICE_EDGES, None, 10**6, False),
        ("cpu", MIN_DEVICE_EDGES, None, 10**9, False),
        ("gpu", 1, None, 10**6, True),
    ],
)
def test_a_gpu_is_taken_where_it_pays(
    monkeypatch, asked, edge_count, lacking, free, is_taken
) -> None:
    context = SimpleNamespace(get_memory_info=lambda: (free, 2 * free))
    monkeypatch.setattr(layout, "DRIVERS", (os.devnull,))
    monkeypatch.setattr(device, "missing", lambda: lacking)
    monkeypatch.setattr(device, "cuda", SimpleNamespace(current_context=lambda: context))
    backend = choose_backend(asked, 10_000, edge_count)
    assert isinstance(backend, CudaBackend) == is_taken


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("no libnvrtc"),
        OSError("no libcuda"),
        AttributeError("module 'numpy' has no attribute 'row_stack'"),
    ],
)
def test_a_gpu_that_fails_its_trial_is_none(monkeypatch, failure) -> None:
    def fails(array):
        raise failure

    played = SimpleNamespace(cuda_error=lambda: None, is_available=lambda: True, to_device=fails)
    monkeypatch.setattr(device, "cuda", played)
    assert device.missing.__wrapped__() == f"the driver does not run a kernel ({failure})"


@pytest.mark.parametrize(("drivers", "is_loaded"), [((), False), ((os.devnull,), True)])
def test_the_library_of_a_device_is_loaded_only_beside_a_driver(drivers, is_loaded) -> None:
    code = (
        "import sys; from graphkeep.compute.force import layout;"
        f"layout.DRIVERS = {drivers!r}; layout.choose_backend('auto', 10, layout.MIN_DEVICE_EDGES);"
        "print('numba.cuda' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    assert told.stdout == f"{is_loaded}\n"


def test_without_a_gpu_a_large_graph_is_laid_out_as_ever(monkeypatch) -> None:
    monkeypatch.setattr(layout, "DRIVERS", (os.devnull,))
    monkeypatch.setattr(device, "missing", lambda: "no NVIDIA driver")
    edges, _ = planted(200, 70)
    assert len(edges) >= MIN_DEVICE_EDGES
    assert np.array_equal(force_layout(14_000, edges), force_layout(14_000, edges, device="cpu"))
    assert np.isfinite(force_layout(100, grid(10), device="auto")).all()


class BrokenBackend:
    """A double of a device that takes any level and fails at it."""

    def takes(self, n: int) -> bool:
        return True

    def prolong(self, *_: object) -> None:
        raise OSError("lost")

    def refiner(self, *_: object) -> None:
        raise OSError("lost")


def test_where_a_device_fails_the_processor_goes_on_unless_it_was_demanded(monkeypatch) -> None:
    edges = np.column_stack((np.arange(99), np.arange(1, 100)))
    expected = layout.force_layout(100, edges, device="cpu")
    monkeypatch.setattr(layout, "choose_backend", lambda *_: BrokenBackend())

    np.testing.assert_array_equal(layout.force_layout(100, edges), expected)
    with pytest.raises(ValueError, match="the GPU gave up: lost"):
        layout.force_layout(100, edges, device="gpu")

"""Contenders in processes of their own; the opponents themselves are not installed for tests."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import layout
from benchmarks.layouts.graphs import GENERATORS
from benchmarks.layouts.peers import options_of

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], {}),
        (["clusters", "best"], {"style": "clusters", "quality": "best"}),
        (["fast"], {"quality": "fast"}),
        (["cpu"], {"device": "cpu"}),
        (["clusters", "gpu"], {"style": "clusters", "device": "gpu"}),
        (["1.5s"], {"budget_s": 1.5}),
        (["distances", "2s"], {"style": "distances", "budget_s": 2.0}),
    ],
)
def test_words_after_the_name_are_options(words, options) -> None:
    assert options_of(words) == options


def test_our_engine_leaves_positions_and_figures(tmp_path) -> None:
    graph = GENERATORS["lfr"](1000, 0)
    source, target = tmp_path / "graph.npz", tmp_path / "placed.npy"
    np.savez(source, n=graph.n, edges=graph.edges)

    words = ["graphkeep:clusters:fast", str(source), str(target), "2", "1"]
    subprocess.run(
        [sys.executable, "-m", "benchmarks.layouts.peers", *words],
        cwd=ROOT,
        check=True,
        timeout=300,
    )
    figures = json.loads(Path(f"{target}.json").read_text())
    placed = np.load(target)

    assert placed.shape == (graph.n, 2)
    assert np.isfinite(placed).all()
    assert set(figures) == {"seconds", "cpu_s", "memory_mb", "first_frame_s"}
    assert figures["seconds"] > 0
    assert figures["memory_mb"] < 500


def test_devices_are_compared_at_large_sizes_unless_told_otherwise(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["layout", "--devices", "--graphs", "grid"])
    asked = layout.arguments()

    assert (asked.sizes, asked.graphs) == ("1m,10m", "grid")
    assert asked.contenders == "graphkeep:cpu,graphkeep:gpu"


def test_devices_are_not_compared_where_there_is_but_one(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["layout", "--devices"])
    monkeypatch.setattr(layout.device, "missing", lambda: "no NVIDIA driver")
    with pytest.raises(SystemExit, match=r"^there is no GPU to measure: no NVIDIA driver$"):
        layout.main()

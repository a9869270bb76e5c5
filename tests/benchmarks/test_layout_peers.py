"""Contenders in processes of their own; the opponents themselves are not installed for tests."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.layouts.graphs import GENERATORS
from benchmarks.layouts.peers import options_of

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], {}),
        (["clusters", "best"], {"style": "clusters", "quality": "best"}),
        (["fast"], {"quality": "fast"}),
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

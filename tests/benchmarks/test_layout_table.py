"""What the benchmark says about the rows that it measured."""

import pytest

from benchmarks.layouts import table

PEER = {
    "graph": "lfr", "size": "100k", "seed": 1, "n": 20_000, "m": 95_000, "contender": "fmme",
    "seconds": 2.0, "cpu_s": 1.5, "memory_mb": 99.0, "stress": 0.2, "np1": 0.004, "auc": 0.87,
    "edge_cv": 0.8, "crossings": 260.0, "collisions": 0.001, "purity": 0.3,
}  # fmt: skip
OURS = PEER | {"contender": "graphkeep", "seconds": 0.25, "purity": 0.9}


def test_a_row_tells_its_figures_and_how_many_times_faster() -> None:
    late = PEER | {"contender": "fa2", "failed": "not finished in 9 s"}

    assert table.lines([OURS, PEER, late]) == [
        (
            "| graph (n, m) | layout | s | cpu s | MB | stress | np1 | AUC | edge CV | cross | coll "
            "| purity | x faster |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        (
            "| lfr (20000, 95000) | graphkeep | 0.25 | 1.50 | 99 | 0.200 | 0.004 | 0.870 | 0.800 | 260.0 "
            "| 0.001 | 0.900 | 8.0 |"
        ),
        "|  | fmme | 2.00 | 1.50 | 99 | 0.200 | 0.004 | 0.870 | 0.800 | 260.0 | 0.001 | 0.300 | 1.0 |",
        "|  | fa2 | not finished in 9 s | | | | | | | | | | |",
    ]


def test_the_mean_of_ratios_is_geometric() -> None:
    other = {"graph": "grid"}
    rows = [OURS, PEER, OURS | other | {"seconds": 1.0}, PEER | other]

    assert table.means(rows) == [
        "graphkeep at 100k: 4.00 times as fast as fmme (geometric mean of 2, least 2.0)"
    ]


def test_the_first_frame_is_told_beside_the_whole() -> None:
    assert table.frames([OURS | {"first_frame_s": 0.02}, PEER]) == [
        "lfr 100k graphkeep: first frame after 0.020 s, 8 % of the layout"
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "kept"),
        ({"seconds": 0.7}, "MISSED speed 2.9x < 3x"),
        ({"stress": 0.216}, "MISSED stress 0.216 > 0.215"),
        ({"auc": 0.864}, "MISSED auc 0.864 < 0.865"),
        ({"np1": 0.003}, "MISSED np1 0.003 < 0.004"),
        ({"crossings": 287.0}, "MISSED crossings 287.000 > 286.500"),
        ({"collisions": 0.021}, "MISSED collisions 0.021 > 0.020"),
        ({"purity": 0.84}, "MISSED purity 0.840 < 0.850"),
        ({"seconds": 2.0, "auc": 0.5}, "MISSED speed 1.0x < 3x, auc 0.500 < 0.865"),
    ],
)
def test_each_bar_is_told_when_it_is_missed(changed, told) -> None:
    assert table.verdicts([OURS | changed, PEER]) == [f"lfr 100k graphkeep: {told}"]


def test_purity_is_asked_of_the_large_graphs_with_communities_alone() -> None:
    small = {"size": "10k", "purity": 0.1}

    assert table.verdicts([OURS | small, PEER | small]) == ["lfr 10k graphkeep: kept"]


def test_without_the_peer_nothing_is_said() -> None:
    assert table.means([OURS]) == []
    assert table.verdicts([OURS]) == []
    assert table.verdicts([OURS, PEER | {"seed": 2}]) == []

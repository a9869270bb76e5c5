"""The table, the means and the verdicts, from the rows of one run.

A row is a dict: graph, size, seed, n, m, contender, and either `failed` (a sentence) or seconds, cpu_s,
memory_mb and the metrics.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

Row = dict[str, object]
PEER = "fmme"
OURS = "graphkeep"
COLUMNS = (
    ("seconds", "s", ".2f"),
    ("cpu_s", "cpu s", ".2f"),
    ("memory_mb", "MB", ".0f"),
    ("stress", "stress", ".3f"),
    ("np1", "np1", ".3f"),
    ("auc", "AUC", ".3f"),
    ("edge_cv", "edge CV", ".3f"),
    ("crossings", "cross", ".1f"),
    ("collisions", "coll", ".3f"),
    ("purity", "purity", ".3f"),
)


def lines(rows: list[Row]) -> list[str]:
    """A Markdown table, one row a graph and contender, with how many times faster than the peer."""
    names = [name for _, name, _ in COLUMNS]
    head = ["graph (n, m)", "layout", *names, "x faster"]
    told = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    shown = None
    for row in rows:
        key = (row["graph"], row["size"])
        graph = "" if key == shown else f"{row['graph']} ({row['n']}, {row['m']})"
        shown = key
        if "failed" in row:
            told.append(f"| {graph} | {row['contender']} | {row['failed']} |" + " |" * len(names))
            continue
        cells = [format(row[field], form) if field in row else "" for field, _, form in COLUMNS]
        told.append(f"| {graph} | {row['contender']} | {' | '.join(cells)} | {times(row, rows)} |")
    return told


def times(row: Row, rows: list[Row]) -> str:
    peer = result(rows, row, PEER)
    return f"{peer['seconds'] / row['seconds']:.1f}" if peer else ""


def result(rows: list[Row], like: Row, contender: str) -> Row | None:
    for row in rows:
        same = all(row[field] == like[field] for field in ("graph", "size", "seed"))
        if same and row["contender"] == contender and "failed" not in row:
            return row
    return None


def means(rows: list[Row]) -> list[str]:
    """Geometric mean of the ratios to the peer, for each contender and size."""
    told = []
    for contender, size in dict.fromkeys((row["contender"], row["size"]) for row in rows):
        mine = [row for row in rows if (row["contender"], row["size"]) == (contender, size)]
        ratios = [
            peer["seconds"] / row["seconds"]
            for row in mine
            if "failed" not in row and (peer := result(rows, row, PEER)) and peer is not row
        ]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            told.append(
                f"{contender} at {size}: {mean:.2f} times as fast as {PEER}"
                f" (geometric mean of {len(ratios)}, least {min(ratios):.1f})"
            )
    return told


def frames(rows: list[Row]) -> list[str]:
    """How soon something was to be seen, where a contender shows its work."""
    return [
        f"{row['graph']} {row['size']} {row['contender']}: first frame after {row['first_frame_s']:.3f} s,"
        f" {100 * row['first_frame_s'] / row['seconds']:.0f} % of the layout"
        for row in rows
        if "first_frame_s" in row
    ]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A promise about a row, given the peer's row: `missed` tells by what, or None."""

    name: str
    missed: Callable[[Row, Row], str | None]


def at_most(name: str, factor: float, slack: float) -> Bar:
    def missed(ours: Row, peer: Row) -> str | None:
        most = factor * peer[name] + slack
        return None if ours[name] <= most else f"{ours[name]:.3f} > {most:.3f}"

    return Bar(name=name, missed=missed)


def at_least(name: str, factor: float, slack: float) -> Bar:
    def missed(ours: Row, peer: Row) -> str | None:
        least = factor * peer[name] - slack
        return None if ours[name] >= least else f"{ours[name]:.3f} < {least:.3f}"

    return Bar(name=name, missed=missed)


def three_times_as_fast(ours: Row, peer: Row) -> str | None:
    ratio = peer["seconds"] / ours["seconds"]
    return None if ratio >= 3 else f"{ratio:.1f}x < 3x"


def few_collisions(ours: Row, peer: Row) -> str | None:
    return None if ours["collisions"] <= 0.02 else f"{ours['collisions']:.3f} > 0.020"


def pure(ours: Row, peer: Row) -> str | None:
    asked = ours["graph"] in {"lfr", "hyper"} and ours["size"] == "100k"
    return None if not asked or ours["purity"] >= 0.85 else f"{ours['purity']:.3f} < 0.850"


BARS = (
    Bar(name="speed", missed=three_times_as_fast),
    at_most("stress", 1.05, 0.005),
    at_least("auc", 1.0, 0.005),
    at_least("np1", 1.0, 0.0),
    at_most("crossings", 1.1, 0.5),
    Bar(name="collisions", missed=few_collisions),
    Bar(name="purity", missed=pure),
)


def verdicts(rows: list[Row]) -> list[str]:
    """For each drawing of ours beside the peer's: every bar kept, or which are missed and by what."""
    told = []
    for row in rows:
        peer = result(rows, row, PEER)
        if peer is None or "failed" in row or not str(row["contender"]).startswith(OURS):
            continue
        missed = [f"{bar.name} {by}" for bar in BARS if (by := bar.missed(row, peer))]
        what = "MISSED " + ", ".join(missed) if missed else "kept"
        told.append(f"{row['graph']} {row['size']} {row['contender']}: {what}")
    return told

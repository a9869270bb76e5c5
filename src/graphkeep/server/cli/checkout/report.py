"""Reports of test runs, and the summary tables at the end."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

SLOWEST = 15


@dataclass
class Outcome:
    """Results of one segment, during and after its run."""

    name: str
    part: str
    report: Path
    log: Path
    wall_s: float = 0.0
    is_over: bool = False
    has_failed: bool = False
    collected: int = 0
    outcomes: dict[str, str] = field(default_factory=dict)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    skipped: list[tuple[str, str]] = field(default_factory=list)
    _read: int = 0

    def update(self) -> None:
        """Read the events that the segment has reported since the last call."""
        if not self.report.exists():
            return
        with self.report.open("rb") as lines:
            lines.seek(self._read)
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self.take(json.loads(line))

    def take(self, event: dict[str, object]) -> None:
        test, kind = str(event.get("test", "")), event["event"]
        if kind == "collected":
            self.collected += int(str(event["count"]))
        elif kind == "skipped":
            self.skipped.append((test, str(event["reason"])))
            self.outcomes[test] = "skipped"
        elif kind == "failed" or (kind == "passed" and self.outcomes.get(test) != "failed"):
            self.outcomes[test] = str(kind)
        elif "seconds" in event:
            self.seconds[test] += float(str(event["seconds"]))

    def count(self, outcome: str) -> int:
        return sum(result == outcome for result in self.outcomes.values())

    def progress(self) -> str:
        return f"{self.name} {len(self.outcomes)}/{self.collected}" if self.collected else self.name


def time_by_part(outcomes: Iterable[Outcome]) -> list[str]:
    lines = [f"{'seconds':>8}  {'passed':>6}  {'failed':>6}  {'skipped':>7}  part"]
    for outcome in outcomes:
        counts = [outcome.count(status) for status in ("passed", "failed", "skipped")]
        lines.append(
            f"{outcome.wall_s:8.0f}  {counts[0]:6}  {counts[1]:6}  {counts[2]:7}  {outcome.name}"
            f"{'  FAILED' if outcome.has_failed else ''}"
        )
    return lines


def slowest_tests(outcomes: Iterable[Outcome]) -> list[str]:
    total: defaultdict[tuple[str, str], float] = defaultdict(float)
    for outcome in outcomes:
        for test, seconds in outcome.seconds.items():
            total[test, outcome.part] += seconds
    return [
        f"{seconds:8.1f}  {test}{' (postgresql)' if part == 'postgresql' else ''}"
        for (test, part), seconds in sorted(total.items(), key=lambda item: -item[1])[:SLOWEST]
    ]

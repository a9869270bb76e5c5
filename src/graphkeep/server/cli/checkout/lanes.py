"""Run segments in parallel, one per lane, and report their progress."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from graphkeep.server.cli.checkout import ROOT, Words
from graphkeep.server.cli.checkout.parts import PYTEST, Segment
from graphkeep.server.cli.checkout.report import Outcome

PROGRESS_S = 20.0
MAX_LANES = 2  # servers, browsers and databases start more processes


class Lanes:
    def __init__(
        self,
        segments: Iterable[tuple[str, Segment]],
        env: dict[str, str],
        *,
        lanes: int,
        tell: Callable[[str], None],
        coverage: bool = False,
    ) -> None:
        self.env, self.lanes, self.tell, self.coverage = env, lanes, tell, coverage
        self.folder = ROOT / ".cache/test-runs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.work = [(segment, self.outcome(part, segment)) for part, segment in segments]
        self.running: list[Outcome] = []
        self.lock = threading.Lock()

    def outcome(self, part: str, segment: Segment) -> Outcome:
        stem = "".join(c if c.isalnum() else "-" for c in segment.name)
        new_outcome = Outcome(
            name=segment.name, part=part,
            report=self.folder / f"{stem}.jsonl", log=self.folder / f"{stem}.log",
        )  # fmt: skip
        new_outcome.report.unlink(missing_ok=True)
        return new_outcome

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for _, outcome in self.work]

    def run(self) -> None:
        """Run all segments in parallel, the longest first; those that measure time run alone at the end."""
        parallel = [task for task in self.work if not task[0].is_alone]
        parallel.sort(key=lambda task: task[0].seconds)  # popped from the end
        threads = [
            threading.Thread(target=self.run_lane, args=(parallel,), daemon=True)
            for _ in range(min(self.lanes, len(parallel)))
        ]
        self.start_and_watch(threads)
        serial = [task for task in reversed(self.work) if task[0].is_alone]
        self.start_and_watch([threading.Thread(target=self.run_lane, args=(serial,), daemon=True)])

    def start_and_watch(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.start()
        reported_at = time.monotonic()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.5)
            if time.monotonic() - reported_at >= PROGRESS_S:
                reported_at = time.monotonic()
                self.report_progress()

    def report_progress(self) -> None:
        with self.lock:
            running = list(self.running)
            finished = sum(outcome.is_over for outcome in self.outcomes)
        for outcome in running:
            outcome.update()
        if running:
            texts = ", ".join(outcome.progress() for outcome in running)
            self.tell(f"[{finished}/{len(self.work)}] {texts} …")

    def run_lane(self, waiting: list[tuple[Segment, Outcome]]) -> None:
        while True:
            with self.lock:
                if not waiting:
                    return
                segment, outcome = waiting.pop()
                self.running.append(outcome)
            self.run_segment(segment, outcome)
            with self.lock:
                self.running.remove(outcome)
                finished = sum(item.is_over for item in self.outcomes)
                verdict = "FAILED" if outcome.has_failed else "passed"
                self.tell(
                    f"[{finished}/{len(self.work)}] {outcome.progress()} {verdict}, {outcome.wall_s:.0f} s"
                )
                if outcome.has_failed:
                    self.tell(outcome.log.read_text(errors="replace"))

    def run_segment(self, segment: Segment, outcome: Outcome) -> None:
        started_at = time.monotonic()
        # has its own database file
        folder = Path(self.env["GRAPHISTRY_HOME"]) / outcome.report.stem
        (folder / "data").mkdir(parents=True, exist_ok=True)
        env = {
            **self.env,
            "GRAPHKEEP_TEST_REPORT": str(outcome.report),
            "GRAPHISTRY_HOME": str(folder),
        }
        if not segment.needs_postgresql:
            env.pop("DATABASE_URL", None)
            env.pop("GRAPHKEEP_TEST_DATABASE_URL", None)
        else:  # a separate test database per segment
            stem = "".join(c for c in segment.name if c.isalpha())
            env["DATABASE_URL"] = env["DATABASE_URL"].replace("/postgres?", f"/{stem}?")
        with outcome.log.open("wb") as log:
            codes = [self.run_command(command, env, log) for command in segment.commands]
        outcome.update()
        outcome.wall_s = time.monotonic() - started_at
        # 5: no test was collected, as when an option deselects all.
        outcome.has_failed = any(code not in {0, 5} for code in codes) or bool(
            outcome.count("failed")
        )
        outcome.is_over = True

    def run_command(self, command: Words, env: dict[str, str], log: IO[bytes]) -> int:
        return subprocess.run(
            self.prepared(command), cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, check=False,
        ).returncode  # fmt: skip

    def prepared(self, words: Words) -> Words:
        if words[: len(PYTEST)] != PYTEST:
            return words
        command: Words = [words[0], "-m"]
        if self.coverage:
            command += ["coverage", "run", "--parallel-mode", "-m"]
        return [*command, *words[2 : len(PYTEST)], "-p", "tests.reporting", *words[len(PYTEST) :]]


def default_lanes() -> int:
    return max(1, min(MAX_LANES, len(os.sched_getaffinity(0))))

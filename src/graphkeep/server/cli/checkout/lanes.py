"""Runs segments side by side, as many as there are lanes, and tells how far they are."""

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
MAX_LANES = 2  # servers, browsers and databases bring processes of their own


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
        made = Outcome(
            name=segment.name, part=part,
            report=self.folder / f"{stem}.jsonl", log=self.folder / f"{stem}.log",
        )  # fmt: skip
        made.report.unlink(missing_ok=True)
        return made

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for _, outcome in self.work]

    def run(self) -> None:
        """All segments: the longest first, those that measure time alone at the end."""
        beside = [one for one in self.work if not one[0].is_alone]
        beside.sort(key=lambda one: one[0].seconds)  # taken from its end
        threads = [
            threading.Thread(target=self.run_lane, args=(beside,), daemon=True)
            for _ in range(min(self.lanes, len(beside)))
        ]
        self.start_and_watch(threads)
        alone = [one for one in reversed(self.work) if one[0].is_alone]
        self.start_and_watch([threading.Thread(target=self.run_lane, args=(alone,), daemon=True)])

    def start_and_watch(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.start()
        told = time.monotonic()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.5)
            if time.monotonic() - told >= PROGRESS_S:
                told = time.monotonic()
                self.tell_progress()

    def tell_progress(self) -> None:
        with self.lock:
            running = list(self.running)
            over = sum(one.is_over for one in self.outcomes)
        for one in running:
            one.update()
        if running:
            texts = ", ".join(one.progress() for one in running)
            self.tell(f"[{over}/{len(self.work)}] {texts} …")

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
                over = sum(one.is_over for one in self.outcomes)
                verdict = "FAILED" if outcome.has_failed else "passed"
                self.tell(
                    f"[{over}/{len(self.work)}] {outcome.progress()} {verdict}, {outcome.wall_s:.0f} s"
                )
                if outcome.has_failed:
                    self.tell(outcome.log.read_text(errors="replace"))

    def run_segment(self, segment: Segment, outcome: Outcome) -> None:
        began = time.monotonic()
        home = Path(self.env["GRAPHISTRY_HOME"]) / outcome.report.stem  # with its own database file
        (home / "data").mkdir(parents=True, exist_ok=True)
        env = {
            **self.env,
            "GRAPHKEEP_TEST_REPORT": str(outcome.report),
            "GRAPHISTRY_HOME": str(home),
        }
        if not segment.needs_postgresql:
            env.pop("DATABASE_URL", None)
            env.pop("GRAPHKEEP_TEST_DATABASE_URL", None)
        else:  # a test database of its own, beside those of other lanes
            stem = "".join(c for c in segment.name if c.isalpha())
            env["DATABASE_URL"] = env["DATABASE_URL"].replace("/postgres?", f"/{stem}?")
        with outcome.log.open("wb") as log:
            codes = [self.run_command(words, env, log) for words in segment.commands]
        outcome.update()
        outcome.wall_s = time.monotonic() - began
        # 5: no test was collected, as where an option leaves none.
        outcome.has_failed = any(code not in {0, 5} for code in codes) or bool(
            outcome.count("failed")
        )
        outcome.is_over = True

    def run_command(self, words: Words, env: dict[str, str], log: IO[bytes]) -> int:
        return subprocess.run(
            self.prepared(words), cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, check=False,
        ).returncode  # fmt: skip

    def prepared(self, words: Words) -> Words:
        if words[: len(PYTEST)] != PYTEST:
            return words
        run: Words = [words[0], "-m"]
        if self.coverage:
            run += ["coverage", "run", "--parallel-mode", "-m"]
        return [*run, *words[2 : len(PYTEST)], "-p", "tests.reporting", *words[len(PYTEST) :]]


def default_lanes() -> int:
    return max(1, min(MAX_LANES, len(os.sched_getaffinity(0))))

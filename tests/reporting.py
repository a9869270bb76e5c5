"""A pytest plugin (`-p tests.reporting`): writes what happens as JSON lines to `GRAPHKEEP_TEST_REPORT`.

`./graphkeep test` reads them for its progress, its tables of time and its list of what was left out.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

import pytest


class Reporter:
    def __init__(self, sink: TextIO) -> None:
        self.sink = sink

    def write(self, **event: object) -> None:
        self.sink.write(json.dumps(event) + "\n")
        self.sink.flush()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.write(event="collected", count=len(session.items))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.write(event="skipped", test=report.nodeid, reason=skip_reason(report))
        elif report.failed:
            self.write(event="failed", test=report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        before = os.times()[:4]  # this process's time, and that of its children that ended
        result = yield
        self.write(event="cpu", test=item.nodeid, cpu_s=round(sum(os.times()[:4]) - sum(before), 3))
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.write(event="skipped", test=report.nodeid, reason=skip_reason(report))
        elif report.failed:
            self.write(event="failed", test=report.nodeid)
        elif report.when == "call":
            self.write(event="passed", test=report.nodeid)
        self.write(event=report.when, test=report.nodeid, seconds=round(report.duration, 3))


def skip_reason(report: pytest.CollectReport | pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(getattr(report, "wasxfail", report.longrepr))


def pytest_configure(config: pytest.Config) -> None:
    path = os.environ.get("GRAPHKEEP_TEST_REPORT")
    if path:
        sink = Path(path).open("a", encoding="utf-8")  # noqa: SIM115
        config.add_cleanup(sink.close)
        config.pluginmanager.register(Reporter(sink), "graphkeep-reporter")

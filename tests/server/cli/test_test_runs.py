"""How `graphkeep test` runs: no test is left out in silence, and a failure is one."""

import fnmatch
import json
import re

from graphkeep.server.cli.checkout import ROOT
from graphkeep.server.cli.checkout.left_out import (
    CONDITIONS,
    Entry,
    LeftOut,
    mark_listed,
    read_list,
)
from graphkeep.server.cli.checkout.parts import ALL_PARTS, QUICK
from graphkeep.server.cli.checkout.report import Outcome, slowest_tests
from graphkeep.server.cli.checkout.test import finish


def left_out(name: str, part: str = "unit") -> LeftOut:
    return LeftOut(name=name, part=part, reason="needs a moon")


def test_each_entry_of_the_list_names_tests_that_exist() -> None:
    for entry in read_list():
        file, _, pattern = entry.test.partition("::")
        if file.endswith(".py"):
            text = (ROOT / file).read_text()
            names = re.findall(r"^def (test_\w+)", text, re.MULTILINE)
            is_parameter = pattern.strip("*") in text  # as in `*squid*`
            assert is_parameter or fnmatch.filter(names, pattern.partition("[")[0]), entry.test
        assert entry.reason
        assert entry.when in CONDITIONS


def test_an_entry_covers_its_tests_in_its_part_while_its_condition_holds(monkeypatch) -> None:
    monkeypatch.setitem(CONDITIONS, "without a moon", lambda: True)
    entries = [Entry(test="tests/a.py::test_x[*", part="unit", when="without a moon", reason="")]
    found = [left_out("tests/a.py::test_x[1]"), left_out("tests/a.py::test_x[1]", "postgresql"),
             left_out("tests/a.py::test_y")]  # fmt: skip

    assert [one.is_listed for one in mark_listed(found, entries)] == [True, False, False]
    monkeypatch.setitem(CONDITIONS, "without a moon", lambda: False)
    assert [one.is_listed for one in mark_listed(found, entries)] == [False] * 3


def outcome(tmp_path, *events: dict) -> Outcome:
    report = tmp_path / "report.jsonl"
    report.write_text("".join(json.dumps(event) + "\n" for event in events))
    made = Outcome(name="unit", part="unit", report=report, log=tmp_path / "log")
    made.update()
    return made


def test_what_fails_in_its_teardown_has_failed_and_setup_time_counts(tmp_path) -> None:
    found = outcome(
        tmp_path,
        {"event": "collected", "count": 3},
        {"event": "setup", "test": "a", "seconds": 5}, {"event": "passed", "test": "a"},
        {"event": "call", "test": "a", "seconds": 1}, {"event": "failed", "test": "a"},
        {"event": "passed", "test": "b"},
        {"event": "skipped", "test": "c", "reason": "needs a moon"},
    )  # fmt: skip

    assert [found.count(word) for word in ("passed", "failed", "skipped")] == [1, 1, 1]
    assert found.skipped == [("c", "needs a moon")]
    assert slowest_tests([found]) == ["     6.0  a"]
    assert found.progress() == "unit 3/3"


def test_a_line_that_is_still_being_written_is_read_later(tmp_path) -> None:
    found = outcome(tmp_path, {"event": "passed", "test": "a"})
    with found.report.open("a") as more:
        more.write('{"event": "passed"')
        more.flush()
        found.update()
        more.write(', "test": "b"}\n')
    found.update()

    assert found.outcomes == {"a": "passed", "b": "passed"}


def closing(capsys, outcomes, left_out, *, strict) -> tuple[int, list[str]]:
    status = 0
    try:
        finish(outcomes, left_out, strict=strict, began=0)
    except SystemExit as exit_:
        status = exit_.code
    return status, capsys.readouterr().out.splitlines()[-2:]


def test_a_strict_run_fails_on_a_test_that_nobody_wrote_down(tmp_path, capsys) -> None:
    ran = outcome(tmp_path, {"event": "passed", "test": "a"},
                  {"event": "skipped", "test": "b", "reason": "needs a moon"})  # fmt: skip

    plain = closing(capsys, [ran], [left_out("b")], strict=False)
    strict = closing(capsys, [ran], [left_out("b")], strict=True)

    assert plain == (0, ["all parts passed", "1 passed, 0 failed, 1 skipped"])
    assert strict == (
        1,
        [
            "failed: 1 skipped, but not listed in tests/left_out.toml",
            "1 passed, 0 failed, 1 skipped",
        ],
    )


def test_a_part_without_tests_that_fails_counts_as_one_failure(tmp_path, capsys) -> None:
    ran = outcome(tmp_path)
    ran.has_failed = True

    assert closing(capsys, [ran], [], strict=False) == (
        1, ["failed: unit", "0 passed, 1 failed, 0 skipped"],
    )  # fmt: skip


def test_a_quick_run_takes_parts_of_their_own_names() -> None:
    assert set(QUICK) <= {part.name for part in ALL_PARTS if part.is_quick}


def test_each_part_names_files_and_folders_that_exist() -> None:
    named = {
        str(word).removeprefix("--ignore=")
        for segments in (*(part.segments for part in ALL_PARTS), *QUICK.values())
        for segment in segments
        for words in segment.commands
        for word in words
        if str(word).removeprefix("--ignore=").startswith("tests/")
    }

    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_each_test_of_a_segment_runs_in_one_lane_only() -> None:
    """Two processes never work on one test of one part at once, so neither has the other's files."""
    for part in ALL_PARTS:
        paths = [
            str(word)
            for segment in part.segments
            for words in segment.commands
            for word in words
            if str(word).startswith("tests/")
        ]
        assert len(paths) == len(set(paths)), part.name

"""Each row of the hardening guide that stands has a test of its name, seen red, and its line on the page of rows."""

import os
import re
from pathlib import Path

from graphkeep.upkeep.doctor.checks import CHECKS
from graphkeep.upkeep.doctor.requirements import read_requirements
from tests.rights.row_mutations import ROW_MUTATIONS

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs/reference/hardening-rows.md"
ROWS = read_requirements()
HEAD = """# Rows of the hardening guide

*For administrators and auditors.* Each row is a requirement that the server fulfills; the checks of `graphkeep doctor` and
the tests of a row have its id. `graphkeep prove rows` removes the behavior of each row from a copy, and verifies that its test
fails. Single sign-on, connectors and the data bridge are planned, and so are their rows.

| row | requirement | checks of the doctor | tests |
| --- | --- | --- | --- |
"""


def proofs_by_row() -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in re.findall(r"^ *(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE):
            # The ids stand first in a name, one after the other: test_sh38_sh41_the_loaded_rules…
            for kind, number in re.findall(r"(?<=_)(sh|ad)(\d\d\w?)(?=_)", name):
                row_id = f"{kind.upper()}-{number}"
                found.setdefault(row_id, set()).add(str(file.relative_to(ROOT / "tests")))
    return {row_id: sorted(files) for row_id, files in found.items()}


def page() -> str:
    tests = proofs_by_row()
    asked: dict[str, list[str]] = {}
    for one in CHECKS:
        for row_id in one.rows:
            link = f"[{one.check_id}](../how-to/harden/{one.topic}.md#{one.check_id})"
            asked.setdefault(row_id, []).append(link)
    lines = []
    for row in ROWS.values():
        proved = ", ".join(f"`{one}`" for one in tests.get(row.row_id, []))
        if row.state == "later":
            proved = "comes later" + (f"; {proved}" if proved else "")
        if row.state == "out":
            proved = "[decided against](../decisions/0009-no-shared-notebook.md)"
        checks = ", ".join(asked.get(row.row_id, []))
        lines.append(
            f'| <a id="{row.row_id}"></a>{row.row_id} | {row.text} | {checks} | {proved} |'
        )
    return HEAD + "\n".join(lines) + "\n"


def test_each_row_of_the_guide_is_here():
    numbers = [f"SH-{one:02}" for one in range(1, 90)] + [f"AD-{one:02}" for one in range(1, 35)]

    assert set(ROWS) == {*numbers, "SH-07b", "SH-52b"}


def test_each_row_that_stands_has_a_test_that_was_seen_red():
    tests = proofs_by_row()
    red = {one[0] for one in ROW_MUTATIONS}
    standing = {one.row_id for one in ROWS.values() if one.state == "implemented"}

    assert sorted(standing - set(tests)) == []
    assert sorted(standing - red) == []


def test_the_checks_and_the_tests_name_no_row_that_is_not_there():
    asked = {row_id for one in CHECKS for row_id in one.rows if re.match("SH|AD", row_id)}

    assert asked - set(ROWS) == set()
    assert set(proofs_by_row()) - set(ROWS) == set()


def test_the_page_of_rows_is_as_the_code_says():
    if os.environ.get("GRAPHKEEP_RENEW"):
        PAGE.write_text(page())

    assert PAGE.read_text() == page()

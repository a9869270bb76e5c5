"""Folders hold at most 15 files and files keep to one subject, so that each can be found by its name and read at once."""

import subprocess
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = (".py", ".ts", ".svelte", ".js", ".css", ".html", ".sh", ".md")
MAX_FILES, MAX_LINES, MAX_TEST_LINES = 15, 300, 500
# Folders with more files, and why.
LARGER_FOLDERS = {
    "docs/decisions": "one numbered list, read by number",
}
# Files with more lines, and why.
LONGER_FILES = {
    "deploy/probe.py": "the doctor's probe, copied: one file that runs alone on any machine",
    "src/graphkeep/upkeep/doctor/probe.py": "one file that runs alone on any machine",
    "src/graphkeep/server/settings.py": "declarations of settings",
    "src/graphkeep/api/wire/responses.py": "declarations of answers",
    "src/graphkeep/graph/interpretations/names.py": "tables of column names",
    "workbench/src/model/api.gen.ts": "generated from the declarations of answers",
}
# Not ours to cut: the corpora of the tests, and scripts of the public clients as their authors wrote them.
EXEMPT = ("tests/data/*", "tests/*/cases/*", "*/migrations/*")


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [path for path in listed.splitlines() if path.endswith(CODE) and (ROOT / path).is_file()]


def is_exempt(path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in EXEMPT)


def line_limit(path: str) -> int | None:
    if path.endswith((".md", ".sh", ".html", ".css")):
        return None
    return MAX_TEST_LINES if path.startswith("tests/") or ".test." in path else MAX_LINES


def too_large_folders(paths: list[str]) -> dict[str, int]:
    """Folders with too many code files, with their count; `__init__.py` does not count."""
    counts = Counter(
        str(Path(path).parent)
        for path in paths
        if not path.endswith("/__init__.py") and not is_exempt(path)
    )
    return {folder: count for folder, count in counts.items() if count > MAX_FILES}


def too_long_files(lines_by_path: dict[str, int]) -> dict[str, int]:
    return {
        path: lines
        for path, lines in lines_by_path.items()
        if (limit := line_limit(path)) and lines > limit and not is_exempt(path)
    }


def test_no_folder_holds_more_than_fifteen_code_files() -> None:
    folders = too_large_folders(tracked_files())

    assert {name: count for name, count in folders.items() if name not in LARGER_FOLDERS} == {}
    assert set(LARGER_FOLDERS) <= set(folders)


def test_no_file_is_longer_than_its_subject_needs() -> None:
    lines = {
        path: (ROOT / path).read_text(errors="replace").count("\n") for path in tracked_files()
    }
    files = too_long_files(lines)

    assert {path: count for path, count in files.items() if path not in LONGER_FILES} == {}
    unused = [
        pattern for pattern in LONGER_FILES if not any(fnmatchcase(path, pattern) for path in files)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("path", "lines", "is_long"),
    [
        ("src/graphkeep/x.py", 301, True),
        ("src/graphkeep/x.py", 300, False),
        ("tests/x/test_y.py", 501, True),
        ("tests/x/test_y.py", 500, False),
        ("workbench/src/x.svelte", 301, True),
        ("tests/data/large.py", 9999, False),
        ("docs/long.md", 9999, False),
    ],
)
def test_a_limit_is_seen_to_fail(path: str, lines: int, is_long: bool) -> None:
    assert (path in too_long_files({path: lines})) is is_long


def test_a_folder_of_sixteen_files_is_seen_to_fail() -> None:
    paths = [f"src/a/file_{number}.py" for number in range(16)]

    assert too_large_folders([*paths, "src/a/__init__.py"]) == {"src/a": 16}
    assert too_large_folders([*paths[1:], "src/a/__init__.py"]) == {}

"""Each row's test is seen red: on a copy of the sources in which the row's behaviour is taken away."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rights.mutate import mutate, unmatched
from tests.rights.row_mutations import ROW_MUTATIONS

ROOT = Path(__file__).parent.parent.parent
CHOSEN = ROW_MUTATIONS if os.environ.get("GRAPHKEEP_PROVE") else ROW_MUTATIONS[9:12]


def test_each_mutation_names_code_that_stands_once() -> None:
    assert unmatched(ROOT / "src", [mutation[1:4] for mutation in ROW_MUTATIONS]) == []


@pytest.mark.parametrize(("row", "target", "before", "after", "test"), CHOSEN)
def test_a_row_is_seen_red(
    tmp_path: Path, row: str, target: str, before: str, after: str, test: str
) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    for name in ("docs", "benchmarks", *(one.name for one in ROOT.glob("*.md"))):
        (tmp_path / name).symlink_to(ROOT / name)
    mutate(tmp_path / "src", target, before, after)
    (tmp_path / "home/data").mkdir(parents=True)
    file, _, name = test.partition("::")
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        file,
        "-p",
        "no:cacheprovider",
        "-p",
        "no:logging",
    ]

    done = subprocess.run(
        [*words, *(["-k", name] if name else [])],
        cwd=ROOT,
        env={
            **{key: text for key, text in os.environ.items() if key != "GRAPHKEEP_PROVE"},
            "PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}{ROOT}",
            "GRAPHISTRY_HOME": str(tmp_path / "home"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, f"{row} was not seen: {done.stdout[-1500:]}"
    assert re.search(r"^\d+ failed", done.stdout.splitlines()[-1]), done.stdout[-1500:]

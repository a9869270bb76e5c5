"""A policy that is taken away makes the matrix red: seen on a copy of the sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rights.mutate import mutate, unmatched
from tests.rights.policy_mutations import POLICY_MUTATIONS

ROOT = Path(__file__).parent.parent.parent
ALL = bool(os.environ.get("GRAPHKEEP_PROVE"))
CHOSEN = POLICY_MUTATIONS if ALL else POLICY_MUTATIONS[14:15]


def test_each_mutation_names_code_that_stands_once() -> None:
    assert unmatched(ROOT / "src", POLICY_MUTATIONS) == []


@pytest.mark.parametrize(("target", "before", "after"), CHOSEN)
def test_a_lost_policy_makes_the_matrix_red(
    tmp_path: Path, target: str, before: str, after: str
) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    for name in ("docs", "benchmarks", *(one.name for one in ROOT.glob("*.md"))):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "data").mkdir()
    mutate(tmp_path / "src", target, before, after)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/rights", "-k", "every_cell", "-p", "no:logging",
         "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}{ROOT}",
            "GRAPHISTRY_HOME": str(tmp_path),
            "GRAPHKEEP_MATRIX_STOPS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 1, done.stdout[-2000:]
    assert ", not " in done.stdout

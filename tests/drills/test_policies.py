"""A policy that is taken away makes the matrix red: seen on a copy of the sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rights.sabotage import SABOTAGES

ROOT = Path(__file__).parent.parent.parent
ALL = bool(os.environ.get("GRAPHKEEP_PROVE"))
CHOSEN = SABOTAGES if ALL else SABOTAGES[14:15]


def test_each_sabotage_names_a_place_that_stands_once() -> None:
    counts = [(ROOT / path).read_text().count(before) for path, before, _ in SABOTAGES]

    assert counts == [1] * len(SABOTAGES)


@pytest.mark.parametrize(("path", "before", "after"), CHOSEN)
def test_a_lost_policy_makes_the_matrix_red(
    tmp_path: Path, path: str, before: str, after: str
) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    for name in ("docs", "benchmarks", *(one.name for one in ROOT.glob("*.md"))):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "data").mkdir()
    place = tmp_path / path
    place.write_text(place.read_text().replace(before, after))

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

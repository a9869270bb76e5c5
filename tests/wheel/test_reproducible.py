"""Whoever builds the wheel anew gets the same bytes, wherever, whenever and under whatever umask."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from graphkeep.upkeep.supply.cyclonedx import read_components
from graphkeep.upkeep.supply.locks import locked_components

ROOT = Path(__file__).parents[2]
PARTS = (
    "src", "workbench", "requirements", "docs", "benchmarks", "pyproject.toml", "hatch_build.py", "README.md",
    "LICENSE", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md",
)  # fmt: skip
LEFT = shutil.ignore_patterns("__pycache__", "node_modules", ".graphkeep")


def test_ad11_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    first = built(tmp_path / "first", umask=0o022, at=1_000_000_000, order=1)
    other = built(tmp_path / "a-longer/way/to/other", umask=0o077, at=1_700_000_000, order=-1)

    assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()  # fmt: skip
    archive = zipfile.ZipFile(first)
    (place,) = [one for one in archive.namelist() if one.endswith(".dist-info/sboms/graphkeep.cdx.json")]  # fmt: skip
    said = read_components(json.loads(archive.read(place)))
    assert {one.purl for one in said} == {one.purl for one in locked_components(ROOT)}
    assert not [one for one in archive.namelist() if one.endswith("/.graphkeep")]


def built(folder: Path, *, umask: int, at: int, order: int) -> Path:
    """The wheel of a copy whose files were made in another order, at another time."""
    folder.mkdir(parents=True)
    for part in PARTS[::order]:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=LEFT)
        else:
            shutil.copy(source, folder / part)
    for path in sorted(folder.rglob("*"))[::order]:
        path.chmod(0o777 & ~umask if path.is_dir() else 0o666 & ~umask)
        os.utime(path, (at, at))
    env = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    if not env.get("GRAPHKEEP_PROVE"):
        env["GRAPHKEEP_KEEP_WORKBENCH"] = "1"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=folder,
        env=env,
        umask=umask,
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel

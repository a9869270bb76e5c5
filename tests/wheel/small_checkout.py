"""A checkout in small, of which a bundle is made in seconds: its server tells its version, and needs one wheel."""

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "graphkeep"
version = "{version}"
requires-python = ">=3.11"
dependencies = ["tiny>=1"]
[project.scripts]
graphkeep = "graphkeep:main"
[tool.hatch.build.targets.wheel]
packages = ["src/graphkeep"]
"""
SERVER = """from importlib.metadata import version

import tiny


def main():
    print("graphkeep", version("graphkeep"), tiny.WORD)
"""


def small_checkout(folder: Path, version: str = "2026.11.0") -> Path:
    (folder / "src/graphkeep").mkdir(parents=True)
    (folder / "src/graphkeep/__init__.py").write_text(SERVER)
    (folder / "pyproject.toml").write_text(PROJECT.format(version=version))
    (folder / "hatch_build.py").touch()
    for one in ("README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "compose.yml"):
        shutil.copy(ROOT / one, folder / one)
    (folder / "docs").mkdir()
    (folder / "docs/page.md").write_text("# A page\n")
    (folder / "workbench/src").mkdir(parents=True)
    (folder / "workbench/package-lock.json").write_text(json.dumps({"packages": {"": {}}}))
    wheel = tiny_wheel(folder / "wheels")
    pin = f"tiny==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    (folder / "requirements").mkdir()
    for one in ("runtime", "build"):
        (folder / f"requirements/{one}.txt").write_text(pin)
    return folder


def tiny_wheel(folder: Path) -> Path:
    folder.mkdir()
    place = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    texts = {
        "tiny.py": "WORD = 'answers'\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    texts[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*texts, f"{info}/RECORD"])
    with zipfile.ZipFile(place, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return place

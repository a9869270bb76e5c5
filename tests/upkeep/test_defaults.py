"""SH-18: an upgrade changes no security default behind anybody's back, and new ones are adopted by one command."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.server.config.env import KNOWN
from graphkeep.upkeep.defaults import (
    NOTE,
    defaults_of_release,
    present_release,
    read_adopted,
    release_order,
)

# A release before the first one, with defaults that were laxer, the same, and of a setting that is gone.
OLDER = """[defaults]
SESSION_MAX_PER_USER = "100"
KEY_MAX_DAYS = "3650"
GRAPHKEEP_SIGN_INS_PER_ADDRESS = "5000"
EMBED_PUBLIC = "false"
COOKIE_SAMESITE = "Lax"
GONE_SINCE = "1"
"""
MAIN = (
    "import sys, pathlib, graphkeep.upkeep.defaults as d; d.FOLDER = pathlib.Path(sys.argv.pop(1)); "
    "from graphkeep.server.cli import main; main()"
)


class Upgraded:
    """A data folder that an older release made, under this release with both tables."""

    def __init__(self, home: Path) -> None:
        self.home, self.tables = home, home / "tables"
        self.custom = home / "data/config/custom.env"
        self.tables.mkdir()
        (self.tables / "2026.5.0.toml").write_text(OLDER)
        real = defaults_of_release(present_release())
        lines = [f'{name} = "{text}"' for name, text in real.items()]
        (self.tables / f"{present_release()}.toml").write_text("\n".join(["[defaults]", *lines]))
        self.custom.parent.mkdir(parents=True)
        self.custom.write_text("# mine\nKEY_MAX_DAYS = '90'  # by the policy of 2024\n\n")
        self.custom.chmod(0o600)
        (home / NOTE).write_text(json.dumps({"release": "2026.5.1"}))

    def run(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", MAIN, str(self.tables), *words],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
                "GRAPHISTRY_HOME": str(self.home),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        return done.returncode, done.stdout


@pytest.fixture
def upgraded(tmp_path: Path) -> Upgraded:
    return Upgraded(tmp_path)


def test_sh18_changed_defaults_are_listed_adopted_and_taken_back(upgraded: Upgraded) -> None:
    code, told = upgraded.run("upgrade", "--check")
    listed = {
        one.partition(":")[0]: one.partition(": ")[2]
        for one in told.splitlines()
        if re.match(r"[A-Z_]+: ", one)
    }
    assert code == 1
    assert listed == {
        "SESSION_MAX_PER_USER": "100 -> 20",
        "GRAPHKEEP_SIGN_INS_PER_ADDRESS": "5000 -> 200",
        "EMBED_PUBLIC": "false -> true",
        "KEY_MAX_DAYS": "3650 -> 365; kept: data/config/custom.env sets 90",
    }
    assert "defaults of 2026.5.1; this is 2026" in told
    assert "3 to adopt, 1 kept" in told
    # Until then the former defaults hold.
    held = upgraded.run("config", "list")[1]
    assert "SESSION_MAX_PER_USER=100  [default of the release that created this folder]" in held
    assert "KEY_MAX_DAYS=90  [data/config/custom.env]" in held
    assert "COOKIE_SAMESITE=Lax  [default]" in held
    before = upgraded.custom.read_bytes()

    code, told = upgraded.run("upgrade", "--adopt-new-defaults")
    adopted = upgraded.custom.read_bytes()
    assert code == 0
    assert "done: set SESSION_MAX_PER_USER=20 in data/config/custom.env" in told
    assert adopted.startswith(before)
    assert adopted.removeprefix(before) == (
        b"SESSION_MAX_PER_USER=20\nGRAPHKEEP_SIGN_INS_PER_ADDRESS=200\nEMBED_PUBLIC=true\n"
    )
    assert upgraded.run("upgrade", "--check")[0] == 0
    assert "SESSION_MAX_PER_USER=20" in upgraded.run("config", "list")[1]

    # Nobody set these by hand: the next release's default is offered, and what a person says is kept.
    upgraded.custom.write_bytes(
        adopted.replace(b"SIGN_INS_PER_ADDRESS=200", b"SIGN_INS_PER_ADDRESS=77")
    )
    assert read_adopted(upgraded.home).adopted["SESSION_MAX_PER_USER"] == "20"
    kept = upgraded.run("upgrade")[1]
    assert (
        "GRAPHKEEP_SIGN_INS_PER_ADDRESS: 5000 -> 200; kept: data/config/custom.env sets 77" in kept
    )
    upgraded.custom.write_bytes(adopted)

    upgraded.run("upgrade", "--undo")
    assert upgraded.custom.read_bytes() == before
    assert upgraded.run("upgrade", "--check")[0] == 1


def test_sh18_what_the_portal_says_is_kept(upgraded: Upgraded) -> None:
    for chosen in ("true", "false"):
        upgraded.run("config", "set", "EMBED_PUBLIC", chosen)

    told = upgraded.run("upgrade")[1]

    assert "EMBED_PUBLIC: false -> true; kept: the portal sets false" in told
    upgraded.run("upgrade", "--adopt-new-defaults")
    assert b"EMBED_PUBLIC" not in upgraded.custom.read_bytes()


def test_sh18_the_present_table_says_the_present_defaults() -> None:
    import graphkeep.server.settings  # noqa: F401 - declares them

    assert defaults_of_release(present_release()) == {
        one.name: one.default for one in KNOWN.values() if one.guards and not one.secret
    }


def test_sh18_a_folder_without_a_note_counts_as_the_present_release(tmp_path: Path) -> None:
    assert read_adopted(tmp_path).release == present_release()
    assert release_order("2026.11.0") > release_order("2026.5.1") > release_order("2026.5")
    (tmp_path / "data/config").mkdir(parents=True)
    (tmp_path / NOTE).write_text("{")
    with pytest.raises(UserInputError, match=r"defaults\.json cannot be read"):
        read_adopted(tmp_path)

"""The commands of a plain server, where the home belongs to containers; docker is a double that notes its words."""

import json
import os
import subprocess
import sys

import pytest

from graphkeep.accounts import os_user

DOUBLE = """#!{python}
import json, os, sys
with open({heard!r}, "a") as sink:
    print(json.dumps([os.getcwd(), *sys.argv[1:]]), file=sink)
sys.exit(3 if {failing!r} and {failing!r} in sys.argv else 0)
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "data/config").mkdir(parents=True)
    (tmp_path / "data/config/.kind").write_text("compose\n")
    return tmp_path


def typed(home, *words, failing=""):
    """What docker was told, and how the command ended."""
    heard = home / "heard"
    heard.unlink(missing_ok=True)
    place = home / "bin/docker"
    place.parent.mkdir(exist_ok=True)
    text = DOUBLE.format(python=sys.executable, heard=str(heard), failing=failing)
    place.write_text(text)
    place.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "graphkeep", *words],
        env={"PATH": f"{place.parent}:{os.environ['PATH']}", "GRAPHISTRY_HOME": str(home), "SUDO_USER": "olga",
             "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [json.loads(line) for line in heard.read_text().splitlines()] if heard.exists() else []
    assert {cwd for cwd, *_ in said} <= {str(home)}
    return [" ".join(words) for _, *words in said], done


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("up -d --compose", ["compose up -d --wait"]),
        ("stop", ["compose stop"]),
        ("ps", ["compose ps"]),
        ("logs -n 5", ["compose logs --tail 5"]),
        (
            "restart web",
            [
                "compose exec -T nexus graphkeep config list",
                "compose up -d --force-recreate --no-deps --wait nexus",
            ],
        ),
        (
            "user role bob inactive",
            [
                "compose exec -T -e SUDO_USER=olga -w /graphkeep nexus graphkeep user role bob inactive"
            ],
        ),
        (
            "tls plain",
            [
                "compose run --rm --no-deps -T -e SUDO_USER=olga -w /graphkeep init graphkeep tls plain"
            ],
        ),
        (
            "restore x",
            ["compose run --rm -T -e SUDO_USER=olga -w /graphkeep nexus graphkeep restore x"],
        ),
    ],
)
def test_sh27_the_same_commands_drive_the_containers(home, words, told):
    heard, done = typed(home, *words.split())

    assert (heard, done.returncode) == (told, 0)


def test_sh27_a_configuration_that_cannot_be_used_recreates_nothing(home):
    heard, done = typed(home, "restart", failing="config")

    assert heard == ["compose exec -T nexus graphkeep config list"]
    assert done.returncode == 2
    assert "the former one goes on" in done.stderr


def test_sh20_a_plain_start_over_the_data_of_containers_is_refused(home):
    heard, done = typed(home, "up")

    assert (heard, done.returncode) == ([], 2)
    assert "graphkeep up -d --compose" in done.stderr
    assert "graphkeep migrate --to sqlite" in done.stderr


def test_sh19_the_trail_names_who_logged_in_even_through_another_user_s_shell(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(os_user, "LOGIN", tmp_path / "loginuid")
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr(os_user.getpass, "getuser", lambda: "graphkeep")

    assert os_user.operating_system_user() == "graphkeep"
    (tmp_path / "loginuid").write_text("4294967295")
    assert os_user.operating_system_user() == "graphkeep"
    (tmp_path / "loginuid").write_text("0")
    assert os_user.operating_system_user() == "root"
    monkeypatch.setenv("SUDO_USER", "olga")
    assert os_user.operating_system_user() == "olga"

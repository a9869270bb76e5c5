"""A person without rights on the folder of a server reads one sentence, whatever the command."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from graphkeep.server.cli import commands
from tests.deploy.members import GRAPHKEEP, PACKAGES, ROOT, Member, interpreter, open_to_all

FOREIGN = "nobody"
# Subcommands and arguments that lead each command to the folder.
WORDS = {
    "user": ["list"],
    "org": ["create", "acme"],
    "key": ["create", "--user", "alice"],
    "config": ["list"],
    "egress": ["list"],
    "secrets": ["check"],
    "preset": ["diff", "team-vpn"],
    "restore": ["--dry-run", "/dev/null"],
    "support": ["bundle", "--to", "/dev/null"],
    "data": ["map"],
    "cache": ["purge"],
    "reset": ["--yes-delete-everything"],
}
DIRECT = ("up", "stop", "restart", "ps", "logs", "doctor", "audit", "backup", "worker", "init")


@pytest.fixture
def nobodys_home():
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-denied-"))
    folder.chmod(0o755)
    data = folder / "data"
    (data / "config").mkdir(parents=True)
    (data / "config/custom.env").write_text("DJANGO_SECRET_KEY=canary-of-a-secret\n")
    (data / "server.json").write_text("{}")
    (data / "config").chmod(0o750)
    data.chmod(0o750)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(
    os.geteuid() != 0 or interpreter() is None or not open_to_all(ROOT) or not open_to_all(Path(PACKAGES)),
    reason="LEFT OUT: needs root, to become another user, and a checkout that others may read",
)  # fmt: skip
@pytest.mark.parametrize("verb", [*DIRECT, *WORDS])
def test_a_person_without_rights_reads_a_sentence(nobodys_home, verb):
    assert verb in commands.commands
    nobody = Member(name=FOREIGN, home=nobodys_home)

    done = nobody.run(*GRAPHKEEP, verb, *WORDS.get(verb, []))

    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (sentence,) = done.stderr.splitlines()
    if verb == "up":  # which would have to make secrets
        assert f"{nobodys_home}/data/config is for the administrators' group" in sentence
    else:
        assert sentence.startswith(
            f"graphkeep: {FOREIGN} has no permission for {nobodys_home}/data"
        )
        assert f"as {pwd.getpwuid(0).pw_name}, or as a member of the group" in sentence
    assert "canary" not in sentence


def test_another_error_of_the_operating_system_is_not_called_a_permission(tmp_path):
    (tmp_path / "data/server.json").mkdir(parents=True)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "GRAPHISTRY_HOME": str(tmp_path)}  # fmt: skip
    words = [sys.executable, "-m", "graphkeep", "stop"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert "IsADirectoryError" in done.stderr

"""Restores that are killed anywhere: afterwards stands what stood, or what the backup held, and nothing between."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.upkeep.test_backup import graphkeep, names

pytestmark = pytest.mark.flow
DRILLS = 30 if os.environ.get("GRAPHKEEP_PROVE") else 3


def tree(home):
    """One hash over every stored file, and who has an account."""
    digest = hashlib.sha256()
    for folder in ("graphs", "uploads"):
        for one in sorted((home / "data" / folder).rglob("*")):
            if one.is_file():
                digest.update(f"{one.relative_to(home)}\n".encode() + one.read_bytes())
    return digest.hexdigest(), names(home)


def fill(home, seed):
    for _ in range(seed.randrange(1, 6)):
        folder = home / "data" / seed.choice(("graphs", "uploads")) / seed.randbytes(16).hex()
        folder.mkdir(parents=True)
        for number in range(seed.randrange(1, 4)):
            (folder / f"part-{number}").write_bytes(seed.randbytes(seed.randrange(400_000)))


def person(home, name):
    words = ("--username", name, "--email", f"{name}@example.org", "--role", "admin")
    done = graphkeep(home, "user", "create", *words, "--password-stdin", stdin="violet-tram-07-harbour\n")  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="PostgreSQL has its own test"
)
def test_ad28_a_killed_restore_leaves_the_old_or_the_new(tmp_path):
    seen = set()
    for number in range(DRILLS):
        seed = random.Random(number)
        home = tmp_path / str(number)
        (home / "data").mkdir(parents=True)
        person(home, "alice")
        fill(home, seed)
        assert graphkeep(home, "backup").returncode == 0
        held = tree(home)
        person(home, "bob")
        fill(home, seed)
        stood = tree(home)
        assert stood != held
        file = next((home / "data/backups").glob("*.backup"))

        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "GRAPHISTRY_HOME": str(home),
            "HOME": str(home),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "graphkeep", "restore", "--yes", str(file)],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for_staging(home, process)
        time.sleep(seed.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert graphkeep(home, "doctor", "--topic", "data").returncode in {0, 1}
        found = tree(home)
        assert found in (stood, held)
        seen.add("new" if found == held else "old")
        if found == stood:
            assert graphkeep(home, "restore", "--yes", str(file)).returncode == 0
            assert tree(home) == held
        assert graphkeep(home, "restore", "--undo").returncode == 0
        assert tree(home) == stood

    if DRILLS > 20:
        assert seen == {"old", "new"}


def wait_for_staging(home, process):
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        if (home / "data/restoring").exists() or (home / "data/restore.json").exists():
            return
        time.sleep(0.002)

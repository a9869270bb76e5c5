"""Backups in an object store and in restic: whole or not there, and back again byte for byte."""

import os
import random
import shutil
import subprocess
import time

import pytest

from graphkeep.upkeep.backup.archive import DamagedBackupError
from graphkeep.upkeep.backup.pipes import piped_output
from tests.drills.operation.test_restores import fill, person, tree
from tests.upkeep.test_backup import graphkeep

pytestmark = pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="reads SQLite's file"
)


@pytest.fixture
def home(tmp_path):
    (tmp_path / "data").mkdir()
    person(tmp_path, "alice")
    fill(tmp_path, random.Random(27))
    return tmp_path


def said_for(bucket):
    return {
        "GRAPHKEEP_BACKUP_S3_ENDPOINT": bucket.config.endpoint,
        "GRAPHKEEP_BACKUP_S3_ACCESS_KEY": "alice",
        "GRAPHKEEP_BACKUP_S3_SECRET_KEY": "canary-of-a-key",
    }


def test_ad27_a_backup_in_a_bucket_comes_back_byte_for_byte(home, new_bucket):
    bucket = new_bucket("nightly")
    address, said = f"s3://{bucket.config.bucket}/nightly", said_for(bucket)
    held = tree(home)

    tried = graphkeep(home, "backup", "--to", address, "--dry-run", **said)
    assert "would write" in tried.stdout
    tried = graphkeep(home, "backup", "--to", address, **said, DRY_RUN="1")
    assert "would write" in tried.stdout
    assert list(bucket.entries()) == []

    made = graphkeep(home, "backup", "--to", address, **said)
    assert made.returncode == 0, made.stderr
    assert "canary" not in made.stdout + made.stderr
    (entry,) = bucket.entries()
    person(home, "bob")
    fill(home, random.Random(28))
    stood = tree(home)
    assert stood != held

    whole = graphkeep(home, "restore", "--dry-run", f"{address}/{entry.key}", **said)
    assert "intact: " in whole.stdout, whole.stderr
    assert tree(home) == stood
    done = graphkeep(home, "restore", "--yes", address, **said)
    assert done.returncode == 0, done.stderr
    assert tree(home) == held
    assert graphkeep(home, "restore", "--undo").returncode == 0
    assert tree(home) == stood

    for _ in range(2):
        time.sleep(1)  # a name tells the second
        assert graphkeep(home, "backup", "--to", address, "--keep", "2", **said).returncode == 0
    kept = sorted(one.key for one in bucket.entries())
    assert len(kept) == 2
    assert entry.key not in kept


def test_ad27_a_changed_object_is_refused_and_nothing_changes(home, new_bucket):
    bucket = new_bucket()
    address, said = f"s3://{bucket.config.bucket}", said_for(bucket)
    assert graphkeep(home, "backup", "--to", address, **said).returncode == 0
    (entry,) = bucket.entries()
    stood = tree(home)
    with bucket.reading(entry.key) as source:
        content = bytearray(source.read())
    content[len(content) // 2] ^= 1
    import io

    bucket.put(entry.key, io.BytesIO(content))

    refused = graphkeep(home, "restore", "--yes", f"{address}/{entry.key}", **said)

    assert (refused.returncode, "was changed or cut" in refused.stderr) == (2, True)
    assert tree(home) == stood


def test_v01_in_air_gap_a_backup_goes_nowhere_outside(home):
    said = {
        "GRAPHKEEP_BACKUP_S3_ENDPOINT": "https://8.8.8.8",
        "GRAPHKEEP_BACKUP_S3_ACCESS_KEY": "alice",
        "GRAPHKEEP_BACKUP_S3_SECRET_KEY": "x",
        "IS_AIR_GAPPED": "1",
    }
    refused = graphkeep(home, "backup", "--to", "s3://backups", **said)
    assert (refused.returncode, "outside this network" in refused.stderr) == (2, True)

    said = {"RESTIC_PASSWORD": "violet", "IS_AIR_GAPPED": "1"}
    refused = graphkeep(home, "backup", "--to", "restic:sftp:there:/x", **said)
    assert refused.returncode == 2
    assert "Air gap is on" in refused.stderr or "not installed" in refused.stderr


@pytest.mark.skipif(shutil.which("restic") is None, reason="LEFT OUT: restic is not installed")
def test_ad27_restic_keeps_it_encrypted_tagged_and_brings_it_back(home, tmp_path_factory):
    repository = tmp_path_factory.mktemp("restic") / "repository"
    said = {
        "RESTIC_REPOSITORY": str(repository),
        "RESTIC_PASSWORD": "canary-of-restic",
        "RESTIC_TAGS": "graphkeep,nightly",
    }
    held = tree(home)
    assert "would write" in graphkeep(home, "backup", **said, DRY_RUN="1").stdout
    assert not repository.exists()

    made = graphkeep(home, "backup", **said)
    assert made.returncode == 0, made.stderr
    assert "canary" not in made.stdout + made.stderr
    env = {**os.environ, **said}
    listed = subprocess.run(["restic", "snapshots"], env=env, capture_output=True, text=True, check=True)  # fmt: skip
    assert "nightly" in listed.stdout
    sealed = b"".join(one.read_bytes() for one in repository.rglob("*") if one.is_file())
    assert next((home / "data").rglob("part-0")).read_bytes()[:64] not in sealed
    person(home, "bob")
    fill(home, random.Random(29))
    stood = tree(home)

    done = graphkeep(home, "restore", "--yes", f"restic:{repository}", **said)
    assert done.returncode == 0, done.stderr
    assert tree(home) == held
    assert graphkeep(home, "restore", "--undo").returncode == 0
    assert tree(home) == stood
    assert graphkeep(home, "backup", "--keep", "1", **said).returncode == 0
    left = subprocess.run(["restic", "snapshots"], env=env, capture_output=True, text=True, check=True)  # fmt: skip
    assert "1 snapshots" in left.stdout

    wrong = graphkeep(home, "restore", "--yes", f"restic:{repository}", **said | {"RESTIC_PASSWORD": "x"})  # fmt: skip
    assert wrong.returncode == 2
    assert tree(home) == stood


def test_ad27_what_fails_while_it_is_made_does_not_end_like_what_is_whole():
    def fails(sink):
        sink.write(b"half")
        raise DamagedBackupError("the rest is gone")

    with pytest.raises(DamagedBackupError), piped_output(fails) as source:  # noqa: PT012
        assert source.read(4) == b"half"
        with pytest.raises(DamagedBackupError, match="the rest is gone"):
            source.read(4)


@pytest.mark.skipif(not shutil.which("sh"), reason="needs a shell")
def test_ad29_a_backup_goes_through_a_pipe(home):
    held = tree(home)
    assert graphkeep(home, "backup").returncode == 0
    file = next((home / "data/backups").glob("*.backup"))
    person(home, "bob")
    assert "add --yes" in graphkeep(home, "restore", "-").stderr
    words = [shutil.which("python"), "-m", "graphkeep", "restore", "--yes", "-"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "GRAPHISTRY_HOME": str(home)}  # fmt: skip
    with file.open("rb") as source:
        done = subprocess.run(words, env=env, stdin=source, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert tree(home) == held

"""A backup holds everything, opens for its keys alone, and nothing that was changed in it goes unseen."""

import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pyrage
import pytest
from allauth.mfa.models import Authenticator  # noqa: F401  # the apps stand

from graphkeep.server.config.secrets import MADE
from graphkeep.upkeep.backup.archive import (
    DamagedBackupError,
    hash_of,
    open_files,
    read_archive,
    tree_hash,
    write_archive,
)
from graphkeep.upkeep.backup.keys import bech32, identities
from graphkeep.upkeep.backup.restore import finish_restore, write_synced
from graphkeep.upkeep.data_map import DATA_LOCATIONS, location_of
from tests.servers import make_database

KEY, OTHER = (MADE["GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"]() for _ in range(2))


@pytest.fixture
def files(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    seed = random.Random(26)
    for name, size in (("empty", 0), ("small", 10), ("large", 3_000_000)):
        (source / name).write_bytes(seed.randbytes(size))
    return [(f"graphs/{one.name}", one) for one in sorted(source.iterdir())]


@pytest.fixture
def archive(tmp_path, files):
    target = tmp_path / "a.backup"
    write_archive(target, open_files(files), {"made_at": "today"}, keys=KEY)
    return target


def test_ad27_what_was_written_comes_back_whole(tmp_path, files, archive):
    manifest = read_archive(archive, tmp_path / "out", keys=f"{OTHER},{KEY}")

    assert manifest["made_at"] == "today"
    assert {name: hash_of(path) for name, path in files} == {
        name: hash_of(tmp_path / "out" / name) for name in manifest["files"]
    }
    assert len(tree_hash(manifest)) == 64
    assert archive.stat().st_mode & 0o777 == 0o600
    assert files[2][1].read_bytes()[:64] not in archive.read_bytes()


def test_sh56_a_backup_for_another_key_names_that_key(tmp_path, archive):
    with pytest.raises(
        DamagedBackupError, match=f"needs the encryption key {next(iter(identities(KEY)))}"
    ):
        read_archive(archive, tmp_path / "out", keys=OTHER)


def test_others_open_it_too_where_they_were_named(tmp_path, files):
    alice, mallory = (pyrage.x25519.Identity.generate() for _ in range(2))
    target = tmp_path / "b.backup"
    write_archive(target, open_files(files), {}, keys=KEY, recipients=(str(alice.to_public()),))

    assert len(read_archive(target, tmp_path / "1", keys=OTHER, identity=str(alice))["files"]) == 3
    with pytest.raises(DamagedBackupError):
        read_archive(target, tmp_path / "2", keys=OTHER, identity=str(mallory))


def spoilt(content, way, seed):
    body = bytearray(content)
    start = content.index(b"\n") + 1
    at = seed.randrange(start, len(body))
    match way:
        case "a bit":
            body[at] ^= 1 << seed.randrange(8)
        case "cut":
            del body[at:]
        case "a block gone":
            del body[at : at + 4096]
        case "two blocks swapped":
            one, two = sorted(seed.sample(range(start, len(body) - 65536), 2))
            body[one : one + 64], body[two : two + 64] = body[two : two + 64], body[one : one + 64]
        case "more behind":
            body += seed.randbytes(100)
        case "the key's name":
            body[:start] = b"graphkeep-backup 1 key=00000000\n"
    return bytes(body)


WAYS = ("a bit", "cut", "a block gone", "two blocks swapped", "more behind")


@pytest.mark.parametrize("way", WAYS)
def test_ad28_whatever_is_changed_in_it_is_seen(tmp_path, archive, way):
    seed = random.Random(way)
    content = archive.read_bytes()
    for number in range(8):
        archive.write_bytes(spoilt(content, way, seed))

        with pytest.raises(DamagedBackupError):
            read_archive(archive, tmp_path / str(number), keys=KEY)


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "graphs/../../outside"])
def test_ad28_a_name_that_leads_outside_is_refused(tmp_path, name):
    def hostile(path):
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as tar:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        identity = next(iter(identities(KEY).values()))
        sealed = pyrage.encrypt(plain.getvalue(), [identity.to_public()])
        path.write_bytes(
            f"graphkeep-backup 1 key={next(iter(identities(KEY)))}\n".encode() + sealed
        )

    hostile(tmp_path / "x.backup")
    with pytest.raises(DamagedBackupError, match="which is not part of any backup"):
        read_archive(tmp_path / "x.backup", tmp_path / "out", keys=KEY)
    assert not (tmp_path / "outside").exists()


def test_bech32_is_that_of_age():
    # BIP 173's own example, and age's: a key of its own tool comes back.
    assert bech32("a", b"") == "a12uel5l"
    known = pyrage.x25519.Identity.generate()
    text = str(known).lower()
    bits = "".join(
        f"{'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.index(one):05b}"
        for one in text.rpartition("1")[2][:-6]
    )
    raw = int(bits[:256], 2).to_bytes(32, "big")
    assert bech32("age-secret-key-", raw).upper() == str(known)


def test_ad28_an_interrupted_restore_is_finished_from_wherever_it_stopped(tmp_path):
    def stage(home):
        data = home / "data"
        for folder, text in (("data", "old"), ("data/restoring", "new")):
            (home / folder / "graphs").mkdir(parents=True)
            (home / folder / "graphs/one").write_text(text)
            (home / folder / "db.sqlite3").write_text(text)
        (data / "snapshots/before").mkdir(parents=True)
        moves = [
            [str(data / part), str(data / "snapshots/before" / part)]
            for part in ("graphs", "db.sqlite3")
        ]
        moves += [
            [str(data / "restoring" / part), str(data / part)] for part in ("graphs", "db.sqlite3")
        ]
        journal = {"moves": moves, "dump": "", "staged": str(data / "restoring")}
        write_synced(data / "restore.json", json.dumps(journal))
        return data, moves

    for stopped_after in range(5):
        data, moves = stage(tmp_path / str(stopped_after))
        for source, target in moves[:stopped_after]:
            Path(source).rename(target)

        assert finish_restore(data)
        assert (data / "graphs/one").read_text() == (data / "db.sqlite3").read_text() == "new"
        kept = data / "snapshots/before"
        assert (kept / "graphs/one").read_text() == (kept / "db.sqlite3").read_text() == "old"
        assert not finish_restore(data)
        assert not (data / "restoring").exists()


def graphkeep(home, *words, stdin="", **settings):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "GRAPHISTRY_HOME": str(home),
        "HOME": str(home),
        **settings,
    }
    if url := os.environ.get("GRAPHKEEP_OWN_DATABASE"):
        env["DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "graphkeep", *words],
        env=env, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif("GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="reads SQLite's file")
def test_sh59_sh85_backup_reset_restore_and_undo_by_command(tmp_path):
    (tmp_path / "data").mkdir()
    made = graphkeep(tmp_path, "user", "create", "--username", "alice", "--email", "alice@example.org", "--role", "admin", "--password-stdin", stdin="violet-tram-07-harbour\n")  # fmt: skip
    assert made.returncode == 0, made.stderr
    graph = tmp_path / "data/graphs" / ("a" * 32)
    graph.mkdir(parents=True)
    (graph / "nodes.arrow").write_bytes(b"nodes")
    (graph / ".unfinished").write_bytes(b"x")

    written = graphkeep(tmp_path, "backup")
    assert written.returncode == 0, written.stderr
    file = next((tmp_path / "data/backups").glob("*.backup"))
    assert "2 files" in written.stdout
    assert "intact: 2 files" in graphkeep(tmp_path, "restore", "--dry-run", str(file)).stdout

    refused = graphkeep(tmp_path, "reset", "--yes-delete-everything", stdin="another\n")
    assert (refused.returncode, "nothing was deleted" in refused.stderr) == (2, True)
    assert (
        graphkeep(tmp_path, "reset", "--yes-delete-everything", stdin="graphkeep\n").returncode == 0
    )
    assert names(tmp_path) == []
    assert not graph.exists()

    assert graphkeep(tmp_path, "restore", str(file), stdin="n\n").returncode == 1
    assert names(tmp_path) == []
    done = graphkeep(tmp_path, "restore", "--yes", str(file))
    assert done.returncode == 0, done.stderr
    assert names(tmp_path) == ["alice"]
    assert (graph / "nodes.arrow").read_bytes() == b"nodes"
    assert {one.name for one in graph.iterdir()} == {"nodes.arrow"}

    assert graphkeep(tmp_path, "restore", "--undo").returncode == 0
    assert names(tmp_path) == []
    assert not graph.exists()
    assert graphkeep(tmp_path, "restore", "--undo").returncode == 0
    assert names(tmp_path) == ["alice"]
    strange = [
        str(one.relative_to(tmp_path))
        for one in tmp_path.rglob("*")
        if one.is_file() and location_of(str(one.relative_to(tmp_path))) is None
    ]
    assert strange == []


def names(home):
    with sqlite3.connect(home / "data/db.sqlite3") as link:
        found = [row[0] for row in link.execute("select username from accounts_user")]
    link.close()
    return found


def test_sh83_every_place_is_found_by_its_files():
    for one in DATA_LOCATIONS:
        assert location_of(one.path + ("x" if one.path.endswith("/") else "")) == one
    assert location_of("data/elsewhere") is None
    assert location_of("data/db.sqlite3-wal") == DATA_LOCATIONS[0]


@pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" not in os.environ, reason="needs a PostgreSQL server"
)
def test_ad28_postgresql_is_backed_up_restored_and_brought_back(tmp_path, monkeypatch):
    server = os.environ["GRAPHKEEP_TEST_DATABASE_URL"]
    name = f"backup_{os.urandom(4).hex()}"
    make_database(server, name)
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    monkeypatch.setenv("GRAPHKEEP_OWN_DATABASE", url)
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    monkeypatch.setenv("PATH", f"{programs[-1]}:{os.environ['PATH']}")

    def people():
        with psycopg.connect(url) as link:
            return [row[0] for row in link.execute("select username from accounts_user order by 1")]

    def person(who):
        done = graphkeep(tmp_path, "user", "create", "--username", who, "--email", f"{who}@example.org", "--role", "admin", "--password-stdin", stdin="violet-tram-07-harbour\n")  # fmt: skip
        assert done.returncode == 0, done.stderr

    (tmp_path / "data").mkdir()
    person("alice")
    assert graphkeep(tmp_path, "backup").returncode == 0
    person("bob")
    file = next((tmp_path / "data/backups").glob("*.backup"))

    restored = graphkeep(tmp_path, "restore", "--yes", str(file))
    assert restored.returncode == 0, restored.stderr
    assert people() == ["alice"]
    assert graphkeep(tmp_path, "restore", "--undo").returncode == 0
    assert people() == ["alice", "bob"]

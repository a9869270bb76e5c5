"""Moves: everything is there afterwards, what was left is as it was, and only an empty target is filled."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from graphkeep.server.compose.containers import refuse_other_kind
from graphkeep.server.config.envfile import ConfigurationError, parse
from graphkeep.upkeep.migrate.folder import copy_files
from tests.drills.operation.test_restores import fill, person, tree
from tests.servers import make_database
from tests.upkeep.test_backup import graphkeep

ON_SQLITE = pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="reads SQLite's file"
)
KILLS = 100 if os.environ.get("GRAPHKEEP_PROVE") else 2
PLANT = """
from graphkeep.server.process.start import set_up_django
set_up_django()
from django.conf import settings
from graphkeep.accounts.models import User
from graphkeep.accounts.credentials.tokens import get_instance, issue_token, read_token
from graphkeep.accounts.secret_box import decrypt, encrypt
from allauth.mfa.models import Authenticator
alice = User.objects.get(username="alice")
import sys
if "plant" in sys.argv:
    Authenticator.objects.create(user=alice, type="planted", data={"secret": encrypt("canary")})
row = Authenticator.objects.get(user=alice, type="planted")
print(get_instance().instance_id, decrypt(row.data["secret"]), alice.password[-12:], alice.updated_at if hasattr(alice, "updated_at") else alice.date_joined)
"""


def state(home, *words, **settings):
    """The instance's name, a stored secret in plain, a password's hash, a time."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
           "GRAPHISTRY_HOME": str(home), **settings}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PLANT, *words],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def old(tmp_path):
    home = tmp_path / "old"
    (home / "data").mkdir(parents=True)
    person(home, "alice")
    fill(home, random.Random(26))
    return home


def whole(home):
    """Every byte of what is kept, the database as its own words, the configuration too."""
    with sqlite3.connect(home / "data/db.sqlite3") as link:
        words = [line for line in link.iterdump() if "graphkeep_cache" not in line]
    link.close()
    return tree(home), words, (home / "data/config/custom.env").read_bytes()


@ON_SQLITE
def test_ad26_a_new_folder_takes_all_and_the_old_stays_as_it_was(tmp_path, old):
    said = state(old, "plant")
    before = whole(old)
    new = tmp_path / "new"
    (new / "data").mkdir(parents=True)

    moved = graphkeep(new, "migrate", "--from", str(old))

    assert moved.returncode == 0, moved.stderr
    assert whole(old) == before
    assert tree(new) == tree(old)
    assert state(new) == state(old) == said
    assert "canary" in said
    again = graphkeep(new, "migrate", "--from", str(old))
    assert (again.returncode, "has accounts already" in again.stderr) == (2, True)
    for wrong, why in ((tmp_path, "not the home folder of a server"), (new, "own home")):
        assert why in graphkeep(new, "migrate", "--from", str(wrong)).stderr


def test_ad26_a_half_copy_is_made_anew_and_a_whole_one_is_kept(tmp_path):
    source, data = tmp_path / "old", tmp_path / "new"
    for name in ("graphs/a/nodes", "graphs/a/edges", "uploads/b/raw", "uploads/.receiving-x/raw"):
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (data / "graphs/a").mkdir(parents=True)
    (data / "graphs/a/nodes").write_bytes(b"x" * len("graphs/a/nodes"))

    assert copy_files(source, data) == (3, 0)
    assert copy_files(source, data) == (0, 3)

    assert {str(one.relative_to(data)): one.read_bytes() for one in data.rglob("*") if one.is_file()} == {
        name: name.encode() for name in ("graphs/a/nodes", "graphs/a/edges", "uploads/b/raw")
    }  # fmt: skip


@ON_SQLITE
def test_ad29_a_home_with_accounts_is_not_filled_from_another_machine(old):
    before = whole(old)
    refused = graphkeep(old, "migrate", "--receive", stdin="graphkeep-migration 1\n{}\n")
    assert (refused.returncode, "it must be empty" in refused.stderr) == (2, True)
    assert whole(old) == before


@ON_SQLITE
def test_ad26_a_move_that_is_killed_is_finished_by_the_next(tmp_path, old):
    for number in range(4):
        fill(old, random.Random(number))
    before = whole(old)
    dice = random.Random(26)
    for number in range(KILLS):
        new = tmp_path / f"new-{number}"
        (new / "data").mkdir(parents=True)
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
               "GRAPHISTRY_HOME": str(new)}  # fmt: skip
        words = [sys.executable, "-m", "graphkeep", "migrate", "--from", str(old)]
        process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        deadline = time.monotonic() + 30
        while not (new / "data/migrating").exists() and time.monotonic() < deadline:
            if process.poll() is not None:
                break
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.08))
        process.send_signal(signal.SIGKILL)
        process.wait()

        if not (new / "data/db.sqlite3").exists():
            assert graphkeep(new, "migrate", "--from", str(old)).returncode == 0
        assert tree(new) == tree(old)
        assert whole(old) == before
        shutil.rmtree(new)


def test_sh88_another_kind_of_folder_is_refused_with_the_line_that_moves_it(tmp_path):
    (tmp_path / "data/config").mkdir(parents=True)
    (tmp_path / "data/db.sqlite3").touch()

    with pytest.raises(ConfigurationError, match="graphkeep migrate --to postgres"):
        refuse_other_kind(tmp_path, "compose")

    (tmp_path / "data/config/.kind").write_text("compose\n")
    with pytest.raises(ConfigurationError, match="graphkeep migrate --to sqlite"):
        refuse_other_kind(tmp_path, "plain")


@ON_SQLITE
def test_one_way_is_said_and_a_running_server_is_not_moved(tmp_path, old):
    assert "Use one of" in graphkeep(old, "migrate").stderr
    assert "Use one of" in graphkeep(old, "migrate", "--to", "sqlite", "--from", str(old)).stderr
    assert "uses SQLite already" in graphkeep(old, "migrate", "--to", "sqlite").stderr
    assert "DATABASE_URL=postgresql" in graphkeep(old, "migrate", "--to", "postgres").stderr


MAY_JAIL = os.geteuid() == 0 and shutil.which("ip") is not None
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")


@pytest.fixture
def two_machines(tmp_path):
    """Two network namespaces with a cable between them, and a real sshd in the second."""
    one, two, folder = f"up-a{os.getpid()}", f"up-b{os.getpid()}", tmp_path / "ssh"
    folder.mkdir()
    for name in ("host", "own"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True)
    (folder / "authorized").write_text((folder / "own.pub").read_text())
    (folder / "authorized").chmod(0o600)
    (folder / "sshd_config").write_text(
        f"Port 2222\nListenAddress 10.77.0.2\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\n"
        "PasswordAuthentication no\n"
    )
    known = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[10.77.0.2]:2222 {known[0]} {known[1]}\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    lines = (
        f"ip netns add {one}", f"ip netns add {two}",
        f"ip link add up-a netns {one} type veth peer name up-b netns {two}",
        f"ip -n {one} addr add 10.77.0.1/24 dev up-a", f"ip -n {two} addr add 10.77.0.2/24 dev up-b",
        f"ip -n {one} link set up-a up", f"ip -n {two} link set up-b up",
        f"ip -n {one} link set lo up", f"ip -n {two} link set lo up",
    )  # fmt: skip
    process = None
    try:
        for line in lines:
            if subprocess.run(line.split(), check=False, capture_output=True).returncode != 0:
                pytest.skip("LEFT OUT: no network namespaces can be made here")
        words = ["ip", "netns", "exec", two, SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        ssh = (
            f"ip netns exec {one} ssh -p 2222 -i {folder}/own -o BatchMode=yes "
            f"-o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes"
        )
        time.sleep(0.5)
        yield ssh
    finally:
        if process is not None:
            process.terminate()
            process.wait()
        for name in (one, two):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


@ON_SQLITE
@pytest.mark.skipif(
    not MAY_JAIL or SSHD is None, reason="LEFT OUT: needs root, ip and sshd, for two machines"
)
def test_ad29_a_server_moves_to_another_machine_over_ssh(tmp_path, old, two_machines):
    said = state(old, "plant")
    before = whole(old)[0]
    new = tmp_path / "new one"
    (new / "data").mkdir(parents=True)
    script = new / "graphkeep"
    script.write_text(
        "#!/bin/sh\n"
        f"export PYTHONPATH='{os.environ.get('PYTHONPATH', '')}' GRAPHISTRY_HOME='{new}'\n"
        f'exec {sys.executable} -m graphkeep "$@"\n'
    )
    script.chmod(0o755)

    moved = graphkeep(old, "migrate", "--to-server", f"root@10.77.0.2:{new}", "--ssh", two_machines)

    assert moved.returncode == 0, moved.stderr
    assert "canary" not in moved.stdout + moved.stderr
    assert tree(new) == tree(old) == before
    assert state(new) == state(old) == said
    keys = "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
    assert env_of(new)[keys] == env_of(old)[keys]
    again = graphkeep(old, "migrate", "--to-server", f"root@10.77.0.2:{new}", "--ssh", two_machines)
    assert (again.returncode, "it must be empty" in again.stderr) == (2, True)
    nowhere = graphkeep(old, "migrate", "--to-server", "root@10.77.0.2:/nowhere", "--ssh", two_machines)  # fmt: skip
    assert (nowhere.returncode, "did not take it" in nowhere.stderr) == (2, True)


def env_of(home):
    return parse((home / "data/config/custom.env").read_text(), "custom.env")


@pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" not in os.environ, reason="needs a PostgreSQL server"
)
def test_sh88_sqlite_moves_to_postgresql_and_back(tmp_path, old):
    said = state(old, "plant")
    before = whole(old)
    server = os.environ["GRAPHKEEP_TEST_DATABASE_URL"]
    name = f"migrate_{os.urandom(4).hex()}"
    make_database(server, name)
    url = urlsplit(server)._replace(path=f"/{name}").geturl()

    moved = graphkeep(old, "migrate", "--to", "postgres", DATABASE_URL=url)

    assert moved.returncode == 0, moved.stderr
    assert whole(old) == before
    assert state(old, DATABASE_URL=url) == said
    with psycopg.connect(url) as link:
        assert link.execute("select count(*) from accounts_user").fetchone()[0] >= 1
    again = graphkeep(old, "migrate", "--to", "postgres", DATABASE_URL=url)
    assert (again.returncode, "it must be empty" in again.stderr) == (2, True)
    words = ("--username", "bob", "--email", "bob@example.org", "--role", "user")
    made = graphkeep(old, "user", "create", *words, "--password-stdin", stdin="violet-tram-07-harbour\n", DATABASE_URL=url)  # fmt: skip
    assert made.returncode == 0, made.stderr  # new rows get numbers of their own

    refused = graphkeep(old, "migrate", "--to", "sqlite", DATABASE_URL=url)
    assert (refused.returncode, "exists" in refused.stderr) == (2, True)
    (old / "data/db.sqlite3").rename(tmp_path / "away")
    back = graphkeep(old, "migrate", "--to", "sqlite", DATABASE_URL=url)
    assert back.returncode == 0, back.stderr
    assert state(old) == said

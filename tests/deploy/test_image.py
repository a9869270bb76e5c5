"""A sealed image holds nothing of the machine that it was made on, and each of its copies becomes a server of its own."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from graphkeep.server.config.envfile import parse
from graphkeep.server.config.secrets import MADE, ensure_secrets
from graphkeep.server.process.running import ServerNote, started_at_ticks
from tests.servers import GRAPHKEEP
from tests.waiting import wait_until

PROVE = bool(os.environ.get("GRAPHKEEP_PROVE"))
ROOT = Path(__file__).parent.parent.parent
HOME = "var/graphistry"
CANARY = "canary-of-the-machine-that-made-the-image"
LEFT_OVERS = (
    "etc/ssh/ssh_host_ed25519_key", "etc/ssh/ssh_host_ed25519_key.pub", "etc/machine-id", "root/.bash_history",
    "home/olga/.python_history", "home/olga/.ssh/authorized_keys", "root/.ssh/known_hosts", "var/log/auth.log",
    "var/log/journal/one/system.journal", "var/lib/cloud/instance/user-data.txt", "var/lib/systemd/random-seed",
    f"{HOME}/data/db.sqlite3", f"{HOME}/data/graphs/one/nodes.arrow", f"{HOME}/data/uploads/one", f"{HOME}/data/backups/one.backup",
    f"{HOME}/data/logs/server.log", f"{HOME}/data/config/caddy/tls/server.key", f"{HOME}/data/config/postgres/password",
    f"{HOME}/data/config/Caddyfile.bak", f"{HOME}/data/caddy/certificates/one.key", "var/lib/docker/volumes/graphkeep_store/x",
)  # fmt: skip
# What a cloud tells its machines, at the address and by the words of IMDSv2: a double of it.
METADATA = """
import http.server, sys
class Cloud(http.server.BaseHTTPRequestHandler):
    def answer(self):
        token = self.command == "PUT" and self.path == "/latest/api/token"
        good = token or self.headers.get("X-aws-ec2-metadata-token") == "one"
        self.send_response(200 if good else 401); self.end_headers()
        self.wfile.write(b"one" if token else sys.argv[1].encode() if good else b"")
    do_GET = do_PUT = answer
    def log_message(self, *words): pass
http.server.HTTPServer(("169.254.169.254", 80), Cloud).serve_forever()
"""
SIGN_IN = """
import re, sys, requests
browser = requests.Session()
where = "http://127.0.0.1:8000/accounts/login/"
page = browser.get(where, timeout=30).text
csrf = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
said = {"login": "admin", "password": sys.argv[1], "csrfmiddlewaretoken": csrf}
print(browser.post(where, said, headers={"Referer": where}, timeout=30).url)
"""


def environment(root):
    kept = {
        name: os.environ[name]
        for name in ("PATH", "PYTHONPATH", "NUMBA_CACHE_DIR")
        if name in os.environ
    }
    return {**kept, "GRAPHISTRY_HOME": str(root / HOME), "HOME": str(root / "root")}


def graphkeep(root, *words):
    return subprocess.run(
        [GRAPHKEEP, *words], env=environment(root), capture_output=True, text=True, check=False
    )


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A root file system on which a server ran, with an account, secrets and traces of people."""
    for name in MADE:
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "machine"
    custom = root / HOME / "data/config/custom.env"
    custom.parent.mkdir(parents=True)
    custom.write_text(
        f"# the image's own\nADMIN_INIT_FROM_METADATA=true\nEMAIL_HOST_PASSWORD='{CANARY}'\n"
    )
    custom.chmod(0o600)
    ensure_secrets(root / HOME)
    for one in LEFT_OVERS:
        (root / one).parent.mkdir(parents=True, exist_ok=True)
        (root / one).write_text(CANARY)
    (root / "etc/hostname").write_text("graphs\n")
    return root


def sealed(root):
    done = graphkeep(root, "image", "seal", "--yes", "--root", root, "--home", f"/{HOME}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(root):
    return {
        str(one.relative_to(root)): one.read_bytes() for one in root.rglob("*") if one.is_file()
    }


def test_sh16_a_sealed_image_holds_nothing_of_its_machine(machine, tmp_path):
    custom = machine / HOME / "data/config/custom.env"
    secrets = parse(custom.read_text(), "custom.env")
    (tmp_path / "outside").write_text(CANARY)
    (machine / "var/log/link").symlink_to(tmp_path / "outside")

    told = sealed(machine)

    left = files(machine)
    assert custom.read_text() == "# the image's own\nADMIN_INIT_FROM_METADATA=true\n"
    for secret in (CANARY, *(secrets[name] for name in MADE)):
        assert [name for name, content in left.items() if secret.encode() in content] == []
        assert secret not in told
    assert left["etc/machine-id"] == b""
    assert left["etc/hostname"] == b"graphs\n"
    assert not (machine / HOME / "data/db.sqlite3").exists()
    assert (tmp_path / "outside").read_text() == CANARY


def test_sh16_a_machine_whose_server_runs_is_not_sealed(machine):
    noted = ServerNote(
        pid=os.getpid(),
        began=started_at_ticks(os.getpid()),
        worker_pid=0,
        host="127.0.0.1",
        port=1,
        started_at=0,
    )
    (machine / HOME / "data/server.json").write_text(json.dumps(asdict(noted)))
    before = files(machine)

    refused = graphkeep(machine, "image", "seal", "--yes", "--root", machine, "--home", f"/{HOME}")

    assert refused.returncode == 2
    assert "A server is running in" in refused.stderr
    assert files(machine) == before


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and iproute2"
)
def test_sh16_two_copies_differ_in_every_secret_and_let_their_administrator_in(machine, tmp_path):
    sealed(machine)
    known, instances = [], ("i-0aaaaaaaaaaaaaaa1", "i-0bbbbbbbbbbbbbbb2")
    for at, instance in enumerate(instances):
        copy = tmp_path / f"copy-{at}"
        shutil.copytree(machine, copy, symlinks=True)
        if PROVE:
            sign_in_by_instance(copy, instance, instances[1 - at], f"gk-seal-{os.getpid()}-{at}")
        else:  # `graphkeep prove guide` starts them for real
            ensure_secrets(copy / HOME)
        custom = copy / HOME / "data/config/custom.env"
        first = parse(custom.read_text(), "custom.env")
        assert oct(custom.stat().st_mode & 0o777) == "0o600"
        ensure_secrets(copy / HOME)
        assert parse(custom.read_text(), "custom.env") == first
        known.append(first)

    assert {name: known[0][name] == known[1][name] for name in MADE} == dict.fromkeys(MADE, False)


def sign_in_by_instance(copy, instance, other, space):
    with started(copy, instance, space) as inside:
        assert inside(SIGN_IN, other).endswith("/accounts/login/")
        assert inside(SIGN_IN, instance).endswith("/accounts/password/change/")


@contextlib.contextmanager
def started(copy, instance, space):
    """A copy's server on a cloud of its own; yields how to run Python beside it."""
    subprocess.run(["ip", "netns", "add", space], check=True)
    within = ["nsenter", f"--net=/run/netns/{space}"]
    python = [*within, sys.executable, "-c"]
    running = []
    try:
        for words in (
            ["link", "set", "lo", "up"],
            ["address", "add", "169.254.169.254/32", "dev", "lo"],
        ):
            subprocess.run(["ip", "-n", space, *words], check=True)
        running.append(subprocess.Popen([*python, METADATA, instance]))
        with (copy / "log").open("w") as log:
            words = [*within, GRAPHKEEP, "up", "--port", "8000"]
            running.append(subprocess.Popen(words, env=environment(copy), stdout=log, stderr=log))
        wait_until(lambda: graphkeep_answers(python), (copy / "log").read_text)
        yield lambda text, word: subprocess.run(
            [*python, text, word], capture_output=True, text=True, check=True
        ).stdout.strip()
    finally:
        for one in reversed(running):
            one.terminate()
            one.wait(timeout=120)
        subprocess.run(["ip", "netns", "del", space], check=False)


def graphkeep_answers(python):
    probe = "import socket; socket.create_connection(('127.0.0.1', 8000), 1)"
    return subprocess.run([*python, probe], capture_output=True, check=False).returncode == 0


def test_sh16_the_cloud_file_presets_the_first_sign_in_and_no_secret():
    text = (ROOT / "deploy/cloud/cloud-init.yaml").read_text()
    said = yaml.safe_load(text)

    (custom,) = said["write_files"]
    assert text.startswith("#cloud-config\n")
    assert parse(custom["content"], "custom.env") == {
        "ADMIN_INIT_FROM_METADATA": "true",
        "GRAPHKEEP_PROFILE": "internet-facing",
        "SITE_DOMAIN": "graphs.example.org",
    }
    assert custom["permissions"] == "0660"
    assert (said["ssh_pwauth"], said["disable_root"], said["ssh_deletekeys"]) == (False, True, True)

"""The hardened preset, set up as the guide says: the doctor finds no error, and finds each thing that is undone again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

pytestmark = pytest.mark.flow
SERVICE = 65534  # a user without any right of its own, except to read this checkout
AS_SERVICE = [
    "setpriv", f"--reuid={SERVICE}", f"--regid={SERVICE}", "--clear-groups",
    "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
]  # fmt: skip
SECOND_FACTOR = """
from graphkeep.server.process.start import set_up_django
set_up_django()
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from graphkeep.accounts.models import User
TOTP.activate(User.objects.get(username="alice"), generate_totp_secret())
"""
# Where only root may read the checkout or its Python, a sandbox without capabilities cannot start.
SANDBOX_CHECKS = {"api.query-endpoint", "api.sandbox"}
OWN = {
    "SITE_DOMAIN": "graphs.example.org",
    "TRUSTED_PROXIES": "127.0.0.1/32",
    "ADMIN_IP_ALLOWLIST": "10.8.0.0/24",
}


def can_drop_rights() -> bool:
    return (
        os.geteuid() == 0
        and shutil.which("setpriv") is not None
        and subprocess.run([*AS_SERVICE, "true"], capture_output=True, check=False).returncode == 0
    )


def others_can_start_python() -> bool:
    """Whether an ordinary user may pass through the folders that lead to this Python and to this checkout."""
    files = (Path(sys.executable).resolve(), Path(__file__).resolve())
    return all(folder.stat().st_mode & 0o001 for file in files for folder in file.parents)


class Hardened:
    def __init__(self, home: Path) -> None:
        self.home = home
        kept = ("PATH", "PYTHONPATH", "NUMBA_CACHE_DIR")
        self.env = {one: os.environ[one] for one in kept if one in os.environ}
        self.env |= {"GRAPHISTRY_HOME": str(home), "HOME": str(home)}

    def graphkeep(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*AS_SERVICE, sys.executable, "-m", "graphkeep", *words],
            env=self.env, cwd=self.home, input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def done(self, *words: str, stdin: str = "") -> str:
        finished = self.graphkeep(*words, stdin=stdin)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def python(self, program: str) -> None:
        words = [*AS_SERVICE, sys.executable, "-W", "ignore", "-c", program]
        subprocess.run(words, env=self.env, cwd=self.home, check=True)

    def errors(self) -> tuple[int, list[str]]:
        """The exit status, and what is red."""
        asked = self.graphkeep("doctor", "--format", "json")
        found = json.loads(asked.stdout)
        ignored = set() if others_can_start_python() else SANDBOX_CHECKS
        red = [one["check"] for one in found if one["state"] == "error"]
        counted = [check for check in red if check not in ignored]
        return asked.returncode if counted or not red else 0, counted


@pytest.mark.skipif(not can_drop_rights(), reason="needs root, to become a user without rights")
def test_sh01_sh04_the_hardened_preset_leaves_the_doctor_nothing_to_say(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o750)
    os.chown(home, SERVICE, SERVICE)
    server = Hardened(home)

    server.done("init")
    own = [word for name, value in OWN.items() for word in ("--set", f"{name}={value}")]
    server.done("preset", "apply", "internet-facing", *own)
    made = ("--username", "alice", "--email", "alice@example.org", "--role", "admin")
    server.done("user", "create", *made, "--password-stdin", stdin="violet-tram-07-harbour\n")
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    server.done("secrets", "escrow", str(home / "escrow.age"), "--recipient", recipient)
    server.done("backup")
    assert server.errors() == (1, ["people.admins-second-factor"])
    server.python(SECOND_FACTOR)
    assert server.errors() == (0, [])

    custom = home / "data/config/custom.env"
    before = custom.read_bytes()
    custom.write_bytes(before.replace(b"COOKIE_SECURE=true", b"COOKIE_SECURE=false"))
    assert server.errors()[0] == 1
    assert "setting.cookie-secure" in server.errors()[1]
    server.graphkeep("doctor", "--fix")
    assert server.errors() == (0, [])
    assert custom.read_bytes() == before

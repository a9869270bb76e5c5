"""The units: what systemd says of them, and whether the server still works within what they allow."""

import ctypes.util
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from graphkeep.server.config.secrets import MADE, ensure_secrets
from graphkeep.server.process import service
from graphkeep.server.process.service import UNITS, render_unit
from tests.deploy.members import Member, can_make_users

ROOT = Path(__file__).parent.parent.parent
UNDER = [sys.executable, ROOT / "tests/deploy/under_filter.py", sys.executable]
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")
needs_seccomp = pytest.mark.skipif(
    ANALYZE is None or ctypes.util.find_library("seccomp") is None, reason="needs libseccomp"
)


def asked(*words):
    done = subprocess.run([ANALYZE, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@needs_systemd
def test_sh19_systemd_takes_the_units_and_calls_them_safe(tmp_path):
    for unit in UNITS:
        (tmp_path / unit).write_text(render_unit(unit, Path("/var/graphistry")))

    code, said = asked("verify", "--man=no", *(str(tmp_path / unit) for unit in UNITS))
    assert (code, [line for line in said.splitlines() if str(tmp_path) in line]) == (0, [])
    for unit in ("graphkeep.service", "graphkeep-backup.service"):
        # Of 100 tenths: what is left is the network, the kernel's compiler-friendly memory and the group.
        code, said = asked("security", "--offline=true", "--threshold=16", str(tmp_path / unit))
        assert code == 0, said


def test_sh19_the_service_is_nobody_special_and_writes_its_home_alone():
    for unit in ("graphkeep.service", "graphkeep-backup.service"):
        said = dict(
            re.findall(r"^(\w+)=(.*)$", render_unit(unit, Path("/srv/graphs")), re.MULTILINE)
        )
        assert said["User"] == said["Group"] == "graphkeep"
        assert said["ReadWritePaths"] == "/srv/graphs"
        assert said["CapabilityBoundingSet"] == ""
        assert (said["ProtectSystem"], said["NoNewPrivileges"]) == ("strict", "yes")
        assert "EnvironmentFile" not in said  # SH-22: our reader alone reads custom.env
        assert str(Path(sys.executable).parent / "graphkeep") in said["ExecStart"]


@pytest.mark.skipif(not can_make_users(), reason="needs root and a checkout that others may read")
def test_sh19_init_makes_a_user_folders_and_units(tmp_path, monkeypatch):
    name = f"gksvc{os.getpid()}"
    home = Path(tempfile.mkdtemp(prefix="graphkeep-service-"))
    home.chmod(0o755)
    monkeypatch.setattr(service, "NAME", name)
    monkeypatch.setattr(service, "INSTALLED", tmp_path / "units")
    for secret in MADE:
        monkeypatch.delenv(secret, raising=False)
    before = os.umask(0o022)
    try:
        said = service.install_units(home, lambda: ensure_secrets(home))

        custom = home / "data/config/custom.env"
        first = custom.read_bytes()
        assert sorted(one.name for one in (tmp_path / "units").iterdir()) == sorted(UNITS)
        assert f"ReadWritePaths={home}" in (tmp_path / "units/graphkeep.service").read_text()
        assert {(one.owner(), one.group()) for one in (home / "data").rglob("*")} == {(name, name)}
        assert (oct(custom.stat().st_mode), oct(custom.parent.stat().st_mode)) == (
            "0o100660",
            "0o42770",
        )
        assert pwd.getpwnam(name).pw_shell == "/usr/sbin/nologin"
        assert any("systemctl daemon-reload" in line for line in said)
        own = Member(name=name, home=home)
        assert "DJANGO_SECRET_KEY=(set)" in own.graphkeep("config", "list")
        assert own.run("touch", home / "elsewhere").returncode != 0
        service.install_units(home, lambda: ensure_secrets(home))
        assert custom.read_bytes() == first
    finally:
        os.umask(before)
        subprocess.run(["userdel", "--force", name], check=False, capture_output=True)
        shutil.rmtree(home)


@needs_seccomp
def test_sh19_the_sandbox_holds_under_the_unit_s_filter():
    env = {name: text for name, text in os.environ.items() if name != "GRAPHKEEP_PROVE"}

    done = subprocess.run(
        [*UNDER, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sources/test_parser.py"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    refused = subprocess.run(
        [*UNDER, "-c", "import os; os.chroot('/')"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-2000:]
    assert re.search(r"^\d+ passed", done.stdout.splitlines()[-1]), done.stdout[-500:]
    assert "PermissionError" in refused.stderr

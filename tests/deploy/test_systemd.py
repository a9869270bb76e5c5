"""The units: what systemd says of them, and whether the server still works within what they allow."""

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.server.service import UNITS, filled

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
        (tmp_path / unit).write_text(filled(unit, Path("/var/graphistry")))

    code, said = asked("verify", "--man=no", *(str(tmp_path / unit) for unit in UNITS))
    assert (code, [line for line in said.splitlines() if str(tmp_path) in line]) == (0, [])
    for unit in ("graphkeep.service", "graphkeep-backup.service"):
        # Of 100 tenths: what is left is the network, the kernel's compiler-friendly memory and the group.
        code, said = asked("security", "--offline=true", "--threshold=16", str(tmp_path / unit))
        assert code == 0, said


def test_sh19_the_service_is_nobody_special_and_writes_its_home_alone():
    for unit in ("graphkeep.service", "graphkeep-backup.service"):
        said = dict(re.findall(r"^(\w+)=(.*)$", filled(unit, Path("/srv/graphs")), re.MULTILINE))
        assert said["User"] == said["Group"] == "graphkeep"
        assert said["ReadWritePaths"] == "/srv/graphs"
        assert said["CapabilityBoundingSet"] == ""
        assert (said["ProtectSystem"], said["NoNewPrivileges"]) == ("strict", "yes")
        assert "EnvironmentFile" not in said  # SH-22: our reader alone reads custom.env
        assert str(Path(sys.executable).parent / "graphkeep") in said["ExecStart"]


@needs_seccomp
def test_sh19_the_jail_holds_under_the_unit_s_filter():
    env = {name: text for name, text in os.environ.items() if name != "GRAPHKEEP_PROVE"}

    done = subprocess.run(
        [*UNDER, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sources/test_jail.py"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    refused = subprocess.run(
        [*UNDER, "-c", "import os; os.chroot('/')"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-2000:]
    assert re.search(r"^\d+ passed", done.stdout.splitlines()[-1]), done.stdout[-500:]
    assert "PermissionError" in refused.stderr

"""A first start that is killed leaves whole secrets or none, and the next one never makes them anew."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from graphkeep.server.config.envfile import parse
from graphkeep.server.config.secrets import MADE

pytestmark = pytest.mark.flow
KILLS = 100 if os.environ.get("GRAPHKEEP_PROVE") else 6
START = "import sys; from pathlib import Path; from graphkeep.server.config.secrets import ensure_secrets; ensure_secrets(Path(sys.argv[1]))"  # fmt: skip


# What an administrator, or the release before, left in the file; CR LF and a missing last line break included.
BEFORE = (
    "AIR_GAPPED=1\n",
    "# mine\r\nGRAPHISTRY_NEXUS_SIGNING_KEY=7f6c1e52-6a0e-4d5b-9f3e-1f6f0f1f2b9c\r\nAIR_GAPPED=1",
    (
        f"DJANGO_SECRET_KEY='{MADE['DJANGO_SECRET_KEY']()}'\n"
        f"GRAPHISTRY_NEXUS_ENCRYPTION_KEYS={MADE['GRAPHISTRY_NEXUS_ENCRYPTION_KEYS']()}\nLOG_LEVEL=INFO\n"
    ),
)


def start(home, env):
    return subprocess.Popen([sys.executable, "-c", START, str(home)], env=env)


def test_sh53_a_killed_first_start_leaves_whole_secrets_or_none(tmp_path):
    seed = random.Random(53)
    env = {name: text for name, text in os.environ.items() if name not in MADE}
    clock = time.monotonic()
    start(tmp_path / "whole", env).wait(60)
    whole_s = time.monotonic() - clock
    found_whole = 0

    for number in range(KILLS):
        home = tmp_path / str(number)
        custom = home / "data/config/custom.env"
        custom.parent.mkdir(parents=True)
        before = BEFORE[number % len(BEFORE)]
        custom.write_bytes(before.encode())
        custom.chmod(0o600)
        names = set(parse(before, "custom.env"))
        process = start(home, env)
        # Most of the time goes by before the file is touched, so most kills fall into its last third.
        time.sleep(whole_s * seed.triangular(0.3, 1.1, 0.95))
        process.send_signal(signal.SIGKILL)
        process.wait()

        left = parse(custom.read_bytes().decode(), "custom.env")
        assert set(left) in (names, {*names, *MADE}), left
        assert custom.read_bytes().startswith(before.encode())
        assert custom.stat().st_mode & 0o777 == 0o600
        found_whole += len(left) > len(names)
        assert start(home, env).wait(60) == 0
        completed = parse(custom.read_text(), "custom.env")
        assert {**completed, **left} == completed
        assert start(home, env).wait(60) == 0
        assert parse(custom.read_text(), "custom.env") == completed
        assert len({completed[name] for name in MADE}) == len(MADE)

    if KILLS > 50:
        assert 0 < found_whole < KILLS

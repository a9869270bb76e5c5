"""The real bundle, made of this checkout, carried where no route leads, installed and started there."""

import os
import shutil
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkeep.upkeep.supply.bundle import BundleRequest, check_bundle, make_bundle
from graphkeep.upkeep.supply.inventory import CHECKOUT, own_version
from graphkeep.upkeep.supply.signature import make_key, read_keys

CLOSED = "gk-offline"
ASK = (
    "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=60).read()[:15])"
)


def can_try():
    return os.geteuid() == 0 and all(map(shutil.which, ("ip", "nsenter")))


@pytest.fixture
def closed():
    """A machine with nothing but itself."""
    subprocess.run(["ip", "netns", "add", CLOSED], check=True)
    subprocess.run(["ip", "-n", CLOSED, "link", "set", "lo", "up"], check=True)
    yield ["nsenter", f"--net=/run/netns/{CLOSED}"]
    subprocess.run(["ip", "netns", "del", CLOSED], check=True)


@pytest.mark.skipif(not os.environ.get("GRAPHKEEP_PROVE"), reason="graphkeep prove bundles")
@pytest.mark.skipif(not can_try(), reason="needs root and network namespaces")
def test_sh76_the_real_bundle_is_installed_and_answers_where_no_route_leads(closed, tmp_path):
    make_key(tmp_path / "key")
    wheels = os.environ.get("GRAPHKEEP_TEST_WHEELS")
    wanted = BundleRequest(
        checkout=CHECKOUT, made_at=datetime.now(UTC), wheels=Path(wheels) if wheels else None
    )
    made = make_bundle(tmp_path / "out", key=tmp_path / "key", request=wanted)
    check_bundle(made, keys=read_keys(tmp_path / "key.pub"))
    with tarfile.open(made) as archive:
        archive.extractall(tmp_path)  # our own; Python 3.11.2 has no filter
    made.unlink()
    home, target = tmp_path / "home", tmp_path / "graphkeep"
    home.mkdir()
    env = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(home)}

    began = time.monotonic()
    folder = tmp_path / made.name.removesuffix(".tar")
    words = ["sh", folder / "install.sh", "--pubkey", tmp_path / "key.pub", "--to", target]
    done = subprocess.run([*closed, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    print(f"installed in {time.monotonic() - began:.0f} s")
    assert f"graphkeep {own_version()}" in done.stdout
    route = subprocess.run([*closed, "ip", "route"], capture_output=True, text=True, check=True)
    assert route.stdout == ""

    env["PATH"] = "/usr/bin:/bin"
    up = [*closed, target / "bin/graphkeep", "up", "--port", "8000"]
    process = subprocess.Popen(up, cwd=home, env=env, stdout=subprocess.DEVNULL)
    try:
        for _ in range(360):
            ask = [
                *closed,
                target / "bin/python",
                "-c",
                ASK,
                "http://127.0.0.1:8000/accounts/signup/",
            ]
            asked = subprocess.run(ask, env=env, capture_output=True, text=True, check=False)
            if asked.returncode == 0:
                break
            time.sleep(0.5)
        sbom = [target / "bin/graphkeep", "sbom"]
        told = subprocess.run(sbom, cwd=home, env=env, capture_output=True, text=True, check=True)
    finally:
        process.terminate()
        process.wait(timeout=120)
    assert asked.stdout.lower().startswith("b'<!doctype html"), asked.stderr
    assert '"purl": "pkg:npm/svelte@' in told.stdout
    assert '"purl": "pkg:pypi/django@' in told.stdout

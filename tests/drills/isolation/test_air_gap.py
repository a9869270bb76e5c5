"""A server behind an air gap: what it sends goes to its visitor, and it waits for nobody who does not answer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.running import CHROMIUM
from tests.chromium import new_page, running_chromium
from tests.deploy.walk import PASSWORD
from tests.waiting import wait_until

pytestmark = pytest.mark.flow
ROOT = Path(__file__).parents[3]
SERVER, VISITOR = "gk-closed", "gk-visitor"
URL = "http://10.99.0.1:8000"
COUNT = """table inet counted {
	chain out {
		type filter hook output priority 0;
		oifname "lo" accept
		udp dport 53 counter name dns
		tcp dport 53 counter name dns
		ip daddr 10.99.0.2 accept
		meta l4proto ipv6-icmp accept
		counter name elsewhere
	}
	counter dns { }
	counter elsewhere { }
}
"""


def run(*words, into=None, check=True, **more):
    words = (
        ["nsenter", f"--net=/run/netns/{into}", *map(str, words)] if into else [*map(str, words)]
    )
    return subprocess.run(words, capture_output=True, text=True, check=check, **more)


def can_try():
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "nsenter"))):
        return False
    return (
        run("ip", "netns", "add", SERVER, check=False).returncode == 0
        and not run("ip", "netns", "del", SERVER).returncode
    )


@pytest.fixture
def closed(tmp_path):
    """Two machines on one wire; whatever the server sends elsewhere goes to the visitor, who drops it."""
    for name in (SERVER, VISITOR):
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    run(
        "ip",
        "link",
        "add",
        "eth0",
        "netns",
        SERVER,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        VISITOR,
    )
    for name, address in ((SERVER, "10.99.0.1/24"), (VISITOR, "10.99.0.2/24")):
        run("ip", "-n", name, "addr", "add", address, "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
    run("ip", "-n", SERVER, "route", "add", "default", "via", "10.99.0.2")
    run("nft", "-f", "-", into=SERVER, input=COUNT)
    config = tmp_path / "data/config"
    config.mkdir(parents=True)
    (config / "custom.env").write_text("AIR_GAPPED=1\n")
    (config / "custom.env").chmod(0o600)
    env = {**os.environ, "GRAPHISTRY_HOME": str(tmp_path), "GRAPHKEEP_IMPORT_MEMORY": "1G"}
    for name in ("DJANGO_SETTINGS_MODULE", "DJANGO_SECRET_KEY", "DATABASE_URL"):
        env.pop(name, None)
    graphkeep = Path(sys.executable).parent / "graphkeep"
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{SERVER}", graphkeep, "up", "--host", "0.0.0.0"],
            env=env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield env, graphkeep, tmp_path
    finally:
        process.terminate()
        process.wait(timeout=120)
        for name in (SERVER, VISITOR):
            run("ip", "netns", "del", name)


def counted():
    found = run("nft", "list", "counters", "table", "inet", "counted", into=SERVER).stdout
    return [
        int(line.split()[1]) for line in found.splitlines() if line.strip().startswith("packets")
    ]


def watched(page, slow):
    page.on(
        "requestfinished",
        lambda one: (
            slow.append((one.url, one.timing["responseStart"]))
            if one.timing["responseStart"] > 1000
            else None
        ),
    )


@pytest.mark.skipif(not can_try(), reason="needs root, nftables and network namespaces")
def test_sh77_sh80_a_closed_server_sends_nothing_elsewhere_and_waits_for_nobody(closed):
    env, graphkeep, home = closed
    walk = [sys.executable, "-W", "ignore", ROOT / "tests/deploy/walk.py"]
    wait_until(
        lambda: run("curl", "-sf", f"{URL}/healthz", into=VISITOR, check=False).returncode == 0,
        (home / "server.log").read_text,
    )

    done = run(*walk, "first", URL, "", "3600", into=VISITOR, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    dataset = next(
        line.split()[1] for line in done.stdout.splitlines() if line.startswith("plotted")
    )
    assert run(graphkeep, "backup", into=SERVER, env=env).returncode == 0
    listed = run(graphkeep, "egress", "list", into=SERVER, env=env).stdout
    assert {line.split()[0]: "disabled by air gap" in line for line in listed.splitlines()}[
        "metadata"
    ]

    chromium = home / "chromium"
    chromium.write_text(f'#!/bin/sh\nexec nsenter --net=/run/netns/{VISITOR} {CHROMIUM} "$@"\n')
    chromium.chmod(0o755)
    slow = []
    with running_chromium(str(chromium)) as browser:
        page = new_page(browser)
        watched(page, slow)
        page.goto(f"{URL}/accounts/login/")
        page.fill("input[name=login]", "alice")
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url("**/datasets/")
        page.goto(f"{URL}/graph/graph.html?dataset={dataset}")
        page.wait_for_selector("html[data-state=converged]")
        page.goto(f"{URL}/accounts/password/reset/")
        page.goto(f"{URL}/admin-portal/")

    assert slow == []
    assert counted() == [0, 0]
    # The counters count: one query and one connection of this test's own are seen.
    probe = "import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('192.0.2.1', 53))"
    run(sys.executable, "-c", probe, into=SERVER)
    assert counted() == [1, 1]

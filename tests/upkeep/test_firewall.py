"""Rules that are worked out as values, and loaded for real where the kernel lets us."""

import json
import os
import shutil
import subprocess
import time

import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.firewall.render import as_cloud, as_nftables, as_ufw
from graphkeep.upkeep.firewall.rules import MODES, FirewallRequest, firewall

VPN, LAN, INTERNET = "10.8.0", "192.168.77", "198.51.100"
PLACES = {
    "vpn": FirewallRequest(mode="vpn", vpn=(f"{VPN}.0/24",)),
    "vpc": FirewallRequest(
        mode="vpc", load_balancer=(f"{VPN}.0/24",), bastion=(f"{LAN}.0/24",), is_offloaded=True
    ),
    "public": FirewallRequest(mode="public", bastion=(f"{LAN}.0/24",), ssh="always"),
}
# who reaches 22, 80, 443 and the database's 5432
REACHED = {
    "vpn": {VPN: {22, 80, 443}, LAN: set(), INTERNET: set()},
    "vpc": {VPN: {80}, LAN: {22}, INTERNET: set()},
    "public": {VPN: {80, 443}, LAN: {22, 80, 443}, INTERNET: {80, 443}},
}


@pytest.mark.parametrize("mode", MODES)
def test_sh38_the_openings_are_those_of_the_guide(mode):
    wall = firewall(PLACES[mode])

    opened = {
        (network, int(port))
        for one in wall.inbound
        if one.protocol == "tcp"
        for network in one.networks
        for port in one.ports
    }
    everybody = {("0.0.0.0/0", 80), ("0.0.0.0/0", 443), ("::/0", 80), ("::/0", 443)}
    assert (
        opened
        == {
            "vpn": {(f"{VPN}.0/24", 22), (f"{VPN}.0/24", 80), (f"{VPN}.0/24", 443)},
            "vpc": {(f"{VPN}.0/24", 80), (f"{LAN}.0/24", 22)},
            "public": everybody | {(f"{LAN}.0/24", 22)},
        }[mode]
    )


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (FirewallRequest(mode="vpn"), "needs --vpn-cidr"),
        (FirewallRequest(mode="vpc", load_balancer=("10.0.0.0/24",)), "needs --bastion-cidr"),
        (FirewallRequest(mode="public"), "needs --bastion-cidr"),
        (FirewallRequest(mode="vpn", vpn=("10.8.0.0/33",)), "is not a network"),
        (FirewallRequest(mode="vpn", vpn=("10.8.0.0/24; flush ruleset",)), "is not a network"),
        (
            FirewallRequest(mode="vpn", vpn=("10.8.0.0/24",), extra_ports="22-9000"),
            "1 to 100 ports",
        ),
        (FirewallRequest(mode="vpn", vpn=("10.8.0.0/24",), extra_ports="a-b"), "is not a range"),
    ],
)
def test_sh44_what_would_open_too_much_is_refused(wanted, says):
    with pytest.raises(UserInputError, match=says):
        firewall(wanted)


def test_sh47_sh49_sh50_ports_are_opened_as_wanted():
    closed = firewall(
        FirewallRequest(mode="vpn", vpn=("10.8.0.0/24",), ssh="manual", http="manual")
    )
    extra = firewall(FirewallRequest(mode="vpn", vpn=("10.8.0.0/24",), extra_ports="8500-8509"))

    assert {port for one in closed.inbound for port in one.ports} == {"443"}
    assert extra.inbound[-1].ports == ("8500-8509",)
    assert "8500:8509" in as_ufw(extra)


def test_sh52_outbound_is_open_or_exactly_what_is_used():
    wall = firewall(
        FirewallRequest(mode="vpn", vpn=("10.8.0.0/24",), endpoints=(("mail", "192.0.2.25", 587),))
    )

    assert "ip daddr { 192.0.2.25/32 } tcp dport { 587 } accept" in as_nftables(wall)
    assert json.loads(as_cloud(wall))["egress"] == [
        {
            "IpProtocol": "tcp",
            "FromPort": 587,
            "ToPort": 587,
            "IpRanges": [{"CidrIp": "192.0.2.25/32", "Description": "mail"}],
        }
    ]
    assert "chain outbound" not in as_nftables(firewall(PLACES["vpn"]))


def run(*words, into=None, stdin=None):
    words = ["nsenter", f"--net=/run/netns/{into}", *words] if into else list(words)
    return subprocess.run(words, input=stdin, capture_output=True, text=True, check=False)


CAN_TRY = (
    os.geteuid() == 0
    and shutil.which("nft")
    and shutil.which("ip")
    and run("ip", "netns", "add", "gk-probe").returncode == 0
)
if CAN_TRY:
    run("ip", "netns", "del", "gk-probe")
PROBE = """
import socket, sys
for port in (22, 80, 443, 5432):
    link = socket.socket(); link.settimeout(0.4)
    try:
        link.connect((sys.argv[1], port)); print(port)
    except OSError:
        pass
    link.close()
"""
LISTEN = """
import socket, time
kept = [socket.create_server(("0.0.0.0", port)) for port in (22, 80, 443, 5432)]
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def town():
    """A server and three machines, each on a wire of its own."""
    made = ["gk-server", "gk-vpn", "gk-lan", "gk-net"]
    for name in made:
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    for number, (name, network) in enumerate(zip(made[1:], (VPN, LAN, INTERNET), strict=True)):
        wire = f"gk{number}"
        run(
            "ip",
            "link",
            "add",
            wire,
            "netns",
            "gk-server",
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            name,
        )
        run("ip", "-n", "gk-server", "addr", "add", f"{network}.1/24", "dev", wire)
        run("ip", "-n", "gk-server", "link", "set", wire, "up")
        run("ip", "-n", name, "addr", "add", f"{network}.2/24", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
    listening = subprocess.Popen(
        ["nsenter", "--net=/run/netns/gk-server", shutil.which("python3"), "-c", LISTEN],
        stdout=subprocess.PIPE,
        text=True,
    )
    listening.stdout.readline()
    time.sleep(0.3)
    yield {VPN: "gk-vpn", LAN: "gk-lan", INTERNET: "gk-net"}
    listening.kill()
    listening.wait()
    listening.stdout.close()
    for name in made:
        run("ip", "netns", "del", name)


@pytest.mark.skipif(not CAN_TRY, reason="needs root, nftables and network namespaces")
def test_sh38_sh41_sh44_sh45_the_loaded_rules_let_exactly_these_through(town):
    for mode in MODES:
        loaded = run("nft", "-f", "-", into="gk-server", stdin=as_nftables(firewall(PLACES[mode])))
        assert loaded.returncode == 0, loaded.stderr
        reached = {
            network: set(
                map(int, run("python3", "-c", PROBE, f"{network}.1", into=space).stdout.split())
            )
            for network, space in town.items()
        }
        assert reached == REACHED[mode]


@pytest.mark.skipif(not CAN_TRY, reason="needs root, nftables and network namespaces")
def test_sh51_sh52_with_outbound_closed_answers_leave_and_nothing_else(town):
    wanted = FirewallRequest(
        mode="vpn", vpn=(f"{VPN}.0/24",), endpoints=(("mail", f"{LAN}.2", 443),)
    )
    loaded = run("nft", "-f", "-", into="gk-server", stdin=as_nftables(firewall(wanted)))
    assert loaded.returncode == 0, loaded.stderr
    elsewhere = [
        subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{name}", "python3", "-c", LISTEN],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("gk-lan", "gk-net")
    ]
    try:
        for one in elsewhere:
            one.stdout.readline()
        out = {
            network: set(
                map(
                    int,
                    run("python3", "-c", PROBE, f"{network}.2", into="gk-server").stdout.split(),
                )
            )
            for network in (LAN, INTERNET)
        }
        came_in = run("python3", "-c", PROBE, f"{VPN}.1", into="gk-vpn").stdout.split()
    finally:
        for one in elsewhere:
            one.kill()
            one.wait()
            one.stdout.close()

    assert out == {LAN: {443}, INTERNET: set()}
    assert came_in == ["22", "80", "443"]

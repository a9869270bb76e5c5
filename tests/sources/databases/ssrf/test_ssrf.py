"""SH-52, V03: no payload in a setting, a link, a redirect or a changing name makes a connector connect inside."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.tls.space import Space, ip
from tests.sources.databases.ssrf.name_server import FLIPS, OUTSIDE
from tests.sources.databases.ssrf.payloads import ADDRESSES

ROOT = Path(__file__).parents[4]
WITH_NAME_SERVER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
COUNT = f"""
table inet t {{
  chain output {{ type filter hook output priority 0;
    ip daddr {OUTSIDE} accept
    tcp flags & (syn | ack) == syn counter
  }}
}}
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """All payloads are tried in a network in which each address of them answers, and each connection is counted."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "nsenter", "unshare"))):
        pytest.skip("networks of our own need root, ip, nft and nsenter")
    folder = tmp_path_factory.mktemp("ssrf")
    try:
        space = Space(folder, {})
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network can be made here: {error.stderr.decode()}")
    try:
        for address in {
            OUTSIDE,
            *FLIPS,
            *(each for each in ADDRESSES if "." in each and ":" not in each),
        }:
            if not address.startswith(("127.", "0.", "224.", "255.", "240.")):
                ip("-n", space.name, "addr", "add", f"{address}/32", "dev", "lo")
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        space.said("nft", "-f", "-", stdin=COUNT)
        told = space.said(
            "bash", "-c", WITH_NAME_SERVER, str(folder / "resolv.conf"),
            sys.executable, "-m", "tests.sources.databases.ssrf.client",
            env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout_s=1800,  # a minute on an idle machine
        )  # fmt: skip
        yield json.loads(told)
    finally:
        space.close()


def test_nothing_is_connected_to_but_the_configured_service(outcomes):
    assert outcomes["connections"] == 0
    assert outcomes["control"] == 1  # a connection that the test itself makes is counted


def test_each_of_300_payloads_is_refused_at_each_kind_with_a_host(outcomes):
    assert outcomes["payloads"] == outcomes["tried"]["http"] >= 300
    assert {"http", "virustotal", "misp", "whois", "taxii", "postgresql", "mysql"} <= outcomes[
        "settings"
    ].keys()
    for kind, counts in outcomes["settings"].items():
        assert counts.keys() <= {"setting host", "policy", "name"}, kind
        assert sum(counts.values()) == outcomes["tried"][kind]
        assert counts["policy"] >= counts.get("name", 0)  # what only the gateway can know


def test_links_redirects_and_api_roots_are_not_followed_elsewhere(outcomes):
    for counts in outcomes["followed"].values():
        assert sum(counts.values()) == outcomes["links"]
        assert counts.keys() <= {"policy", "query"}  # TAXII: no API root on this host
    assert outcomes["followed"]["redirect"] == {"policy": outcomes["links"]}


def test_a_name_that_changes_200_times_leads_outside_or_nowhere(outcomes):
    assert sum(outcomes["flips"].values()) == 200
    assert outcomes["flips"].keys() <= {"outside", "policy"}
    assert outcomes["flips"]["policy"] >= 50

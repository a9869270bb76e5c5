"""SH-63: each stage at which a source can fail is made in a network of the test's own, and named."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.probe import failure_of
from tests.certificates import CertificateAuthority
from tests.deploy.tls.space import Space, cable
from tests.sources.databases.stages.stage_client import TOKEN
from tests.sources.databases.stages.stage_servers import PORTS

ROOT = Path(__file__).parents[4]
WITH_NAME_SERVER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
DROP = f"""
table inet t {{
  chain input {{ type filter hook input priority 0;
    tcp dport {PORTS["dropped"]} drop
    udp dport 53 drop
  }}
}}
"""
EXPECTED = {
    "works": "", "name-unknown": "name", "name-server-silent": "name", "route-none": "route",
    "route-no-neighbour": "route", "refused": "refused", "tls-untrusted": "tls",
    "tls-self-signed": "tls", "tls-expired": "tls", "tls-other-name": "tls",
    "tls-not-spoken": "tls", "tls-reset": "tls", "timeout-dropped": "timeout",
    "timeout-in-handshake": "timeout", "policy-inside": "policy", "policy-metadata": "policy",
    "sign-in": "sign-in", "permission": "permission", "rate-limit": "query",
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What the client in one namespace was told by the probe, about listeners in another."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "nsenter", "unshare"))):
        pytest.skip("networks of our own need root, ip, nft and nsenter")
    folder = tmp_path_factory.mktemp("stages")
    try:
        client = Space(folder, {"db.example": "10.77.0.2"})
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network can be made here: {error.stderr.decode()}")
    source = Space(folder, {})
    try:
        cable(client, "10.77.0.1", source, "10.77.0.2")
        yield ask(folder, client, source)
    finally:
        client.close()
        source.close()


def ask(folder, client, source):
    authority = CertificateAuthority()
    (folder / "authority.pem").write_text(authority.pem)
    (folder / "resolv.conf").write_text("nameserver 10.77.0.2\noptions timeout:9\n")
    certificates = (
        authority.issue(folder, "db.example"),
        authority.issue(folder, "db.example", is_expired=True),
        authority.issue(folder, "db.example", is_self_signed=True),
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    module = "tests.sources.databases.stages"
    source.said("nft", "-f", "-", stdin=DROP)
    source.start(
        sys.executable, "-m", f"{module}.stage_servers", *map(str, certificates),
        log="servers.log", env=environment,
    )  # fmt: skip
    source.waits_for(PORTS["http"])
    told = client.said(
        "bash", "-c", WITH_NAME_SERVER, str(folder / "resolv.conf"),
        sys.executable, "-m", f"{module}.stage_client", str(folder / "authority.pem"),
        env=environment,
    )  # fmt: skip
    return json.loads(told)


@pytest.mark.parametrize("case", EXPECTED)
def test_sh63_each_failure_is_named_by_its_stage_within_6_s(answers, case):
    stage, message, advice, seconds = answers[case]

    assert stage == EXPECTED[case], (message, advice)
    assert seconds < 6
    assert TOKEN not in message + advice
    assert "SECRET" not in message + advice
    assert bool(advice) == (case not in {"works", "policy-metadata"})


def test_sh63_the_fix_is_said(answers):
    told = {case: (message, advice) for case, (_, message, advice, _) in answers.items()}

    assert told["policy-inside"] == (
        "10.77.0.2 is an address inside this network.",
        (
            "An administrator adds db.example, or its network, to CONNECTOR_NETWORKS: `graphkeep config "
            "set CONNECTOR_NETWORKS db.example`, with those that it has, separated by commas."
        ),
    )
    assert told["tls-expired"][0] == (
        "db.example:7003: its certificate is not accepted: certificate has expired."
    )
    assert told["tls-other-name"][1] == (
        "Use a name that is in the certificate in place of 10.77.0.2, or add it to the certificate."
    )
    assert told["tls-not-spoken"][0] == "db.example:7001: it does not speak TLS at this port."
    assert told["name-server-silent"][0] == (
        "The name db.unresolved.example is not resolved within 5 s: the name server does not answer."
    )


@pytest.mark.parametrize(
    ("error", "stage"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), "name"),
        (UnicodeError("label too long"), "name"),
        (OSError(113, "No route to host"), "route"),
        (PermissionError(1, "Operation not permitted"), "route"),
        (ConnectionRefusedError(111, "refused"), "refused"),
        (ConnectionResetError(104, "reset"), "refused"),
        (TimeoutError(), "timeout"),
        (OSError(110, "timed out"), "timeout"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong"), "tls"),
        (EgressForbiddenError("It may not."), "policy"),
    ],
)
def test_sh63_errors_of_sockets_and_of_tls_have_their_stage(error, stage):
    assert failure_of(error, "db.example", 5432).stage == stage

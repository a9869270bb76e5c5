"""Each way to TLS for real: `graphkeep tls` writes the Caddyfile, Caddy runs it, visitors come from elsewhere."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from tests.deploy.authority import Authority
from tests.deploy.space import soon
from tests.deploy.stage import DOMAIN, HERE, OTHER, PASSWORD, a_stage

URL = f"https://{DOMAIN}"
PLAIN = f"http://{DOMAIN}"
HERE_FOLDER = Path(__file__).parent
COUNT = 1000 if os.environ.get("GRAPHKEEP_PROVE") else 200


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A server that got TLS by itself, from a clean folder, by the commands of the docs."""
    with a_stage(tmp_path_factory.mktemp("tls")) as made:
        made.begin_authority("5m")
        began = time.monotonic()
        told = made.graphkeep("tls", "auto", DOMAIN)
        made.uses_authority()
        made.graphkeep("up", "-d")
        made.begin_caddy(told)
        made.first_answer = soon(lambda: made.status(f"{URL}/healthz"), 200, 60)
        made.took_s = time.monotonic() - began
        made.graphkeep(
            "user", "create", "--username", "alice", "--email", "alice@example.org", "--role", "admin",
            "--password-stdin", stdin=PASSWORD + "\n",
        )  # fmt: skip
        try:
            yield made
        finally:
            made.graphkeep("stop")


def test_sh28_three_commands_from_a_clean_folder_to_tls(stage):
    assert stage.first_answer == 200
    assert [" ".join(one[:3]) for one in stage.commands[:3]] == [
        "graphkeep tls auto", "graphkeep up -d", "caddy run --watch",
    ]  # fmt: skip
    assert stage.took_s < 300


def test_sh29_the_certificate_comes_and_is_renewed_by_itself(stage):
    first = stage.serial()

    assert first
    assert soon(lambda: stage.serial() not in {"", first}, True, 60)
    assert stage.status(f"{URL}/healthz") == 200


def test_sh46_plain_http_leads_pages_to_tls_and_is_refused_to_programs(stage):
    status, headers, _ = stage.visit(f"{PLAIN}/accounts/login/?next=/datasets/")
    assert (status, headers["location"]) == (308, [f"{URL}/accounts/login/?next=/datasets/"])
    status, headers, body = stage.visit(
        f"{PLAIN}/api-token-auth/", "-d", f"username=alice&password={PASSWORD}"
    )
    assert (status, "location" in headers) == (403, False)
    assert "takes nothing over plain HTTP" in body
    assert stage.visit(f"{URL}/accounts/login/")[0] == 200
    assert "server" not in headers
    assert (
        stage.outside.said(
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_version}",
            "--cacert",
            str(stage.root),
            f"{URL}/healthz",
        )
        == "2"
    )


def test_sh29_sh49_another_name_is_one_changed_line_and_port_80_may_be_closed(stage):
    for words in (
        ("add", "table", "inet", "closed"),
        ("add", "chain", "inet", "closed", "in", "{ type filter hook input priority 0 ; }"),
        (
            "add",
            "rule",
            "inet",
            "closed",
            "in",
            "tcp",
            "dport",
            "80",
            "reject",
            "with",
            "tcp",
            "reset",
        ),
    ):
        stage.inside.said("nft", *words)
    former = stage.caddyfile.read_text()
    stage.uses_authority(only_443=True)
    try:
        assert stage.status(f"{PLAIN}/healthz", "-m", "1") == 0
        link = stage.home / "data/config/Caddyfile"
        assert former.count(DOMAIN) == 1
        link.write_text(former.replace(DOMAIN, OTHER))
        assert soon(lambda: stage.status(f"https://{OTHER}/caddy/health"), 200, 40) == 200
        first = stage.serial(OTHER)
        assert soon(lambda: stage.serial(OTHER) not in {"", first}, True, 60)
        assert stage.status(f"https://{OTHER}/healthz") == 400  # the server knows its own name only
    finally:
        stage.caddyfile.write_text(former)
        stage.uses_authority()
        stage.inside.said("nft", "delete", "table", "inet", "closed")
    assert soon(lambda: stage.status(f"{URL}/healthz"), 200) == 200


def test_sh34_ad20_headers_of_the_guide_replace_the_server_s_own(stage):
    said = {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    place = stage.caddyfile.parent / "headers"
    former = place.read_text()
    own = stage.visit(f"{URL}/accounts/login/")[1]
    assert own["strict-transport-security"] == ["max-age=31536000"]
    for name, value in said.items():
        place.write_text(f'\t\t{name} "{value}"\n')

        def seen(name=name):
            return stage.visit(f"{URL}/accounts/login/")[1].get(name.lower())

        assert soon(seen, [value]) == [value]
    place.write_text(former)
    assert stage.status(f"{URL}/healthz", "-H", "Host: evil.example.test") == 400
    assert stage.status(f"{PLAIN}/healthz", "-H", "Host: evil.example.test") == 400
    assert stage.status(f"https://{HERE}/healthz", "-k") == 0  # no certificate for an address


WATCH = """table inet watched {
  set places { type ipv4_addr . inet_service; flags dynamic; }
  chain out {
    type filter hook output priority 0;
    oifname != "lo" tcp flags & (syn | ack) == syn add @places { ip daddr . tcp dport }
    oifname != "lo" udp dport 1-65535 add @places { ip daddr . udp dport }
  }
}
"""


def watched(stage):
    """Where this machine began to connect to."""
    return stage.inside.said("nft", "list", "set", "inet", "watched", "places")


def test_sh81_under_air_gap_caddy_asks_nobody_outside(stage):
    own_root = stage.folder / "caddy/caddy/pki/authorities/local/root.crt"
    stage.graphkeep("config", "set", "IS_AIR_GAPPED", "true")

    assert soon(own_root.exists, True)
    asked = ("--cacert", str(own_root))
    assert soon(lambda: stage.status(f"{URL}/healthz", *asked), 200) == 200
    assert stage.status(f"{URL}/healthz") == 0  # no more from the authority
    time.sleep(1)
    stage.inside.said("nft", "-f", "-", stdin=WATCH)
    time.sleep(3)
    assert "elements" not in watched(stage), watched(stage)

    stage.graphkeep("config", "set", "IS_AIR_GAPPED", "false")
    assert soon(lambda: stage.status(f"{URL}/healthz"), 200) == 200
    assert soon(lambda: "10.77.0.2 . 443" in watched(stage), True)
    stage.inside.said("nft", "delete", "table", "inet", "watched")


def test_sh30_an_own_certificate_is_served_with_its_chain_and_renewed_under_load(stage):
    former_root = stage.root.read_bytes()
    authority = Authority()
    stage.root.write_bytes(authority.root_pem)
    chain, key = authority.write(stage.folder / "one", DOMAIN)
    stage.graphkeep("tls", "own", DOMAIN, "--certificate", str(chain), "--key", str(key))

    assert soon(lambda: stage.status(f"{URL}/healthz"), 200) == 200
    found = re.findall(r"-----BEGIN.*?END CERTIFICATE-----\n", stage.served(), re.DOTALL)
    assert "".join(found) == chain.read_text()
    first = stage.serial()

    sent, go = stage.folder / "sent", stage.folder / "go"
    load = stage.outside.start(
        sys.executable, str(HERE_FOLDER / "in_flight.py"), DOMAIN, str(stage.root), str(COUNT), str(sent),
        str(go), log="load.log",
    )  # fmt: skip
    assert soon(sent.exists, True, 60), (stage.folder / "load.log").read_text()
    chain, key = authority.write(stage.folder / "two", DOMAIN)
    stage.graphkeep("tls", "own", DOMAIN, "--certificate", str(chain), "--key", str(key))
    assert soon(lambda: stage.serial() not in {"", first}, True)
    go.touch()
    load.wait(timeout=150)
    stage.outside.started.remove(load)
    assert (stage.folder / "load.log").read_text() == f"{{'400': {COUNT}}}\n"
    stage.root.write_bytes(former_root)


CLIENT = """
import sys, graphistry
try:
    graphistry.register(api=3, protocol="https", server=sys.argv[1], username="alice", password=sys.argv[2])
    print("token" if graphistry.api_token() else "none")
except Exception as error:
    print(type(error).__name__, "CERTIFICATE_VERIFY_FAILED" in repr(error.__cause__ or error) or "certificate" in str(error).lower())
"""


def test_sh67_the_unmodified_client_refuses_a_bad_certificate(stage):
    authority = Authority()
    chain, key = authority.write(stage.folder / "three", DOMAIN)
    stage.graphkeep("tls", "own", DOMAIN, "--certificate", str(chain), "--key", str(key))
    stage.root.write_bytes(authority.root_pem)
    assert soon(lambda: stage.status(f"{URL}/healthz"), 200) == 200

    def client(bundle):
        env = {**stage.env, "REQUESTS_CA_BUNDLE": str(bundle), "SSL_CERT_FILE": str(bundle)}
        return stage.outside.said(sys.executable, "-c", CLIENT, DOMAIN, PASSWORD, env=env).split(
            "\n"
        )[-2]

    assert client(stage.root) == "token"
    stranger = stage.folder / "stranger.crt"
    stranger.write_bytes(Authority().root_pem)
    before = len(stage.audit("sign-in"))
    assert client(stranger).endswith("True")
    assert len(stage.audit("sign-in")) == before  # no password was sent


def test_sh48_an_internal_authority_serves_a_closed_network(stage):
    stage.graphkeep("tls", "internal", DOMAIN)
    root = stage.folder / "caddy/caddy/pki/authorities/local/root.crt"

    assert (
        soon(lambda: root.exists() and stage.status(f"{URL}/healthz", "--cacert", str(root)), 200)
        == 200
    )

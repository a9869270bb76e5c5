"""Certificates of one's own, of an internal authority, by DNS, and TLS at a balancer, for real."""

import json
import os
import re
import shutil
import sys

import pytest

from tests.deploy.tls.authority import Authority
from tests.deploy.tls.stage import (
    BALANCER_OUTSIDE,
    DOMAIN,
    FOLDER,
    HERE,
    PASSWORD,
    PLAIN,
    URL,
)
from tests.waiting import wait_for_value

COUNT = 1000 if os.environ.get("GRAPHKEEP_PROVE") else 200


def test_sh30_an_own_certificate_is_served_with_its_chain_and_renewed_under_load(stage):
    former_root = stage.root.read_bytes()
    authority = Authority()
    stage.root.write_bytes(authority.root_pem)
    chain, key = authority.write(stage.folder / "one", DOMAIN)
    stage.graphkeep("tls", "own", DOMAIN, "--certificate", str(chain), "--key", str(key))

    assert wait_for_value(lambda: stage.status(f"{URL}/healthz"), 200) == 200
    found = re.findall(r"-----BEGIN.*?END CERTIFICATE-----\n", stage.served(), re.DOTALL)
    assert "".join(found) == chain.read_text()
    first = stage.serial()

    sent, go = stage.folder / "sent", stage.folder / "go"
    load = stage.outside.start(
        sys.executable, str(FOLDER / "in_flight.py"), DOMAIN, str(stage.root), str(COUNT), str(sent),
        str(go), log="load.log",
    )  # fmt: skip
    assert wait_for_value(sent.exists, True), (stage.folder / "load.log").read_text()
    chain, key = authority.write(stage.folder / "two", DOMAIN)
    stage.graphkeep("tls", "own", DOMAIN, "--certificate", str(chain), "--key", str(key))
    assert wait_for_value(lambda: stage.serial() not in {"", first}, True)
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
    assert wait_for_value(lambda: stage.status(f"{URL}/healthz"), 200) == 200

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
        wait_for_value(
            lambda: root.exists() and stage.status(f"{URL}/healthz", "--cacert", str(root)), 200
        )
        == 200
    )


HOOK = """#!/bin/sh
# The person at the name server, who puts the record that certbot names.
exec curl -sf -d '{"host":"_acme-challenge.'"$CERTBOT_DOMAIN"'.","value":"'"$CERTBOT_VALIDATION"'"}' http://127.0.0.1:8055/set-txt
"""


@pytest.mark.skipif(
    shutil.which("pebble") is None or shutil.which("certbot") is None,
    reason="needs Debian's pebble and certbot",
)
def test_ad21_a_certificate_by_a_dns_challenge_on_another_machine_serves_a_closed_network(stage):
    folder = stage.folder / "acme"
    folder.mkdir()
    authority = Authority()
    (folder / "root.pem").write_bytes(authority.root_pem)
    chain, key = authority.write(folder / "pebble", "localhost")
    said = {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
            "certificate": str(chain), "privateKey": str(key), "httpPort": 5002, "tlsPort": 5001}  # fmt: skip
    (folder / "pebble.json").write_text(json.dumps({"pebble": said}))
    (folder / "hook").write_text(HOOK)
    (folder / "hook").chmod(0o755)
    names = (
        "-dns01",
        "127.0.0.1:8053",
        "-http01",
        "",
        "-https01",
        "",
        "-tlsalpn01",
        "",
        "-management",
        "127.0.0.1:8055",
    )
    other = stage.outside
    other.start("pebble-challtestsrv", *names, log="names.log")
    # Pebble rejects 5% of good nonces on purpose; Debian's certbot cannot repeat such a request.
    env = {
        **stage.env,
        "PEBBLE_VA_NOSLEEP": "1",
        "PEBBLE_WFE_NONCEREJECT": "0",
        "REQUESTS_CA_BUNDLE": str(folder / "root.pem"),
    }
    other.start(
        "pebble",
        "-config",
        str(folder / "pebble.json"),
        "-dnsserver",
        "127.0.0.1:8053",
        log="pebble.log",
        env=env,
    )
    other.waits_for(14000)
    places = [
        word for one in ("config", "work", "logs") for word in (f"--{one}-dir", str(folder / one))
    ]

    # The command of docs/how-to/deploy/set-up-tls.md, with this authority and a hook in place of the person.
    other.said(
        "certbot", "certonly", "--manual", "--preferred-challenges", "dns", "-d", DOMAIN, *places,
        "--server", "https://localhost:14000/dir", "--non-interactive", "--agree-tos",
        "--register-unsafely-without-email", "--manual-auth-hook", str(folder / "hook"), env=env,
    )  # fmt: skip
    made = folder / "config/live" / DOMAIN
    stage.graphkeep(
        "tls", "own", DOMAIN, "--certificate", str(made / "fullchain.pem"), "--key", str(made / "privkey.pem")
    )  # fmt: skip
    root = other.said(
        "curl", "-sf", "--cacert", str(folder / "root.pem"), "https://localhost:15000/roots/0"
    )
    stage.root.write_text(root)

    assert wait_for_value(lambda: stage.status(f"{URL}/healthz"), 200) == 200
    found = re.findall(r"-----BEGIN.*?END CERTIFICATE-----\n", stage.served(), re.DOTALL)
    assert "".join(found) == (made / "fullchain.pem").read_text().replace("\n\n", "\n")


def test_sh31_behind_a_balancer_only_its_word_is_taken(stage):
    authority = Authority()
    stage.root.write_bytes(authority.root_pem)
    stage.begin_balancer(authority)
    stage.graphkeep("tls", "offload", DOMAIN, "--proxies", "10.77.1.2/32")
    through = (
        "--resolve",
        f"{DOMAIN}:443:{BALANCER_OUTSIDE}",
        "--resolve",
        f"{DOMAIN}:80:{BALANCER_OUTSIDE}",
    )
    assert wait_for_value(lambda: stage.status(f"{URL}/accounts/login/", *through), 200) == 200

    forged = (
        "-H",
        "X-Forwarded-For: 192.0.2.7",
        "-H",
        "X-Forwarded-Proto: https",
        "-H",
        "X-Forwarded-Host: evil.test",
    )
    said = (
        "-H",
        "Content-Type: application/json",
        "-d",
        json.dumps({"username": "alice", "password": "wrong"}),
    )
    assert stage.status(f"{URL}/api-token-auth/", *through, *said) == 400
    assert stage.status(f"{URL}/api-token-auth/", *through, *said, *forged) == 400
    assert {one["address"] for one in stage.audit("sign-in.failed")} == {"10.77.2.1"}

    status, headers, _ = stage.visit(f"{PLAIN}/accounts/login/", *through)
    assert (status, headers["location"]) == (308, [f"{URL}/accounts/login/"])
    asked = ("-L", "--max-redirs", "2", "-o", "/dev/null")
    done = stage.outside.run(
        "curl",
        "-s",
        "--cacert",
        str(stage.root),
        *through,
        *asked,
        "-w",
        "%{http_code} %{num_redirects}",
        f"{PLAIN}/accounts/login/",
    )
    assert done.stdout == "200 1"
    assert stage.status(f"{PLAIN}/api/v2/datasets/", *through) == 403

    # Past the balancer: nobody else's word makes plain HTTP into TLS, or one address into another.
    direct = ("--resolve", f"{DOMAIN}:80:{HERE}")
    assert stage.status(f"{PLAIN}/accounts/login/", *direct, *forged[:4]) == 308
    body = json.dumps({"username": "alice", "password": PASSWORD})
    done = stage.visit(
        f"{URL}/api-token-auth/", *through, "-H", "Content-Type: application/json", "-d", body
    )
    token = json.loads(done[2])["token"]
    bearer = ("-H", f"Authorization: Bearer {token}")
    assert stage.status(f"{URL}/api/v2/datasets/", *through, *bearer) == 200
    assert stage.status(f"{PLAIN}/api/v2/datasets/", *direct, *forged[:4], *bearer) == 403
    assert [one["address"] for one in stage.audit("token.seen-in-clear")] == ["10.77.0.2"]


def test_sh12_plain_says_so(stage):
    stage.graphkeep("tls", "plain")
    stage.graphkeep("restart")
    assert wait_for_value(lambda: stage.status(f"{PLAIN}/accounts/login/"), 200) == 200
    assert "strict-transport-security" not in stage.visit(f"{PLAIN}/accounts/login/")[1]

"""Each way to TLS for real: `graphkeep tls` writes the Caddyfile, Caddy runs it, visitors come from elsewhere."""

import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.deploy.tls.authority import Authority
from tests.deploy.tls.stage import (
    BALANCER_OUTSIDE,
    DOMAIN,
    GRAPHKEEP,
    HERE,
    NEIGHBOUR,
    OTHER,
    PASSWORD,
    a_stage,
)
from tests.waiting import wait_for_value

URL = f"https://{DOMAIN}"
PLAIN = f"http://{DOMAIN}"
HERE_FOLDER = Path(__file__).parent
ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "deploy/caddy/forward-auth.caddyfile"
COUNT = 1000 if os.environ.get("GRAPHKEEP_PROVE") else 200


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A server that got TLS by itself, from a clean folder, by the commands of the docs."""
    with a_stage(tmp_path_factory.mktemp("tls")) as made:
        made.begin_authority()
        began = time.monotonic()
        told = made.graphkeep("tls", "auto", DOMAIN)
        made.uses_authority()
        made.graphkeep("up", "-d")
        made.begin_caddy(told)
        made.first_answer = wait_for_value(lambda: made.status(f"{URL}/healthz"), 200)
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
    stage.uses_authority(renews=True)
    assert wait_for_value(lambda: stage.serial() not in {"", first}, True)
    assert stage.status(f"{URL}/healthz") == 200
    stage.ends_renewals()


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
        assert wait_for_value(lambda: stage.status(f"https://{OTHER}/caddy/health"), 200) == 200
        first = stage.serial(OTHER)
        stage.uses_authority(only_443=True, renews=True)
        assert wait_for_value(lambda: stage.serial(OTHER) not in {"", first}, True)
        assert stage.status(f"https://{OTHER}/healthz") == 400  # the server knows its own name only
    finally:
        stage.caddyfile.write_text(former)
        stage.inside.said("nft", "delete", "table", "inet", "closed")
        stage.ends_renewals()


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

        assert wait_for_value(seen, [value]) == [value]
    place.write_text(former)
    assert stage.status(f"{URL}/healthz", "-H", "Host: evil.example.test") == 400
    assert stage.status(f"{PLAIN}/healthz", "-H", "Host: evil.example.test") == 400
    assert stage.status(f"https://{HERE}/healthz", "-k") == 0  # no certificate for an address


@pytest.fixture(scope="module")
def applications(stage):
    """The sample of the docs, on a port of the server's own name and on a neighbour's."""
    port, neighbour = f"https://{DOMAIN}:8500", f"https://{NEIGHBOUR}"
    with (stage.home / "data/config/custom.env").open("a") as file:
        file.write(f"FORWARD_AUTH_ORIGINS={port},{neighbour},https://{DOMAIN}:8502\n")
    stage.graphkeep("restart")
    program = str(HERE_FOLDER / "application.py")
    started = stage.inside.start(sys.executable, program, "8499", log="application.log")
    sample = (
        SAMPLE.read_text()
        .replace("nexus:8000", "127.0.0.1:8000")
        .replace("127.0.0.1:8500", "127.0.0.1:8499")
    )
    assert sample.count("https://graphs.example.org:8500 {") == 1
    former = stage.caddyfile.read_text()
    for_admins = sample.replace("uri /auth/verify", "uri /auth/verify?role=admin")
    sites = [
        sample.replace("https://graphs.example.org:8500", port),
        sample.replace("https://graphs.example.org:8500", neighbour),
        sample.replace("https://graphs.example.org:8500", f"https://{DOMAIN}:8501"),  # not listed
        for_admins.replace("https://graphs.example.org:8500", f"https://{DOMAIN}:8502"),
    ]
    stage.caddyfile.write_text("\n".join([former, *sites]))
    for one in (port, neighbour, f"https://{DOMAIN}:8502"):
        assert wait_for_value(lambda one=one: stage.status(one), 401) == 401
    yield port, neighbour
    stage.caddyfile.write_text(former)
    stage.inside.end(started)


@pytest.mark.parametrize("which", [0, 1])
def test_ad22_who_is_not_signed_in_is_led_to_sign_in_and_back(stage, applications, which):
    origin = applications[which]
    address = f"{origin}/notes?a=1&b=//evil.example.org"
    env = {**stage.env, "REQUESTS_CA_BUNDLE": str(stage.root)}
    words = (sys.executable, str(HERE_FOLDER / "browse.py"), address, PASSWORD)
    steps = json.loads(stage.outside.said(*words, env=env))

    assert steps[0][0] == 302
    assert steps[0][1].startswith(f"{URL}/auth/enter?next=https%3A%2F%2F")
    assert steps[1][1].startswith(f"{URL}/accounts/login/?next=%2Fauth%2Fenter")
    assert steps[2] == [200, f"0; url={address}"]
    status, told = steps[3]
    assert (status, told["path"]) == (200, "/notes?a=1&b=//evil.example.org")
    headers = [(name.lower(), value) for name, value in told["headers"]]
    who = sorted((name, value) for name, value in headers if "graphkeep" in name)
    assert who == [
        ("x-graphkeep-email", "alice@example.org"),
        ("x-graphkeep-organizations", "alice"),
        ("x-graphkeep-role", "admin"),
        ("x-graphkeep-user", "alice"),
    ]
    cookies = " ".join(value for name, value in headers if name == "cookie")
    assert not re.search("sessionid|csrftoken|graphistry_jwt|graphkeep_enter", cookies)


def test_ad22_an_application_that_is_not_listed_and_a_forged_word_lead_nowhere(stage, applications):
    port, _ = applications
    page = ("-H", "Accept: text/html")
    assert stage.status(f"https://{DOMAIN}:8501/", *page) == 403
    assert stage.status(f"{port}/", "-d", "x=1") == 401  # no page: no redirect
    assert stage.status(f"{port}/", "-H", "X-Graphkeep-User: alice") == 401
    assert stage.status(f"{port}/", "-H", "Authorization: Bearer x") == 401
    for forged in ("X-Forwarded-Host: evil.example.org", "X-Forwarded-Uri: //evil.example.org/"):
        location = stage.visit(f"{port}/", *page, "-H", forged)[1]["location"]
        assert location == [f"{URL}/auth/enter?next=https%3A%2F%2F{DOMAIN}%3A8500%2F"]
    status, headers, _ = stage.visit(
        f"{URL}/auth/verify",
        *page,
        "-H",
        f"X-Forwarded-Host: {DOMAIN}:8500",
        "-H",
        "X-Forwarded-Uri: /",
    )
    assert status in {302, 401}
    assert all(one.startswith(URL) for one in headers.get("location", []))


PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.9.*/bin/python"))


def probed(stage, *words):
    """(exit status, findings by name) of the single file, as a machine outside runs it."""
    python = str(PYTHONS[0]) if PYTHONS else sys.executable
    copy = stage.folder / "probe.py"
    copy.write_bytes((ROOT / "deploy/probe.py").read_bytes())
    env = {"PATH": stage.env["PATH"]}
    done = stage.outside.run(
        python, "-I", str(copy), URL, "--ca", str(stage.root), *words, "--json", env=env
    )
    return done.returncode, {one["name"]: one for one in json.loads(done.stdout)}


def test_sh41_a_wrongly_opened_port_is_found_from_outside(stage):
    status, found = probed(stage)
    assert {name: one for name, one in found.items() if one["state"] != "ok"} == {}
    assert status == 0
    assert set(found) >= {
        "answers",
        "ports",
        "certificate",
        "old tls",
        "plain http",
        "password in clear",
        "paths",
    }

    opened = [
        stage.inside.start(
            sys.executable, "-m", "http.server", str(port), "--bind", "0.0.0.0", log="open.log"
        )
        for port in (6379, 9090, 22)
    ]
    for port in (6379, 9090, 22):
        stage.inside.waits_for(port)
    status, found = probed(stage)
    assert status == 1
    assert {name: one["state"] for name, one in found.items() if name.startswith("port")} == {
        "port 6379": "error", "port 9090": "error", "port 22": "warning",
    }  # fmt: skip
    assert probed(stage, "--allow", "6379", "--allow", "9090", "--allow", "22")[0] == 0

    env = {**stage.env, "SSL_CERT_FILE": str(stage.root)}
    words = ("doctor", "--topic", "network", "--vantage", URL, "--format", "json")
    done = stage.outside.run(*GRAPHKEEP, *words, env=env)
    told = {one["check"]: one for one in json.loads(done.stdout)}
    assert (
        told["outside.ports"]["state"],
        "6379 (Redis)" in told["outside.ports"]["evidence"],
    ) == ("error", True)
    outside = {name: one["state"] for name, one in told.items() if name.startswith("outside.")}
    assert {name for name, state in outside.items() if state != "ok"} == {"outside.ports"}
    for one in opened:
        stage.inside.end(one)


def test_sh34_what_the_proxy_spoils_is_seen_from_outside(stage):
    former = stage.caddyfile.read_text()
    stage.caddyfile.write_text(
        former.replace(
            "\timport common\n}",
            '\theader Strict-Transport-Security "max-age=31536000;"\n\theader X-Frame-Options SAMEORIGIN\n'
            "\timport common\n}",
            1,
        )
    )
    assert (
        wait_for_value(
            lambda: len(
                stage.visit(f"{URL}/accounts/login/")[1].get("strict-transport-security", [])
            ),
            2,
        )
        == 2
    )
    found = probed(stage)[1]
    assert {name for name, one in found.items() if one["state"] == "warning"} == {
        "headers twice",
        "x-frame-options",
    }
    assert "strict-transport-security" in found["headers twice"]["said"]
    told = {
        one["check"]: one
        for one in json.loads(
            stage.inside.run(*GRAPHKEEP, "doctor", "--format", "json", env=stage.env).stdout
        )
    }
    assert told["network.caddy-headers"]["state"] == "warning"
    assert told["network.listeners"]["state"] == "ok"
    stage.caddyfile.write_text(former)
    assert (
        wait_for_value(
            lambda: len(
                stage.visit(f"{URL}/accounts/login/")[1].get("strict-transport-security", [])
            ),
            1,
        )
        == 1
    )


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


def is_quiet(stage):
    """Whether nobody outside is asked for three seconds."""
    stage.inside.said("nft", "flush", "set", "inet", "watched", "places")
    time.sleep(3)
    return "elements" not in watched(stage)


def test_sh81_under_air_gap_caddy_asks_nobody_outside(stage):
    own_root = stage.folder / "caddy/caddy/pki/authorities/local/root.crt"
    stage.graphkeep("config", "set", "IS_AIR_GAPPED", "true")

    assert wait_for_value(own_root.exists, True)
    asked = ("--cacert", str(own_root))
    assert wait_for_value(lambda: stage.status(f"{URL}/healthz", *asked), 200) == 200
    assert stage.status(f"{URL}/healthz") == 0  # no more from the authority
    stage.inside.said("nft", "-f", "-", stdin=WATCH)
    # What Caddy had asked before may still be on its way to an end.
    assert wait_for_value(lambda: is_quiet(stage), True), watched(stage)

    stage.graphkeep("config", "set", "IS_AIR_GAPPED", "false")
    assert wait_for_value(lambda: stage.status(f"{URL}/healthz"), 200) == 200
    stage.uses_authority(renews=True)
    assert wait_for_value(lambda: "10.77.0.2 . 443" in watched(stage), True)
    stage.ends_renewals()
    stage.inside.said("nft", "delete", "table", "inet", "watched")


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
        sys.executable, str(HERE_FOLDER / "in_flight.py"), DOMAIN, str(stage.root), str(COUNT), str(sent),
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
    env = {**stage.env, "PEBBLE_VA_NOSLEEP": "1", "REQUESTS_CA_BUNDLE": str(folder / "root.pem")}
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

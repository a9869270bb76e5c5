"""Each way to TLS for real: `graphkeep tls` writes the Caddyfile, Caddy runs it, visitors come from elsewhere."""

import json
import re
import sys
import time
from pathlib import Path

import pytest

from tests.deploy.tls.stage import (
    DOMAIN,
    FOLDER,
    GRAPHKEEP,
    HERE,
    NEIGHBOUR,
    OTHER,
    PASSWORD,
    PLAIN,
    URL,
)
from tests.waiting import wait_for_value

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "deploy/caddy/forward-auth.caddyfile"


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
    program = str(FOLDER / "application.py")
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
    words = (sys.executable, str(FOLDER / "browse.py"), address, PASSWORD)
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
    assert "strict-transport-security" in found["headers twice"]["message"]
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

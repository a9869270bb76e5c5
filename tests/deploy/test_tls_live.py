"""Each way to TLS for real: `graphkeep tls` writes the Caddyfile, Caddy runs it, visitors come from elsewhere."""

import time

import pytest

from tests.deploy.space import soon
from tests.deploy.stage import DOMAIN, PASSWORD, a_stage

URL = f"https://{DOMAIN}"
PLAIN = f"http://{DOMAIN}"


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

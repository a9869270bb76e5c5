"""A server that got its certificate by ACME."""

import time

import pytest

from tests.deploy.tls.stage import (
    DOMAIN,
    PASSWORD,
    URL,
    a_stage,
)
from tests.waiting import wait_for_value


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

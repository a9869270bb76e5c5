"""A changed configuration is taken over while people work."""

import threading

import jwt
import pytest
import requests

from graphkeep.server.config.envfile import parse
from tests.waiting import wait_for_value

pytestmark = pytest.mark.flow


def life(server):
    claims = jwt.decode(server.token(), options={"verify_signature": False})
    return claims["exp"] - claims["iat"]


def change(home, line):
    custom = home / "data/config/custom.env"
    name = line.partition("=")[0]
    kept = [one for one in custom.read_text().splitlines() if not one.startswith(f"{name}=")]
    custom.write_text("\n".join([*kept, line]) + "\n")


def test_sh27_sh58_a_restart_takes_over_the_configuration_and_turns_nobody_away(own_server):
    server = own_server()
    answers, over = [], threading.Event()

    def ask():
        while not over.is_set():
            answers.append(requests.get(f"{server.url}/healthz", timeout=120).status_code)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    try:
        assert life(server) == 3600
        for seconds in (900, 1200):
            change(server.home, f"JWT_EXPIRATION_DELTA={seconds}")
            assert "graphkeep restart applies it" in server.run("ps")
            assert life(server) != seconds
            server.run("restart")
            assert wait_for_value(lambda: life(server), seconds) == seconds
            assert "applies it" not in server.run("ps")
    finally:
        over.set()
        for one in asking:
            one.join()

    assert len(answers) > 50
    assert set(answers) == {200}


def test_a_configuration_that_cannot_be_used_is_refused_and_the_former_one_goes_on(own_server):
    server = own_server()
    change(server.home, "COOKIE_SAMESITE=None")

    refused = server.refused("restart")

    assert "COOKIE_SAMESITE=None needs COOKIE_SECURE=true" in refused
    assert requests.get(f"{server.url}/healthz", timeout=120).status_code == 200
    assert "COOKIE_SAMESITE" in parse((server.home / "data/config/custom.env").read_text(), "x")

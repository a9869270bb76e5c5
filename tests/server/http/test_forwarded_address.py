"""SH-40: behind a proxy that adds a line of its own, the client's line decides nothing."""

import pytest

from graphkeep.server.http.proxy_headers import forwarded_scope


def request_by(*lines: str, name: str = "x-forwarded-for") -> dict:
    headers = [(name.encode(), line.encode()) for line in lines]
    return {
        "type": "http", "path": "/", "scheme": "http", "client": ("127.0.0.1", 1), "headers": headers,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _behind_haproxy(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]


def test_the_address_is_the_one_that_the_nearest_proxy_added_in_a_line_of_its_own():
    forged = request_by("192.168.0.1", "203.0.113.9")

    assert forwarded_scope(forged)["client"] == ("203.0.113.9", 1)


def test_trusted_proxies_are_passed_over_across_all_lines():
    chain = request_by("192.168.0.1", "203.0.113.9, 127.0.0.2", "127.0.0.3")

    assert forwarded_scope(chain)["client"] == ("203.0.113.9", 1)


def test_the_scheme_is_the_one_that_the_nearest_proxy_added():
    forged = request_by("https", "http", name="x-forwarded-proto")

    assert forwarded_scope(forged)["scheme"] == "http"

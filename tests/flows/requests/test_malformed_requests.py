"""A real server answers what cannot be used in words; `tests/rights/test_malformed_requests.py` has every field."""

import pytest
import requests

from tests.rights.table import ROUTES

pytestmark = pytest.mark.flow

DEEP = 3000
BODIES = (
    "[" * DEEP + "]" * DEEP,
    '{"a":' * DEEP + "1" + "}" * DEEP,
    r'{"username": "\ud800", "token": "\u0000"}',
)
ADDRESSES = (
    "?offset=9223372036854775808",
    "?limit=1&offset=%00",
    "?q=%00",
    "?rows=9223372036854775808",
)


def path_of(route: str) -> str:
    return route.format(
        graph="0" * 32, file="0" * 32, key="AAAAAAAAAA", link=1, connector="0" * 32, query="0" * 32
    )


def test_no_route_of_the_api_ends_in_an_error_of_the_server(server) -> None:
    credential = {"Authorization": f"Bearer {server.token('alice')}"}
    session = requests.Session()
    broken = []
    for route, methods in ROUTES.items():
        if not route.startswith("/api"):
            continue
        for headers in ({}, credential):
            attempts = [(method, path_of(route), body) for method in methods for body in BODIES]
            attempts += [("GET", path_of(route) + query, "") for query in ADDRESSES]
            for method, path, body in attempts:
                answer = session.request(
                    method, server.url + path, data=body, headers=headers, timeout=60
                )
                if answer.status_code >= 500:
                    broken.append((method, path, body[:40], answer.status_code))

    assert broken == []


def test_a_refusal_is_json_and_says_what_is_wrong(server) -> None:
    answer = server.post("/api/v2/files/", data=BODIES[0])

    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (
        400,
        "bad-request",
        "The body is nested deeper than 100 levels.",
    )

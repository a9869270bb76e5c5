"""The page of the HTTP API names each field and message that the code declares, and no other message."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from graphkeep.api.socket_messages import PARSERS, PinNodes, Play, UnpinNodes
from graphkeep.api.stream import FORMER_TYPES
from graphkeep.api.v2.requests.accounts import KeyRequest, SignInRequest, TokenRequest
from graphkeep.api.v2.requests.sharing import EmbedTokenRequest
from graphkeep.api.wire.requests import (
    EncodingBody,
    InvitedUser,
    LayoutBody,
    LinkBody,
    MetricBody,
    ShareBody,
)

PAGE = (Path(__file__).parents[2] / "docs/reference/http-api.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]
WIRE_NAMES = {"duration_ms": "ms"}


def names_in(text):
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", code)}


def row_of(route):
    (row,) = [row for row in ROWS if f"`{route}`" in row.split(" | ")[0]]
    return row


def declared(kind):
    if hasattr(kind, "__dataclass_fields__"):
        return {WIRE_NAMES.get(each.name, each.name) for each in fields(kind)}
    return set(kind.__annotations__)


@pytest.mark.parametrize(
    ("route", "bodies"),
    [
        ("POST /api-token-auth/", [SignInRequest]),
        ("POST /api-token-refresh/", [TokenRequest]),
        ("POST /api-token-verify/", [TokenRequest]),
        ("POST /api/v2/share/link/", [ShareBody, InvitedUser]),
        ("POST /api/v2/datasets/{id}/links/", [LinkBody]),
        ("POST /api/v2/embed/token/", [EmbedTokenRequest]),
        ("POST /api/v2/datasets/{id}/layout/", [LayoutBody]),
        ("POST /api/v2/datasets/{id}/metrics/", [MetricBody]),
        ("POST /api/v2/datasets/{id}/encodings/", [EncodingBody]),
        ("POST /api/v2/auth/pkey/", [KeyRequest]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_row_of_a_route_names_every_field_of_its_body(route, bodies):
    missing = set().union(*map(declared, bodies)) - names_in(row_of(route))

    assert not missing


def test_the_table_of_socket_messages_is_the_table_of_the_code():
    table = PAGE.partition("| message of the page |")[2].partition("\n\n")[0]
    kinds = {
        kind
        for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
        for kind in re.findall(r"`(\w+)`", row)
    }

    assert kinds == {*PARSERS, *FORMER_TYPES.values()}
    assert set(FORMER_TYPES) <= names_in(table)


@pytest.mark.parametrize(
    ("kind", "command"), [("play", Play), ("pin", PinNodes), ("unpin", UnpinNodes)]
)
def test_the_row_of_a_command_names_its_fields(kind, command):
    assert declared(command) <= names_in(row_of(kind))

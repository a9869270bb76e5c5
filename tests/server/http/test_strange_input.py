"""No page answers 500, whatever its address, parameters and fields hold: for a stranger, a user and an Admin."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from tests.people import PASSWORD, make

pytestmark = pytest.mark.django_db
HUGE = "9223372036854775808"
VALUES = (
    "a\0b",
    HUGE,
    "99999999999999999999999",
    "-1",
    "abc",
    "x" * 5000,
    "2026-13-45",
    "http://[",
)
ARGUMENTS = ("1", HUGE, "a%00b", "%ED%A0%80", "x" * 300)
PARAMETERS = (
    "page", "p", "q", "o", "e", "all", "next", "origin", "dataset", "token", "code", "id", "pk", "app_label",
    "model_name", "field_name", "term", "event", "actor", "at__year", "at__month", "at__day", "role__exact",
    "is_active__exact", "pk__gt", "_to_field", "_popup", "days", "limit", "offset",
)  # fmt: skip
FIELDS = (
    "username", "email", "name", "password", "password1", "password2", "oldpassword", "password_again", "login",
    "code", "otp", "credential", "days", "deed", "everything", "invite", "is_server_only", "member", "networks",
    "new", "revoke", "role", "scopes", "session", "switch", "withdraw", "slug", "admin", "owner", "service",
    "organization", "organization_role", "action", "_selected_action", "select_across", "index", "SITE_DOMAIN",
    "remember", "next", "csrfmiddlewaretoken",
)  # fmt: skip


def page_patterns(patterns, before="", prefix_is_regex=False):
    """The address of every route that is a page, with %(name)s for its arguments."""
    for pattern in patterns:
        text = before + str(pattern.pattern.regex.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from page_patterns(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern) and not text.startswith(("api", "(?:etl")):
            for address, names in normalize(text.replace(r"\Z", "").replace("$", ""))[:1]:
                yield "/" + address, tuple(names)


ROUTES = sorted(set(page_patterns(get_resolver().url_patterns)))


def browser(role):
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(make(role, role))
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def status_of(response):
    if response.streaming:
        list(response.streaming_content)
    return response.status_code


def failures(client, requests):
    return [(method, path, data) for method, path, data in requests
            if status_of(getattr(client, method)(path, data)) >= 500]  # fmt: skip


@pytest.mark.parametrize("role", ["", "user", "admin"])
def test_no_argument_of_an_address_is_an_error_of_the_server(role):
    tried = [("get", address % dict.fromkeys(names, value), {}) for address, names in ROUTES for value in ARGUMENTS[: None if names else 1]]  # fmt: skip
    assert len(tried) > 100
    assert failures(browser(role), tried) == []


@pytest.mark.parametrize("role", ["", "user", "admin"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: json.dumps(value)[:20])
def test_no_parameter_or_field_is_an_error_of_the_server(role, value):
    client = browser(role)
    parameters = dict.fromkeys(PARAMETERS, value)
    fields = {name: value for name in FIELDS if name != "everything"}
    tried = []
    for address, names in ROUTES:
        path = address % dict.fromkeys(names, "1")
        if "logout" not in path:
            tried += [("get", path, parameters), ("post", path, fields)]
    assert failures(client, tried) == []


@pytest.mark.parametrize(
    "name", ["p", "o", "e", "at__year", "at__month", "pk__gt", "role__exact", "_to_field"]
)
def test_no_single_parameter_of_the_portal_is_an_error_of_the_server(name):
    client = browser("admin")
    lists = [path for path, names in ROUTES if path.startswith("/admin-portal/") and not names]
    tried = [
        ("get", path, {name: value}) for path in lists for value in (HUGE, "abc", "a\0b", "-1")
    ]
    assert failures(client, tried) == []


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "graphistry_jwt", "messages"])
def test_no_cookie_is_an_error_of_the_server(cookie):
    for value in (r'"\000abc"', '"\\377"', "x" * 4000, HUGE, "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")):  # fmt: skip
        client = Client(raise_request_exception=False, HTTP_COOKIE=f"{cookie}={value}")
        for path in ("/datasets/", "/accounts/login/", "/api/v2/datasets/", "/graph/graph.html?dataset=1"):  # fmt: skip
            assert client.get(path).status_code < 500, (path, value)


def test_text_that_no_database_stores_is_refused_in_words():
    client = Client(raise_request_exception=False)
    for answer in (
        client.get("/accounts/login/", {"next": "a\0"}),
        client.post("/accounts/login/", {"login": "a\0", "password": "x"}),
        client.get("/organizations/a%00b/"),
        client.get("/api/v2/datasets/", {"limit": "\0"}),
    ):
        assert answer.status_code == 400
        assert "NUL" in answer.content.decode()
    assert connection.vendor in {"sqlite", "postgresql"}

"""V24: a trick with the path never changes a decision. V09: nor does one with `next` lead elsewhere."""

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from graphkeep.api.policy import policy_of
from tests.rights.table import BROWSER_PAGES, ROUTES
from tests.rights.test_matrix import HANDLER, ask, outcome, page_outcome, path_of, world  # noqa: F401

SUFFIXES = (
    ";x", ";jsessionid=1", "%00", "%20", "%09", "%0a", "/.", "/..", "//", "/./", "/%2e", "/%2e%2e",
    ".json", ".html", ".css", "/index.html", "/static/x.css", "?x", "#x", "/configs", "%3f", "%23",
    "/..;/", "\\", "%5c", "%2f", "/healthz", "/../healthz", "/%2e%2e/healthz", "~", "*", "/*",
)  # fmt: skip
PREFIXES = (
    "//", "/./", "/%2e/", "/static/..", "/static/../", "/static/%2e%2e/", "/healthz/..", "/healthz/../",
    "/accounts/login/..", "/;/", "/%2f", "/share/..",
)  # fmt: skip


def mutations(path):
    yield from (path + one for one in SUFFIXES)
    yield from (path.rstrip("/") + one for one in SUFFIXES)
    yield from (one + path.lstrip("/") for one in PREFIXES)
    yield path.upper()
    yield path.replace("/", "//")
    yield path.replace("a", "%61")


def test_v24_no_way_of_writing_a_path_opens_a_private_graph(world):  # noqa: F811
    secret = world.graphs["private"]
    secret.name = "canary of a private graph"
    secret.save()
    count = 0
    opened = []
    for route in (*ROUTES, "/graph/graph.html?dataset={graph}"):
        if "{graph}" not in route and "{file}" not in route:
            continue
        for path in mutations(path_of(world, route, "private")):
            for identity in ("anonymous", "charlie, token", "link"):
                if identity == "link" and ("/view/" in route or "graph.html" in route):
                    continue  # it may look
                count += 1
                answer = ask(world, identity, "GET", path)
                text = answer.content if not answer.streaming else b""
                if b"canary" in text or outcome(answer).startswith("broken"):
                    opened.append((identity, path, answer.status_code))

    assert opened == []
    assert count > 3000


def test_v24_no_way_of_writing_a_path_opens_the_portal_or_a_person_s_page(world):  # noqa: F811
    opened = []
    for route in ("/admin-portal/", "/admin-portal/accounts/user/", *BROWSER_PAGES[:6]):
        for path in mutations(route):
            try:
                policy = policy_of(resolve(path.partition("?")[0].partition("#")[0]).func)
            except Resolver404:
                continue
            access = getattr(policy, "access", None)
            answer = ask(world, "anonymous", "GET", path)
            if answer.status_code == 400:  # the path itself is refused, before any page
                continue
            if access in {"browser", "portal"} and page_outcome(answer) not in {
                "to sign in",
                "absent",
            }:
                opened.append((path, answer.status_code))

    assert opened == []


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example.org", "https://evil.example.org", "/\\evil.example.org", "\\\\evil.example.org",
        "https:evil.example.org", "javascript:alert(1)", "/%09/evil.example.org", "\t//evil.example.org",
        "http:///evil.example.org", "//evil.example.org/%2f..", "///evil.example.org", "/\t/evil.example.org",
        "https://graphs@evil.example.org", "data:text/html,x", "//evil%E3%80%82example.org",
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_v09_signing_in_never_leads_to_another_site(target, client: Client):
    from tests.people import PASSWORD, make

    make("alice")
    client.handler = HANDLER
    answer = client.post(
        "/accounts/login/", {"login": "alice", "password": PASSWORD, "next": target}
    )
    where = answer.headers["Location"]

    assert answer.status_code == 302
    assert where == "/datasets/" or (where.startswith("/") and where[1:2] not in {"/", "\\", "\t"})

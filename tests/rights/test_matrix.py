"""Every route x every identity x every thing x every method, against the table written by hand (SH-09, AD-03).

Each cell runs in a transaction that is rolled back, so the cells know nothing of one another.
"""

import base64
import json
import logging
import os
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta

import pyarrow as pa
import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from graphkeep.accounts.actor import ALL_SCOPES, CONSOLE, Actor
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import BrowserSession, PersonalKey
from graphkeep.accounts.operations.keys import create_key
from graphkeep.accounts.operations.organizations import add_member, create_organization
from graphkeep.accounts.operations.people import create_user
from graphkeep.accounts.secret_box import encrypt
from graphkeep.api.policy import policy_of
from graphkeep.connectors.models import Connector, ConnectorGrant, QueryRun
from graphkeep.connectors.operations import run_query
from graphkeep.datasets.models import Dataset, File, Share, ShareLink
from graphkeep.datasets.sharing.view_tokens import issue_embed_token, issue_link_token
from graphkeep.datasets.storage import graph_store
from graphkeep.site.models import SiteSetting
from graphkeep.sources.databases.registry import connector_kinds
from tests.connectors.example_kind import KIND
from tests.rights import table

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PASSWORD = "violet-tram-07-harbour"
ORIGIN = "https://intranet.example.org"
STOPS_AT_FIRST = bool(os.environ.get("GRAPHKEEP_MATRIX_STOPS"))


@dataclass
class World:
    graphs: dict = field(default_factory=dict)
    clients: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    file_id: str = ""
    key_id: str = ""
    link_ids: dict = field(default_factory=dict)
    connectors: dict = field(default_factory=dict)
    query_id: str = ""


def person(name, role="user"):
    return create_user(
        username=name,
        email=f"{name}@example.org",
        password=PASSWORD,
        role=role,
        actor=CONSOLE,
    )


def as_somebody(user):
    return Actor(user=user, credential_kind="session", scopes=ALL_SCOPES)


def browser(user, *, is_fresh=False):
    client = Client()
    client.force_login(user)
    if is_fresh:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def graph(owner, organization, privacy, action="10"):
    return Dataset.objects.create(
        owner=owner, organization=organization, privacy=privacy, privacy_action=action
    )


@pytest.fixture
def world(db, monkeypatch, settings, tmp_path):
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = base64.b64encode(b"k" * 32).decode()
    settings.STORE_DIR, settings.TMP_DIR = tmp_path / "graphs", tmp_path / "tmp"
    monkeypatch.setitem(connector_kinds(), KIND.name, KIND)
    # The cells run in a transaction that is rolled back, so no thread could see the query's record.
    monkeypatch.setattr(run_query, "start_prepared", lambda _: None)
    made = World()
    people = {name: person(name) for name in (
        "alice", "bob", "charlie", "viewer", "editor", "sharer", "acme-admin", "gone")}  # fmt: skip
    people["root"] = person("root", "admin")
    alice = people["alice"]
    acme = create_organization("acme", actor=CONSOLE)
    for name, role in (("alice", "member"), ("bob", "member"), ("acme-admin", "admin")):
        add_member(acme, actor=CONSOLE, user=people[name], role=role)
    made.graphs = {
        "private": graph(alice, acme, "private"),
        "organization": graph(alice, acme, "organization"),
        "organization-edit": graph(alice, acme, "organization", "20"),
        "public": graph(alice, acme, "public"),
    }
    for name, action in (("viewer", "10"), ("editor", "20"), ("sharer", "30")):
        Share.objects.create(
            dataset=made.graphs["private"],
            user=people[name],
            email=people[name].email,
            action=action,
        )
    made.file_id = File.objects.create(
        owner=alice, organization=acme, file_type="csv", is_valid=True
    ).file_id
    made.connectors, made.query_id = connectors_and_a_query(people, acme)
    SiteSetting.objects.create(name="EMBED_ORIGINS", value=ORIGIN)
    for name, dataset in made.graphs.items():
        made.link_ids[name] = link_of(dataset, alice).pk
    identities(made, people)
    return made


def connectors_and_a_query(people, acme):
    """A connector of the site and one of acme, with the grants of the table, and a query of alice's."""
    made = {}
    names = {"owner": "alice", "member": "bob", "viewer": "viewer"}
    for thing, organization in (("site", None), ("acme", acme)):
        connector = Connector.objects.create(
            name=thing, kind="example", settings={"host": "siem.example"}, organization=organization
        )
        for relation, right in table.RIGHTS[thing].items():
            if right and relation in names:
                ConnectorGrant.objects.create(
                    connector=connector, user=people[names[relation]], right=right
                )
        made[thing] = connector.connector_id
    run = QueryRun.objects.create(
        connector=Connector.objects.get(name="site"), connector_name="site", user=people["alice"], language="example",
        asked=encrypt(json.dumps({"language": "example", "text": "rows 1", "parameters": {}, "since": None,
                                  "until": None, "marking": "clear"})),
        sent=encrypt("{}"), state="done", has_result=True,
    )  # fmt: skip
    graph_store().put_table(run.run_id, "rows", pa.table({"source": [1], "destination": [2]}))
    return made, run.run_id


def link_of(dataset, user):
    return ShareLink.objects.create(
        dataset=dataset,
        token_hash=f"{dataset.pk}-{time.time_ns()}",
        created_by=user,
        expires_at=timezone.now() + timedelta(days=1),
    )


def identities(made, people):
    def bearer(name):
        return {"HTTP_AUTHORIZATION": f"Bearer {issue_token(people[name])}"}

    def key(name, scope):
        row, secret = create_key(people[name], actor=as_somebody(people[name]), scopes=[scope])
        return {"HTTP_AUTHORIZATION": f"PersonalKey {row.key_id}:{secret}"}, row

    gone = bearer("gone")
    revoked, row = key("alice", "read")
    PersonalKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    made.key_id = key("alice", "read")[1].key_id
    private = made.graphs["private"]
    opened = issue_link_token(link_of(private, people["alice"]), None)
    maker = Actor(user=people["alice"], credential_kind="token", scopes=ALL_SCOPES)
    embedded = issue_embed_token(private, maker, ORIGIN)
    made.headers = {
        "anonymous": {},
        "inactive": gone,
        "alice, token": bearer("alice"),
        "alice, revoked key": revoked,
        "bob, token": bearer("bob"),
        "acme's admin, token": bearer("acme-admin"),
        "charlie, token": bearer("charlie"),
        "viewer, token": bearer("viewer"),
        "editor, token": bearer("editor"),
        "sharer, token": bearer("sharer"),
        "Admin, token": bearer("root"),
        "Admin, key to admin": key("root", "admin")[0],
        "link": {"HTTP_AUTHORIZATION": f"Pass {opened}"},
        "embed token": {"HTTP_AUTHORIZATION": f"Pass {embedded}", "HTTP_X_EMBED_ORIGIN": ORIGIN},
    }
    for scope in ("read", "upload", "edit", "share", "account"):
        made.headers[f"alice, key to {scope}"] = key("alice", scope)[0]
    made.clients = {
        "alice, session": browser(people["alice"]),
        "bob, session": browser(people["bob"]),
        "charlie, session": browser(people["charlie"]),
        "Admin, session": browser(people["root"], is_fresh=True),
        "Admin, session long after the password": browser(people["root"]),
    }
    people["gone"].set_role_flags("inactive")
    people["gone"].save()


HANDLER = Client().handler  # one for all clients: each would list every static file again


def ask(world, identity, method, path, body=None):
    client = Client()
    client.handler = HANDLER
    if identity in world.clients:  # a cell may sign out: its cookies are its own
        client.cookies.load(world.clients[identity].cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer = client.generic(
            method,
            path,
            data=body or b"",
            content_type="application/json",
            **world.headers.get(identity, {}),
        )
        transaction.set_rollback(True)
    return answer


def outcome(answer):
    codes = {401: "sign in", 403: "refused", 404: "absent", 405: "no method"}
    if answer.status_code in codes:
        return codes[answer.status_code]
    if answer.status_code >= 500:
        return f"broken ({answer.status_code})"
    return "in"


def page_outcome(answer):
    where = answer.headers.get("Location", "")
    if where.startswith("/accounts/login/"):
        return "to sign in"
    if where.startswith("/accounts/reauthenticate/?next=%2Fadmin-portal"):
        return "to the password"
    said = outcome(answer)
    # A page that a browser may enter answers a wrong method, a missing member or a stale form in its own way.
    return "in" if said in {"no method", "refused"} else said


def path_of(world, route, thing):
    dataset = world.graphs.get(thing)
    return route.format(
        graph=dataset.dataset_id if dataset else "0" * 32,
        file=world.file_id if thing != "missing" else "0" * 32,
        key=world.key_id if thing != "missing" else "AAAAAAAAAA",
        link=world.link_ids.get(thing, 999999),
        connector=world.connectors.get(thing, "0" * 32),
        query=world.query_id if thing != "missing" else "0" * 32,
    )


def body_of(world, route, thing):
    dataset = world.graphs.get(thing)
    name = dataset.dataset_id if dataset else "0" * 32
    bodies = {
        "/api/v2/share/link/": f'{{"obj_pk": "{name}", "mode": "private"}}',
        "/api/v2/embed/token/": f'{{"dataset_id": "{name}", "origin": "{ORIGIN}"}}',
        "/api/v2/share/open/": '{"token": "no-such-token"}',
    }
    return bodies.get(route)


def things_of(route):
    if "{graph}" in route or route in {"/api/v2/share/link/", "/api/v2/embed/token/"}:
        return table.GRAPHS
    if "{connector}" in route:
        return table.CONNECTORS
    if "{file}" in route or "{key}" in route or "{query}" in route:
        return ("private", "missing")
    return ("private",)


def cells(world):
    """Each cell as (what, expected, seen)."""
    for route in table.ROUTES:
        for thing in things_of(route):
            path, body = path_of(world, route, thing), body_of(world, route, thing)
            for identity in table.IDENTITIES:
                for method in table.OF_ACME.get(route, METHODS):
                    answer = ask(world, identity, method, path, body)
                    wanted = table.expected(identity, route, method, thing)
                    yield (identity, method, route, thing), wanted, outcome(answer)
    for thing in table.GRAPHS:
        path = path_of(world, "/graph/graph.html?dataset={graph}", thing)
        for identity in table.IDENTITIES:
            answer = ask(world, identity, "GET", path)
            wanted = table.expected_graph_page(identity, thing)
            yield (identity, "GET", "graph page", thing), wanted, outcome(answer)
    pages = (
        *table.OPEN_PAGES,
        *table.HIDDEN_PAGES,
        *table.BROWSER_PAGES,
        table.ORGANIZATION_PAGE,
        *portal_pages(),
    )
    for route in pages:
        for identity in table.IDENTITIES:
            for method in ("GET", "POST"):
                answer = ask(world, identity, method, route)
                wanted = table.expected_page(identity, route)
                seen = page_outcome(answer)
                if route in table.OPEN_PAGES and seen == "to sign in":
                    seen = "in"
                if wanted == "in" and seen == "absent" and route in table.NOTHING_BEHIND:
                    seen = "in"
                yield (identity, method, route, ""), wanted, seen


def portal_pages():
    """Every address of the portal, read from the server itself: the list is the library's, not ours."""
    found = []

    def walk(patterns, prefix):
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            else:
                found.append(route)

    top = next(
        one
        for one in get_resolver().url_patterns
        if isinstance(one, URLResolver) and str(one.pattern) == "admin-portal/"
    )
    walk(top.url_patterns, "/admin-portal/")
    return [sample(route) for route in found if "(?P" not in route]


def sample(route):
    return re.sub(r"<[^>]*>", "1", route)


@pytest.fixture(autouse=True)
def _no_uploads(monkeypatch, tmp_path):
    from graphkeep.api.v2 import datasets, files
    from graphkeep.datasets.operations.upload import UploadedBody

    def received(_):
        path = tmp_path / "upload"
        path.write_bytes(b"source,destination\n1,2\n")
        return UploadedBody(path=path, size_bytes=24, sha256="")

    monkeypatch.setattr(datasets, "uploaded_body", received)
    monkeypatch.setattr(files, "uploaded_body", received)
    monkeypatch.setattr(
        logging.getLogger("django.request"), "disabled", True
    )  # thousands of refusals


def test_sh09_ad02_ad03_ad04_every_cell_of_the_matrix_is_as_the_table_says(world):
    count = 0
    surprises = []
    for what, wanted, seen in cells(world):
        count += 1
        if wanted != seen:
            surprises.append(f"{what}: {seen}, not {wanted}")
            if STOPS_AT_FIRST:
                break

    assert not surprises, "\n".join(surprises)
    assert count >= 10_000


def patterns(resolver, prefix=""):
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, prefix + str(one.pattern))
        else:
            yield prefix + str(one.pattern), one


def test_every_route_has_a_policy():
    without = [route for route, one in patterns(get_resolver()) if policy_of(one.callback) is None]

    assert without == []


def test_every_route_stands_in_the_table():
    """A new route is red until somebody has written down who may use it."""
    known = set()
    for route in (*table.ROUTES, *table.OPEN_PAGES, *table.HIDDEN_PAGES, *table.BROWSER_PAGES,
                  table.ORGANIZATION_PAGE, "/graph/graph.html"):  # fmt: skip
        path = route.format(graph="0" * 32, file="0" * 32, key="AAAAAAAAAA", link=1,
                            connector="0" * 32, query="0" * 32)  # fmt: skip
        known.add(resolve(path).func)
    ours = {
        one.callback: route
        for route, one in patterns(get_resolver())
        if not route.startswith("admin-portal/") and isinstance(one, URLPattern)
    }

    assert sorted(route for view, route in ours.items() if view not in known) == []


def test_a_session_of_somebody_else_is_not_taken_for_ones_own(world):
    """The rows that the clients of this file use are really in the table of sessions."""
    assert BrowserSession.objects.exclude(user=None).count() == len(world.clients)

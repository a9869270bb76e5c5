"""No request ends in an error of the server: what cannot be used is refused in words, on every API route.

Each value of each field, parameter and header is replaced by one that no database, codec or recursion takes.
"""

import base64
import json
import logging
from urllib.parse import quote

import pyarrow as pa
import pytest
from django.db import transaction
from django.test import Client

from graphkeep.datasets.operations.dataset_commands import attach_table
from tests.datasets.graphs import places, redrawn  # noqa: F401
from tests.rights.table import ROUTES
from tests.rights.test_matrix import HANDLER, as_somebody, path_of, world  # noqa: F401

DEEP = 3000
NESTED = {"list": "[" * DEEP + "]" * DEEP, "object": '{"a":' * DEEP + "1" + "}" * DEEP}
# As they stand in JSON.
VALUES = (
    r'"a\u0000b"', r'"\ud800"', r'[{"\u0000": "\udfff"}]', "9223372036854775808", "-1", "1e400", "NaN",
    "[]", "{}", "[null]", '[{"a": []}]', '"https://[x"', f'"{"x" * 70_000}"', NESTED["list"], NESTED["object"],
)  # fmt: skip
TEXTS = ("\0", "a\0b", "\udcff", "9223372036854775808", "-1", "1" * 5000, "NaN", NESTED["list"],
         '{"a": "\\u0000"}', "x" * 5000, "", "1,9223372036854775808", "999999999", "https://[x")  # fmt: skip
PARAMETERS = ("limit", "offset", "order", "tab", "search", "table", "column", "rows", "q", "erase",
              "parser_options", "sep", "format", "key", "username", "dataset_id")  # fmt: skip
SPECIAL = {"limit", "offset", "rows", "parser_options", "column"}
ENCODINGS = {"node_encodings": {"bindings": {"node": "n"}}}
DATASET = {
    "metadata": {}, "name": "n", "description": "", "org_name": "acme", **ENCODINGS,
    "edge_encodings": {"bindings": {"source": "s", "destination": "d"}, "complex": {}},
    "node_files": [], "edge_files": [], "edge_hypergraph_transform": [], "node_transform": {},
    "compute": {}, "layout": {},
}  # fmt: skip
FILE = {"file_type": "csv", "name": "n", "description": "", "org_name": "acme", "file_compression": "",
        "parser_options": {}, "sql_transforms": [], "agent_name": "a", "agent_version": "1"}  # fmt: skip
QUERY = {"gfql_operations": [], "gfql_query": {"type": "Chain", "chain": []}, "format": "json",
         "engine": "pandas", "strictness": "warn", "gfql_output": None, "node_col_subset": [],
         "edge_col_subset": [], "df_export_args": {}, "persist": False, "privacy": {}}  # fmt: skip
CODE = {"execute": "def task(g): return 1", "engine": "pandas", "run_label": "", "format": "json",
        "output_type": "json"}  # fmt: skip
LINK = {"name": "n", "days": 7, "audience": "anyone", "email": "", "origin": "", "most_uses": 1}
READING = {"dataset_id": "", "reading": {
    "kind": "edges", "source": "s", "destination": "d", "node": "n", "edge_table": 0,
    "node_table": 0, "columns": ["s"], "direct": False, "edge_tables": [0], "node_tables": [0],
    "edge_bindings": {"edge_weight": "w"}, "node_bindings": {"node_title": "t"}, "separator": ";",
    "threshold": 0.5, "is_undirected": False, "is_header_row": False, "time": "t", "label": "l"},
    "with": [], "parser_options": {}}  # fmt: skip
BODIES = {
    "/api-token-auth/": {"username": "alice", "password": "x", "org_name": "acme"},
    "/api-token-refresh/": {"token": "x"},
    "/api-token-verify/": {"token": "x"},
    "/api/v2/auth/pkey/jwt/": {"org_name": "acme"},
    "/api/v2/auth/pkey/": {"name": "n", "scopes": ["read"], "networks": [], "days": 1,
                           "is_server_only": False},
    "/api/v2/o/acme/switch/": {"slug": "acme"},
    "/api/v2/files/": FILE,
    "/api/v2/files/{file}/": FILE,
    "/api/new/{file}/graph/": READING,
    "/api/new/{file}/preview/": READING,
    "/api/v2/upload/datasets/": DATASET,
    "/api/v2/datasets/{graph}/": DATASET,
    "/api/v2/etl/datasets/{graph}/gfql/": QUERY,
    "/api/v2/datasets/{graph}/python/": CODE,
    "/api/v2/datasets/{graph}/layout/": {"layout": "circular", "options": {"order": "degree"}},
    "/api/v2/datasets/{graph}/metrics/": {"metric": "pagerank", "column": "p", "options": {"damping": 0.9}},
    "/api/v2/datasets/{graph}/looks/": {"color": None, "size": None},
    "/api/v2/datasets/{graph}/links/": LINK,
    "/api/v2/share/link/": {"obj_pk": "{graph}", "obj_type": "dataset", "mode": "private", "notify": True,
                            "message": "m", "mode_action": "10",
                            "invited_users": [{"email": "bob@example.org", "action": "10"}]},
    "/api/v2/embed/token/": {"dataset_id": "{graph}", "origin": ""},
    "/api/v2/share/open/": {"token": "x", "origin": ""},
    "/api/v2/share/pass/": {"pass": "x", "origin": ""},
}  # fmt: skip
API_ROUTES = [route for route in ROUTES if route.startswith(("/api", "/datasets", "/etl"))]
HEADER = base64.urlsafe_b64encode(NESTED["list"].encode()).decode().rstrip("=")
CREDENTIALS = (
    "Bearer \0", "PersonalKey \0:x", "Pass \0", "PersonalKey é:é", "Bearer é", f"Bearer {HEADER}.e30.e30",
    f"Pass {HEADER}.e30.e30", "Bearer", "PersonalKey", ":", "Pass", "Bearer e30.e30.e30",
)  # fmt: skip
COOKIES = ('sessionid="\\000"', 'graphistry_jwt="\\000"', f"graphistry_jwt={HEADER}.e30.e30",
           'csrftoken="\\000"', "sessionid=é")  # fmt: skip


@pytest.fixture
def alices(world, places, monkeypatch):  # noqa: F811
    """alice's world, whose private graph has a picture."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    dataset = world.graphs["private"]
    dataset.edge_encodings = {"bindings": {"source": "s", "destination": "d"}}
    dataset.save()
    attach_table(
        dataset,
        "edges",
        pa.table({"s": ["a", "b"], "d": ["b", "c"]}),
        actor=as_somebody(dataset.owner),
    )
    redrawn(dataset)
    return world


def send(world, method, path, *, body=b"", credential=None, **headers):  # noqa: F811
    """The status of a request; everything that it did is rolled back."""
    client = Client(raise_request_exception=False)
    client.handler = HANDLER
    if credential is None:
        headers |= world.headers["alice, token"]
    elif credential:
        headers["HTTP_AUTHORIZATION"] = credential
    content_type = headers.pop("content_type", "application/json")
    with transaction.atomic():
        answer = client.generic(method, path, data=body, content_type=content_type, **headers)
        transaction.set_rollback(True)
    return answer.status_code


def path_to(world, route):  # noqa: F811
    """Queries are asked of a graph without edges, so that none starts a sandbox."""
    return path_of(world, route, "public" if "gfql" in route else "private")


def methods_of(route):
    """All but the deletion of the graph: what it takes off the disk, no rollback brings back."""
    return set(ROUTES[route]) - ({"DELETE"} if route == "/api/v2/datasets/{graph}/" else set())


def broken(route, attempts):
    """Those attempts that ended in an error of the server; 503 says in words what is switched off."""
    return [(route, *what) for what, status in attempts if status >= 500 and status != 503]


def test_no_body_ends_in_an_error_of_the_server(alices):
    def attempts(route):
        for method in methods_of(route) - {"GET"}:
            path = path_to(alices, route)
            for body in (*VALUES, "\ufeff{}", "{", "\0"):
                yield (method, "body", body[:40]), send(alices, method, path, body=body)
            for body in NESTED.values():
                yield (method, "anonymous"), send(alices, method, path, body=body, credential="")
            yield (
                (method, "bytes"),
                send(alices, method, path, body=b'{"a": "\xed\xa0\x80"}'),
            )
            form = "application/x-www-form-urlencoded"
            for body in ("a=%00", "slug=%00", "a=%ED%A0%80", "%00=1", "&".join("a" * 2000)):
                yield (
                    (method, "form", body[:40]),
                    send(alices, method, path, body=body, content_type=form),
                )
            for field, body in fields_of(alices, route):
                yield (method, field, body[:200]), send(alices, method, path, body=body)

    failures = [what for route in API_ROUTES for what in broken(route, attempts(route))]
    assert not failures, "\n".join(map(str, failures))


def fields_of(world, route):  # noqa: F811
    """The body of a route with each of its fields, also those within, replaced by each value."""
    known = BODIES.get(route, {"a": 1})
    text = json.dumps(known).replace("{graph}", world.graphs["private"].dataset_id)
    for path in paths_in(known):
        for value in VALUES:
            changed = json.loads(text)
            part = changed
            for step in path[:-1]:
                part = part[step]
            part[path[-1]] = "the value"
            yield ".".join(map(str, path)), json.dumps(changed).replace('"the value"', value)


def paths_in(value, before=()):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*before, key)
        if isinstance(inner, dict | list):
            yield from paths_in(inner, (*before, key))


def test_no_address_ends_in_an_error_of_the_server(alices):
    def attempts(route):
        for method in methods_of(route):
            path = path_to(alices, route)
            names = PARAMETERS if method == "GET" else ("parser_options", "sep", "format")
            for name in names:
                for text in TEXTS if name in route or name in SPECIAL else TEXTS[:1]:
                    query = f"{name}={quote(text, errors='surrogateescape')}"
                    yield (method, query[:60]), send(alices, method, f"{path}?{query}")
            yield (method, "name"), send(alices, method, f"{path}?%00=1")
            for part in ("%00", "%ED%A0%80", "9" * 400, "%0a", "é"):
                for name in ("graph", "file", "key", "link"):
                    if f"{{{name}}}" in route:
                        named = route.format(**{name: part, "graph": part, "link": part})
                        yield (method, named), send(alices, method, named)

    failures = [what for route in API_ROUTES for what in broken(route, attempts(route))]
    assert not failures, "\n".join(map(str, failures))


def test_no_credential_ends_in_an_error_of_the_server(alices):
    def attempts(route):
        for method in methods_of(route):
            path = path_to(alices, route)
            for credential in CREDENTIALS:
                for origin in ("\0", "https://[x"):
                    yield (
                        (method, credential[:40], origin),
                        send(
                            alices,
                            method,
                            path,
                            credential=credential,
                            HTTP_X_EMBED_ORIGIN=origin,
                            HTTP_ORIGIN=origin,
                        ),
                    )
            for origin in ("\0", "https://[x"):
                cookies = alices.clients["alice, session"].cookies.output(header="", sep=";")
                yield (
                    (method, "session", origin),
                    send(
                        alices, method, path, credential="", HTTP_COOKIE=cookies, HTTP_ORIGIN=origin
                    ),
                )
            for cookie in COOKIES:
                yield (
                    (method, cookie[:40]),
                    send(alices, method, path, credential="", HTTP_COOKIE=cookie),
                )

    failures = [what for route in API_ROUTES for what in broken(route, attempts(route))]
    assert not failures, "\n".join(map(str, failures))

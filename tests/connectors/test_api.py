"""The routes of connectors and queries: who finds, sees, changes and asks them, and that no secret comes back."""

import io
import json
import time

import pyarrow as pa
import pytest
from django.test import Client

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import AuditEvent, Membership, Organization
from graphkeep.accounts.operations.organizations import add_member
from graphkeep.connectors.credentials import read_secrets
from graphkeep.connectors.execution.monitor import monitor
from graphkeep.connectors.models import Connector, QueryRun
from tests.connectors import signing
from tests.connectors.example_kind import Calls
from tests.people import make

pytestmark = pytest.mark.django_db(transaction=True)
ENCRYPTION = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # as in conftest.py


class Api:
    """A signed-in browser, or a program with a token."""

    def __init__(self, user, *, is_program=False):
        self.client = Client()
        self.extra = {}
        if is_program:
            self.extra = {"authorization": f"Bearer {issue_token(user)}"}
        else:
            self.client.force_login(user)

    def __call__(self, method, path, body=None, **headers):
        content_type = headers.pop("content_type", "application/json")
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        path = f"/api/v2/{path}"
        return self.client.generic(
            method, path, raw, content_type=content_type, headers={**self.extra, **headers}
        )

    def signed(self, method, path, body, *, sent=None, content_type="application/json", **how):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = signing.headers(method, f"/api/v2/{path}", raw, **how)
        return self(
            method, path, raw if sent is None else sent, content_type=content_type, **headers
        )


@pytest.fixture(autouse=True)
def signing_key(settings):
    settings.GRAPHISTRY_NEXUS_SIGNING_KEY = f"new-key,{signing.KEY}"
    settings.GRAPHISTRY_NEXUS_SIGNING_SALT = signing.SALT


@pytest.fixture
def root(db):
    return make("root", role="admin")


@pytest.fixture
def admin(root):
    return Api(root)


NEW = {
    "name": "siem",
    "kind": "example",
    "settings": {"host": "SIEM.example"},
    "secrets": {"token": "canary-token"},
}


def test_ad23_an_admin_adds_a_connector_and_its_secret_never_comes_back(admin, alice):
    made = admin("POST", "connectors/", NEW)

    assert made.status_code == 201, made.content
    row = made.json()
    assert row["settings"] == {
        "host": "siem.example", "port": 7000, "color": "red", "folders": None, "fast": False,
    }  # fmt: skip
    assert row["secrets"] == {
        "token": {"is_set": True, "changed_at": row["secrets"]["token"]["changed_at"]}
    }
    assert row["limits"]["max_rows"] == 100_000
    connector_id = row["connector_id"]
    for path in ("connectors/", f"connectors/{connector_id}/", "connectors/kinds/"):
        assert b"canary" not in admin("GET", path).content
    assert "canary" not in str(list(AuditEvent.objects.values()))
    stored = json.dumps(list(Connector.objects.values()), default=str)
    assert "canary" not in stored
    assert read_secrets(Connector.objects.get(), None) == {"token": "canary-token"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": 1}, "colour"),
        ({"kind": "oracle"}, "kind"),
        ({"name": ""}, "name"),
        ({"settings": {"host": "siem.example#"}}, "settings.host"),
        ({"settings": {"host": "user@siem.example"}}, "settings.host"),
        ({"settings": {"host": "siem.example/x"}}, "settings.host"),
        ({"settings": {"host": "a", "uri": "x"}}, "settings.uri"),
        ({"settings": {"host": "a", "token": "x"}}, "settings.token"),
        ({"settings": {"host": "a", "port": 70000}}, "settings.port"),
        ({"settings": {}}, "settings.host"),
        ({"secrets": {"password": "x"}}, "secrets.password"),
        ({"policy": {"write": True}}, "policy.write"),
        ({"policy": {"allowed": {"indexes": []}}}, "policy.allowed.indexes"),
        ({"policy": {"allowed": {"tables": "x"}}}, "policy.allowed.tables"),
        ({"policy": {"max_marking": "pink"}}, "policy.max_marking"),
        ({"limits": {"max_rows": 0}}, "limits.max_rows"),
        ({"limits": {"rows": 1}}, "limits.rows"),
        ({"is_enabled": "yes"}, "is_enabled"),
    ],
)
def test_a_field_that_is_not_allowed_is_named(admin, change, field):
    refused = admin("POST", "connectors/", {**NEW, **change})

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-field")
    assert refused.json()["field"] == field
    assert Connector.objects.count() == 0


def test_a_name_is_taken_once(admin):
    assert admin("POST", "connectors/", NEW).status_code == 201
    assert admin("POST", "connectors/", NEW).json()["field"] == "name"


def test_sh60_connectors_are_for_admins_until_somebody_is_granted_them(admin, alice, bob, charlie):
    connector_id = admin("POST", "connectors/", NEW).json()["connector_id"]
    one = f"connectors/{connector_id}/"
    person = Api(alice.user)
    routes = [
        ("GET", "connectors/"), ("POST", "connectors/"), ("GET", "connectors/kinds/"), ("GET", one), ("PATCH", one),
        ("DELETE", one), ("GET", f"{one}grants/"), ("PUT", f"{one}grants/"), ("PUT", f"{one}tokens/"),
        ("DELETE", f"{one}tokens/"), ("PUT", f"{one}tokens/alice/"), ("POST", f"{one}test/"), ("POST", f"{one}audit/"),
        ("GET", f"{one}schema/"), ("POST", f"{one}queries/"), ("POST", f"{one}adopt/"),
    ]  # fmt: skip
    assert {route: person(*route, {}).status_code for route in routes} == dict.fromkeys(routes, 403)
    assert Calls.opened == 0

    def grant(*grants):
        changed = admin("PUT", f"{one}grants/", {"grants": list(grants)})
        assert changed.status_code == 200, changed.content

    def may():
        asked = person("POST", f"{one}queries/", {"text": "rows 1"}).status_code
        changed = person("PATCH", one, {"name": "siem"}).status_code
        return person("GET", one).status_code, asked, changed

    grant({"user": "alice", "right": "use"})
    assert may() == (200, 403, 403)
    grant({"organization": "acme", "right": "ask"})
    assert may() == (200, 202, 403)
    grant({"user": "alice", "right": "manage"})
    assert may() == (200, 202, 200)
    assert Api(charlie.user)("GET", one).status_code == 403
    grant()
    assert may() == (403, 403, 403)
    settle()


def test_another_organizations_connectors_do_not_exist_for_a_stranger(alice, bob, charlie):
    acme = Organization.objects.get(slug="acme")
    add_member(acme, actor=CONSOLE, user=bob.user, role=Membership.Role.ADMIN)
    admin_of_acme, member, stranger = Api(bob.user), Api(alice.user), Api(charlie.user)
    made = admin_of_acme("POST", "o/acme/connectors/", NEW)
    assert made.status_code == 201, made.content
    one = f"connectors/{made.json()['connector_id']}/"
    missing = f"connectors/{'0' * 32}/"

    for suffix, method in (("", "GET"), ("", "PATCH"), ("", "DELETE"), ("grants/", "PUT"), ("test/", "POST"),
                           ("queries/", "POST"), ("schema/", "GET"), ("tokens/", "PUT")):  # fmt: skip
        for path in (one + suffix, f"o/acme/{one}{suffix}"):
            answer = stranger(method, path, {})
            assert answer.status_code == 404
            assert answer.content == stranger(method, missing + suffix, {}).content
            assert member(method, path, {}).status_code == 403
    assert stranger("GET", "o/acme/connectors/").status_code == 404
    assert stranger("POST", "o/acme/connectors/", NEW).status_code == 404
    assert member("POST", "o/acme/connectors/", NEW).status_code == 403
    assert admin_of_acme("POST", "connectors/", NEW).status_code == 403
    listed = admin_of_acme("GET", "o/acme/connectors/").json()["results"]
    assert [row["name"] for row in listed] == ["siem"]
    refused = admin_of_acme(
        "PUT", f"{one}grants/", {"grants": [{"user": "charlie", "right": "use"}]}
    )
    assert refused.json()["field"] == "grants.0.user"


def test_a_credential_is_not_sent_to_a_host_that_it_was_not_entered_for(admin, alice):
    one = f"connectors/{admin('POST', 'connectors/', NEW).json()['connector_id']}/"
    admin("PUT", f"{one}grants/", {"grants": [{"user": "alice", "right": "manage"}]})
    admin("PUT", f"{one}tokens/", {"tokens": {"root": "canary-of-root"}})
    manager = Api(alice.user)

    moved = {"settings": {"host": "mallory.example"}}
    assert manager("PATCH", one, moved).json()["field"] == "secrets.token"
    assert manager("PATCH", one, {**moved, "secrets": {"token": "own"}}).status_code == 200

    connector = Connector.objects.get()
    assert [read_secrets(connector, None), connector.secrets.exclude(user=None).count()] == [
        {"token": "own"}, 0,
    ]  # fmt: skip
    refused = manager("PATCH", one, {"secrets": {"token": "secret://env/DJANGO_SECRET_KEY"}})
    assert refused.status_code == 403


def settle():
    for _ in range(200):
        if not len(monitor):
            return
        time.sleep(0.05)


def ended(api, query_id):
    for _ in range(200):
        row = api("GET", f"queries/{query_id}/").json()
        if row["state"] not in {"queued", "running"}:
            break
        time.sleep(0.05)
    settle()
    return row


def test_a_query_is_asked_followed_read_and_drawn(admin, alice, bob):
    one = f"connectors/{admin('POST', 'connectors/', NEW).json()['connector_id']}/"
    admin("PUT", f"{one}grants/", {"grants": [{"user": "alice", "right": "ask"}]})
    api = Api(alice.user)

    asked = api("POST", f"{one}queries/", {"text": "rows 3 of 1243"})
    assert asked.status_code == 202, asked.content
    query_id = asked.json()["query_id"]
    row = ended(api, query_id)
    assert [row[key] for key in ("state", "rows", "total_rows", "more", "is_cut")] == [
        "done", 3, 1243, 1240, True,
    ]  # fmt: skip
    assert row["query"]["text"] == "rows 3 of 1243"

    rows = api("GET", f"queries/{query_id}/rows/?offset=1&limit=2").json()
    assert rows["columns"] == [
        {"name": "source", "type": "int64"}, {"name": "destination", "type": "string"},
    ]  # fmt: skip
    assert rows["rows"] == [[1, "n1"], [2, "n2"]]
    text = api("GET", f"queries/{query_id}/rows/?format=csv&limit=1").content
    assert text == b"source,destination\r\n0,n0\r\n"
    arrow = api("GET", f"queries/{query_id}/rows/", Accept="application/vnd.apache.arrow.stream")
    assert pa.ipc.open_stream(io.BytesIO(arrow.content)).read_all().num_rows == 3
    assert api("GET", f"queries/{query_id}/rows/?format=xml").status_code == 400

    for other in (Api(bob.user), admin):
        for path in ("", "rows/", "cancel/", "draw/", "again/"):
            method = "GET" if path in {"", "rows/"} else "POST"
            assert other(method, f"queries/{query_id}/{path}").status_code == 404

    drawn = api("POST", f"queries/{query_id}/draw/", {"name": "hosts"})
    assert drawn.status_code == 201, drawn.content
    file_id = drawn.json()["file_id"]
    assert drawn.json()["tables_schemas"][0]["num_rows"] == 3
    found = api.client.get(f"/api/new/{file_id}/readings/").json()
    assert found["readings"][0]["source"] == "source"
    reading = {key: value for key, value in found["readings"][0].items() if key != "remembered"}
    graph = api.client.post(
        f"/api/new/{file_id}/graph/", {"reading": reading}, content_type="application/json"
    )
    assert graph.status_code == 201, graph.content
    dataset_id = graph.json()["dataset_id"]

    origin = api("GET", f"datasets/{dataset_id}/query/").json()
    assert (origin["connector_name"], origin["query"]["text"]) == ("siem", "rows 3 of 1243")
    assert Api(bob.user)("GET", f"datasets/{dataset_id}/query/").status_code == 404
    anew = api("POST", f"datasets/{dataset_id}/query/")
    assert anew.status_code == 202, anew.content
    assert ended(api, anew.json()["query_id"])["state"] == "done"
    again = api("POST", f"queries/{anew.json()['query_id']}/draw/", {"file_id": file_id})
    assert again.json()["file_id"] == file_id

    admin("PUT", f"{one}grants/", {"grants": []})
    assert api("POST", f"datasets/{dataset_id}/query/").status_code == 403
    assert "query" not in api("GET", f"queries/{query_id}/").json()


def test_a_refused_query_and_a_bad_body_are_named(admin):
    policy = {"policy": {"allowed": {"tables": ["net.*"]}}}
    one = f"connectors/{admin('POST', 'connectors/', {**NEW, **policy}).json()['connector_id']}/"

    refused = admin("POST", f"{one}queries/", {"text": "table hr.pay"})
    assert (refused.status_code, refused.json()["code"], refused.json()["stage"]) == (
        422, "query-refused", "policy",
    )  # fmt: skip
    assert refused.json()["message"] == "table `hr.pay` is not allowed here; allowed: net.*"
    for body, field in (
        ({}, "text"), ({"text": "rows 1", "limit": 5}, "limit"), ({"text": "rows 1", "marking": "x"}, "marking"),
        ({"text": "rows 1", "since": "yesterday"}, "since"), ({"text": "rows 1", "until": "2026-01-01T00:00"}, "until"),
    ):  # fmt: skip
        assert admin("POST", f"{one}queries/", body).json()["field"] == field
    assert (Calls.opened, QueryRun.objects.count()) == (0, 0)


def test_a_failing_query_has_no_rows_and_cannot_be_drawn(admin):
    one = f"connectors/{admin('POST', 'connectors/', NEW).json()['connector_id']}/"
    query_id = admin("POST", f"{one}queries/", {"text": "fail after 3"}).json()["query_id"]

    row = ended(admin, query_id)
    assert (row["state"], row["stage"], row["has_rows"]) == ("failed", "query", False)
    assert admin("GET", f"queries/{query_id}/rows/").status_code == 404
    assert admin("POST", f"queries/{query_id}/draw/", {}).status_code == 400


def test_sh65_a_test_names_the_stage_and_an_audit_the_excess(admin):
    one = f"connectors/{admin('POST', 'connectors/', NEW).json()['connector_id']}/"
    passed = {"is_ok": True, "stage": None, "message": "The source answers.", "advice": ""}
    assert admin("POST", f"{one}test/").json() == passed
    findings = admin("POST", f"{one}audit/").json()["results"]
    assert [row["check"] for row in findings if row["is_excess"]] == ["writes"]
    event = AuditEvent.objects.get(event="connector.audited")
    assert event.details == {"excess": ["writes"]}
    tables = admin("GET", f"{one}schema/").json()["tables"]
    assert [table["name"] for table in tables] == ["hosts"]

    admin("PATCH", one, {"secrets": {"token": "wrong"}})
    failed = admin("POST", f"{one}test/").json()
    assert (failed["is_ok"], failed["stage"]) == (False, "sign-in")
    admin("PATCH", one, {"settings": {"host": "unreachable.example"}})
    assert admin("POST", f"{one}test/").json()["stage"] == "route"
    assert admin("GET", one).json()["check"]["stage"] == "route"
    assert admin("GET", f"{one}schema/").status_code == 502


# --- signed requests of programs (SH-57, AD-24) -------------------------------------------------


@pytest.fixture
def program(root):
    api = Api(root, is_program=True)
    from graphkeep.accounts.operations.keys import create_key
    from tests.people import person

    key, secret = create_key(
        root, actor=person(root), scopes=["read", "upload", "account", "admin"]
    )
    api.extra = {"authorization": f"PersonalKey {key.key_id}:{secret}"}
    return api


def sealed(values):
    return signing.keyjson(values, ENCRYPTION.encode())


def body_with(values):
    return {"name": "dbx", "kind": "example", "settings": {"host": "dbx.example"}, "keyjson": sealed(values)}  # fmt: skip


def test_sh57_ad24_a_signed_request_brings_an_encrypted_secret_half(program):
    make("dora")
    made = program.signed(
        "POST", "connectors/", body_with({"token": "canary-1", "port": 7001, "pats": {"dora": "canary-2"}})
    )  # fmt: skip

    assert made.status_code == 201, made.content
    connector = Connector.objects.get()
    dora = connector.secrets.exclude(user=None).get().user
    assert (read_secrets(connector, None), read_secrets(connector, dora), connector.settings["port"]) == (
        {"token": "canary-1"}, {"token": "canary-2"}, 7001,
    )  # fmt: skip
    assert b"canary" not in made.content
    one = f"connectors/{connector.connector_id}/"
    changed = program.signed("PATCH", one, {"keyjson": sealed({"dora": "canary-3"})})
    assert changed.status_code == 200, changed.content
    assert read_secrets(connector, dora) == {"token": "canary-3"}


def refused(answer, why):
    assert answer.status_code == 401, answer.content
    assert why in answer.json()["message"]
    event = AuditEvent.objects.filter(event="connector.signature-refused").latest("pk")
    assert why in event.details["why"]
    assert Connector.objects.count() == 0


def test_sh57_ad24_what_is_not_signed_rightly_is_refused_and_recorded(program):
    body = body_with({"token": "canary"})
    raw = json.dumps(body).encode()
    wrong = "no key of this server made it"

    refused(program("POST", "connectors/", body), "missing")
    refused(program.signed("POST", "connectors/", body, sent=raw.replace(b"dbx.", b"dbx-")), wrong)
    refused(program.signed("POST", "connectors/", body, key="another"), wrong)
    refused(program.signed("POST", "connectors/", body, salt="another"), wrong)
    for skew in (-360, 360):
        late = program.signed("POST", "connectors/", body, at=time.time() + skew)
        refused(late, "more than five minutes")
    headers = signing.headers("POST", "/api/v2/connectors/", raw)
    headers["X-Graphkeep-Signature"] = "v1=zz"
    refused(program("POST", "connectors/", raw, **headers), "malformed")
    other = signing.headers("PUT", "/api/v2/connectors/", raw)
    refused(program("POST", "connectors/", raw, **other), wrong)


def test_sh57_ad24_a_nonce_is_used_once(program):
    raw = json.dumps(body_with({"token": "canary"})).encode()
    headers = signing.headers("POST", "/api/v2/connectors/", raw)
    assert program("POST", "connectors/", raw, **headers).status_code == 201

    again = program("POST", "connectors/", raw, **headers)

    assert again.status_code == 401
    assert "its nonce was used before" in again.json()["message"]
    assert Connector.objects.count() == 1


def test_sh57_former_signing_keys_are_accepted_until_they_leave_the_list(program, settings):
    body = body_with({"token": "canary"})
    settings.GRAPHISTRY_NEXUS_SIGNING_KEY = "new-key"
    refused(program.signed("POST", "connectors/", body), "no key of this server")
    assert program.signed("POST", "connectors/", body, key="new-key").status_code == 201


def test_ad24_a_secret_half_of_another_key_is_refused(program):
    other = signing.keyjson({"token": "x"}, b"b3R0b3R0b3R0b3R0b3R0b3R0b3R0b3R0b3R0b3R0b3Q=")
    body = {**body_with({}), "keyjson": other}

    answer = program.signed("POST", "connectors/", body)
    assert (answer.status_code, answer.json()["field"]) == (422, "keyjson")


def test_ad24_personal_tokens_one_by_one_in_bulk_and_all_deleted(program, alice, bob):
    made = program.signed("POST", "connectors/", body_with({"token": "common"}))
    connector = Connector.objects.get(connector_id=made.json()["connector_id"])
    path = f"connectors/{connector.connector_id}/tokens/"

    def tokens():
        return [read_secrets(connector, person.user)["token"] for person in (alice, bob)]

    assert program("PUT", f"{path}alice/", {"token": "a1"}).status_code == 401
    assert program.signed("PUT", f"{path}alice/", {"token": "a1"}).status_code == 204
    assert tokens() == ["a1", "common"]
    csv = b"username,PAT\nalice,a2\nbob,b2\n"
    bulk = program.signed("PUT", path, csv, content_type="text/csv")
    assert [row["username"] for row in bulk.json()["results"]] == ["alice", "bob"]
    assert tokens() == ["a2", "b2"]
    for bad in (b"user,PAT\nalice,a3\n", b"username,PAT\nnobody,a3\n", b"username,PAT\nalice,\n",
                b"username,PAT\nalice,a3\nalice,a4\n"):  # fmt: skip
        assert program.signed("PUT", path, bad, content_type="text/csv").status_code == 422
    assert tokens() == ["a2", "b2"]
    assert program.signed("DELETE", f"{path}alice/", b"").status_code == 204
    assert tokens() == ["common", "b2"]
    assert program.signed("DELETE", path, b"").status_code == 204
    assert tokens() == ["common", "common"]


def test_a_person_sets_their_own_token_in_the_browser_and_nobody_elses(admin, alice, bob):
    one = f"connectors/{admin('POST', 'connectors/', NEW).json()['connector_id']}/"
    admin("PUT", f"{one}grants/", {"grants": [{"user": "alice", "right": "ask"}]})
    api = Api(alice.user)

    assert api("PUT", f"{one}tokens/alice/", {"token": "own"}).status_code == 204
    assert api("PUT", f"{one}tokens/bob/", {"token": "own"}).status_code == 403
    assert api("GET", one).json()["own_token"]["is_set"] is True
    connector = Connector.objects.get()
    assert read_secrets(connector, alice.user) == {"token": "own"}
    query_id = api("POST", f"{one}queries/", {"text": "secret"}).json()["query_id"]
    ended(api, query_id)
    import hashlib

    digest = api("GET", f"queries/{query_id}/rows/").json()["rows"][0][0]
    assert digest == hashlib.sha256(b"own").hexdigest()

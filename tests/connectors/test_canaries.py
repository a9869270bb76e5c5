"""Planted credentials of connectors are used well and badly, and stand nowhere afterwards; keys rotate under load."""

import base64
import logging
import os
import threading
import traceback
from pathlib import Path

import pytest
from django.db import connection

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent
from graphkeep.accounts.operations.reencrypt import reencrypt_secrets
from graphkeep.connectors.execution.results import read_rows
from graphkeep.connectors.models import ConnectorSecret, QueryRun
from graphkeep.connectors.operations.check import audit_connector, check_connector, read_schema
from graphkeep.connectors.operations.grants import Grant, set_grants
from graphkeep.connectors.operations.run_query import run_query_here
from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.databases.query import SourceQuery
from graphkeep.sources.databases.registry import connector_kinds
from tests.connectors.test_api import Api, settle
from tests.people import make

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = {
    "integer": 1,
    "boolean": False,
    "host": "source.example",
    "list": ["a"],
    "file": "a.sqlite",
}


def settings_for(kind):
    return {
        field.name: VALUES.get(field.kind, field.choices[0] if field.choices else "reader")
        for field in kind.fields
        if field.is_required and not field.is_secret
    }


def test_ad23_planted_credentials_stand_nowhere_after_use_and_misuse(caplog, settings):
    caplog.set_level(logging.DEBUG)
    root = make("root", role="admin")
    people = [make(f"person{index}") for index in range(12)]
    api, canaries, seen = Api(root), [], []

    def canary(name):
        canaries.append(f"canary-{name}-{os.urandom(6).hex()}")
        return canaries[-1]

    def ask(*words, **more):
        answer = api(*words, **more)
        seen.append(answer.content.decode(errors="replace") + str(answer.headers))
        return answer

    for kind in list(connector_kinds().values()):
        fields = [field.name for field in kind.fields if field.is_secret]
        if not fields:
            continue
        body = {
            "name": f"planted {kind.name}",
            "kind": kind.name,
            "settings": settings_for(kind),
            "secrets": {name: canary(f"{kind.name}-{name}") for name in fields},
        }
        made = ask("POST", "connectors/", body)
        assert made.status_code == 201, (kind.name, made.content)
        one = f"connectors/{made.json()['connector_id']}/"
        for person in people[:2]:
            token = {"token": canary(f"{kind.name}-pat")}
            assert ask("PUT", f"{one}tokens/{person.username}/", token).status_code == 204
        for method, path, sent in (
            ("GET", "", None), ("GET", "tokens/", None), ("POST", "test/", None), ("POST", "audit/", None),
            ("GET", "schema/", None), ("PATCH", "", {"settings": {"nonsense": canary("field")}}),
            ("PATCH", "", {"secrets": {"nonsense": canary("unknown")}}), ("PATCH", "", {"is_enabled": True}),
            ("PUT", "tokens/", b"username,PAT\nnobody," + canary("csv").encode()),
            ("POST", "queries/", {"text": kind.example_query or "x"}),
        ):  # fmt: skip
            more = {"content_type": "text/csv"} if isinstance(sent, bytes) else {}
            ask(method, one + path, sent, **more)
    settle()
    ask("GET", "connectors/?limit=500")
    ask("GET", "queries/?limit=500")

    assert len(canaries) >= 40
    connection.close()
    stored = b""
    if connection.vendor == "sqlite":
        name = Path(settings.DATABASES["default"]["TEST"]["NAME"])
        stored = b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    spoken = "\n".join((*seen, caplog.text, str(list(AuditEvent.objects.values()))))
    for path in Path(settings.TMP_DIR).rglob("*"):
        stored += path.read_bytes() if path.is_file() else b""
    found = [each for each in canaries if each.encode() in stored]
    assert found == []
    assert [each for each in canaries if each in spoken and "field" not in each] == []
    for process in Path("/proc").glob(f"{os.getpid()}/environ"):
        assert b"canary-" not in process.read_bytes()


def test_ad23_a_drivers_error_with_a_credential_reaches_no_page(make_connector, caplog):
    connector = make_connector(settings={"host": "unreachable.example"})
    for act in (check_connector, audit_connector, read_schema):
        try:
            act(connector, actor=CONSOLE)
        except GraphkeepError:
            assert "canary-token" not in traceback.format_exc()
    assert "canary-token" not in caplog.text


def test_sh56_ten_key_rotations_while_queries_run_fail_none(make_connector, settings, alice):
    connector = make_connector()
    set_grants(connector, [Grant(username="alice", right="ask")], actor=CONSOLE)
    keys = [settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS]
    stop, runs, errors = threading.Event(), [], []

    def ask():
        try:
            while not stop.is_set():
                query = SourceQuery(language="example", text="secret")
                runs.append(run_query_here(connector, query, actor=CONSOLE).pk)
        except Exception as error:  # noqa: BLE001 - whatever fails is the finding
            errors.append(error)
        finally:
            connection.close()

    limits = {"per_minute": 10_000, "parallel": 32}
    type(connector).objects.filter(pk=connector.pk).update(limits=limits)
    connector.refresh_from_db()
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        keys.insert(0, base64.b64encode(os.urandom(32)).decode())
        settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = ",".join(keys)
        reencrypt_secrets(actor=CONSOLE)
        count = len(runs)
        while len(runs) < count + 3 and not errors:
            stop.wait(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    reencrypt_secrets(actor=CONSOLE)

    assert errors == []
    assert len(runs) >= 30
    states = set(QueryRun.objects.values_list("state", flat=True))
    assert states == {"done"}
    digests = {read_rows(run, 0, 1).to_pydict()["digest"][0] for run in QueryRun.objects.all()}
    assert len(digests) == 1
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = keys[0]
    from graphkeep.accounts.secret_box import decrypt

    assert decrypt(ConnectorSecret.objects.get().ciphertext) == "canary-token"

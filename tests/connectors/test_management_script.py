"""`connector_management.sh`, run with its documented variables against a server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent, Membership, Organization
from graphkeep.accounts.operations.organizations import add_member
from graphkeep.connectors.credentials import read_secrets
from graphkeep.connectors.models import Connector
from tests.connectors import signing
from tests.people import PASSWORD

SCRIPT = Path(__file__).parents[2] / "etc/scripts/connector_management.sh"
ENCRYPTION = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # as in conftest.py
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def script(live_server, settings, bob):
    settings.GRAPHISTRY_NEXUS_SIGNING_KEY = f"new-key,{signing.KEY}"
    settings.GRAPHISTRY_NEXUS_SIGNING_SALT = signing.SALT
    acme = Organization.objects.get(slug="acme")
    add_member(acme, actor=CONSOLE, user=bob.user, role=Membership.Role.ADMIN)

    def run(action="", **variables):
        environment = {
            "PATH": os.environ["PATH"],
            "GRAPHKEEP_PYTHON": sys.executable,
            "GRAPHISTRY_BASE_PATH": live_server.url,
            "GRAPHISTRY_USERNAME": "bob",
            "GRAPHISTRY_PASSWORD": PASSWORD,
            "GRAPHISTRY_ENCRYPTION_KEYS": ENCRYPTION,
            "GRAPHISTRY_NEXUS_SIGNING_KEY": signing.KEY,
            "GRAPHISTRY_NEXUS_SIGNING_SALT": signing.SALT,
            "ORG_NAME": "acme",
            "ACTION": action,
            **variables,
        }
        done = subprocess.run(["bash", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False)  # fmt: skip
        assert "canary" not in done.stdout + done.stderr
        return done

    return run


def test_ad24_a_connector_lives_by_the_script(script, alice, bob):
    made = script(
        "create",
        CONNECTOR_NAME="warehouse",
        CONNECTOR_TYPE="Example",
        CONNECTOR_DETAIL='{"host": "dbx.example"}',
        KEYJSON='{"token": "canary-1", "pats": {"alice": "canary-2"}}',
    )
    assert made.returncode == 0, made.stderr
    connector_id = json.loads(made.stdout)["connector_id"]
    connector = Connector.objects.get(connector_id=connector_id)

    def tokens():
        return [read_secrets(connector, person.user)["token"] for person in (alice, bob)]

    assert tokens() == ["canary-2", "canary-1"]
    listed = json.loads(script().stdout)["results"]
    assert [row["name"] for row in listed] == ["warehouse"]
    one = {"CONNECTOR_ID": connector_id}
    assert json.loads(script("get", **one).stdout)["secrets"]["token"]["is_set"] is True

    steps = [
        ("update", {"KEYJSON": '{"bob": "canary-3"}'}, ["canary-2", "canary-3"]),
        ("upsert_pat", {"PAT_KEY": "alice", "PAT_VALUE": "canary-4"}, ["canary-4", "canary-3"]),
        ("delete_pat", {"PAT_KEY": "bob"}, ["canary-4", "canary-1"]),
        ("update_all_pats", {"PATS_CSV": "username,PAT\nbob,canary-5\n"}, ["canary-1", "canary-5"]),
        ("update_all_pats", {"PATS_JSON": '{"alice": "canary-6"}'}, ["canary-6", "canary-1"]),
        ("delete_all_pats", {}, ["canary-1", "canary-1"]),
        ("update", {"KEYJSON": '{"token": "canary-7"}'}, ["canary-7", "canary-7"]),
    ]
    for action, variables, wanted in steps:
        done = script(action, **one, **variables)
        assert done.returncode == 0, (action, done.stderr)
        assert tokens() == wanted, action
    assert script("delete", **one).returncode == 0
    assert Connector.objects.count() == 0


def test_ad24_the_script_with_a_wrong_key_changes_nothing(script):
    wrong = script(
        "create",
        CONNECTOR_NAME="warehouse",
        CONNECTOR_TYPE="example",
        CONNECTOR_DETAIL='{"host": "dbx.example"}',
        KEYJSON='{"token": "canary-1"}',
        GRAPHISTRY_NEXUS_SIGNING_KEY="another",
    )

    assert wrong.returncode == 1
    assert ": 401: The request's signature is not accepted" in wrong.stderr
    assert Connector.objects.count() == 0
    assert AuditEvent.objects.filter(event="connector.signature-refused").count() == 1


def test_the_script_explains_its_variables(script):
    assert "update_all_pats" in script("help").stdout
    assert "ACTION=drop is not one of" in script("drop").stderr

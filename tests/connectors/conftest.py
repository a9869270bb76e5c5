"""An example kind, a connector of the site, and graphs and results in a folder of the test's own."""

import base64

import pytest

from graphkeep.accounts.actor import CONSOLE
from graphkeep.connectors.operations.grants import Grant, set_grants
from graphkeep.connectors.operations.manage import ConnectorFields, create_connector
from graphkeep.sources.databases.registry import connector_kinds
from tests.connectors.example_kind import KIND, Calls


@pytest.fixture(autouse=True)
def example_kind(monkeypatch, settings, tmp_path):
    monkeypatch.setitem(connector_kinds(), KIND.name, KIND)
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = base64.b64encode(b"k" * 32).decode()
    settings.STORE_DIR = tmp_path / "graphs"
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.TMP_DIR = tmp_path / "tmp"
    settings.TMP_DIR.mkdir()
    Calls.reset()


@pytest.fixture
def make_connector(db):
    def make(name="siem", organization=None, grants=(), **fields):
        fields = {
            "settings": {"host": "siem.example"},
            "secrets": {"token": "canary-token"},
        } | fields
        connector = create_connector(
            ConnectorFields(name=name, **fields),
            kind_name="example",
            organization=organization,
            actor=CONSOLE,
        )
        if grants:
            rows = [Grant(username=username, right=right) for username, right in grants]
            set_grants(connector, rows, actor=CONSOLE)
        return connector

    return make

"""A server for the doctor, and object stores, to which backups go too."""

import pytest

from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import (
    Instance,
)
from graphkeep.accounts.operations.reencrypt import check_keys
from graphkeep.server.config.env import Environment
from graphkeep.server.config.secrets import MADE, ensure_secrets
from tests.object_store import new_bucket, object_store
from tests.upkeep.spoilt_servers import Patient, script

__all__ = ["new_bucket", "object_store"]


@pytest.fixture
def patient(tmp_path, settings, monkeypatch, db):
    for name in (*MADE, "AIR_GAPPED", "GRAPHKEEP_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRAPHISTRY_HOME", str(tmp_path))
    (tmp_path / "data/config").mkdir(parents=True, mode=0o750)
    (tmp_path / "data/config").chmod(0o750)
    (tmp_path / "data").chmod(0o750)
    settings.HOME = tmp_path
    settings.DATA_DIR = tmp_path / "data"
    settings.TMP_DIR = tmp_path / "data/tmp"
    database = tmp_path / "data/db.sqlite3"
    ensure_secrets(tmp_path)
    database.write_bytes(b"")
    database.chmod(0o640)
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(database))
    settings.COOKIE_SECURE = True
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = Environment(tmp_path, {}).text_of(
        "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
    )
    get_instance()
    Instance.objects.update(is_claimed=True)
    check_keys()
    made = Patient(tmp_path, settings, monkeypatch)
    # Not the SSH server of the machine that the tests run on.
    script(made, "sshd", "echo passwordauthentication no; echo permitrootlogin no")
    yield made
    for one in made.sockets:
        one.close()

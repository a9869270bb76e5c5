"""A support bundle holds no secret, or is not written; under air gap nobody is offered one."""

import io
import zipfile

import pytest
from django.test import Client

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent
from graphkeep.graph.errors import NotAllowedError, UnavailableError, UserInputError
from graphkeep.server.config.env import KNOWN, Environment
from graphkeep.server.config.secrets import make_encryption_key
from graphkeep.server.process import support
from graphkeep.site.models import SiteSetting
from graphkeep.site.runtime_settings import forget_cached_values
from tests.people import make, person

pytestmark = pytest.mark.django_db
SECRET = "m4il-Server.Pass_word"


@pytest.fixture(autouse=True)
def fresh(settings):
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = make_encryption_key()
    forget_cached_values()
    yield
    forget_cached_values()


def as_admin():
    client = Client()
    root = make("root", "admin")
    root.set_password(SECRET)
    root.save()
    client.force_login(root)
    client.post("/accounts/reauthenticate/", {"password": SECRET})
    return client


def close_gap():
    SiteSetting.objects.create(name="IS_AIR_GAPPED", value="true")
    forget_cached_values()


def test_ad06_a_bundle_tells_whether_a_secret_is_set_and_never_which(monkeypatch):
    monkeypatch.setenv("EMAIL_HOST_PASSWORD", SECRET)
    monkeypatch.setattr(support, "log_end", lambda: f"INFO mail: tried {SECRET} in vain\n")
    bundle = zipfile.ZipFile(io.BytesIO(support.make_bundle()))
    whole = {name.rpartition("/")[2]: bundle.read(name).decode() for name in bundle.namelist()}

    assert SECRET not in "".join(whole.values())
    assert "EMAIL_HOST_PASSWORD=[hidden]  [process environment]" in whole["settings.txt"]
    assert whole["log.txt"] == "INFO mail: tried [hidden] in vain\n"
    names = {line.partition("=")[0] for line in whole["settings.txt"].splitlines()}
    assert names >= set(KNOWN)


def test_ad06_a_bundle_that_still_holds_a_secret_is_not_written():
    redactor = support.Redactor([SECRET])
    for text in (f"a {SECRET}", "Authorization: Bearer abcdefgh12345"):
        with pytest.raises(support.LeakingBundleError, match=r"log\.txt .* nothing was written"):
            support.refuse_leaks({"log.txt": text}, redactor)
    support.refuse_leaks({"log.txt": "all is well"}, redactor)


def test_sh79_under_air_gap_nobody_is_offered_a_bundle_and_none_leaves(settings):
    settings.SUPPORT_URL, settings.SUPPORT_CONTACT = "http://127.0.0.1:9/", "the desk, extension 12"
    client = as_admin()
    page = client.get("/admin-portal/health/").content
    assert (b"Send a support bundle" in page, b"extension 12" in page) == (True, True)
    assert client.get("/admin-portal/support/").status_code == 200
    close_gap()
    page = client.get("/admin-portal/health/").content
    assert (b"Send a support bundle" in page, b"extension 12" in page) == (False, False)
    assert client.get("/admin-portal/support/").status_code == 404
    with pytest.raises(UnavailableError, match="Air gap is on: support does not connect"):
        support.send_bundle(actor=CONSOLE)

    line = AuditEvent.objects.get(event="egress.refused")
    assert (line.target, line.actor) == ("support", "system")
    assert not AuditEvent.objects.filter(event="support.sent").exists()


def test_sh79_support_is_off_until_somebody_configures_it():
    assert support.is_offered() is False
    with pytest.raises(UserInputError, match="SUPPORT_URL is not set"):
        support.send_bundle(actor=CONSOLE)


def test_sh79_only_an_admin_sends_a_bundle(settings):
    settings.SUPPORT_URL = "http://127.0.0.1:9/"
    with pytest.raises(NotAllowedError):
        support.send_bundle(actor=person(make("bob")))


def test_every_declared_secret_is_known_to_the_log(monkeypatch, tmp_path):
    from graphkeep.server.telemetry.logs import declared_secrets

    said = {name: f"value-of-{name}" for name, one in KNOWN.items() if one.secret}
    assert set(declared_secrets(Environment(tmp_path, said))) == set(said.values())

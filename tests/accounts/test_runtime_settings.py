"""SH-40, SH-43, SH-81, SH-82: settings that hold at once, locked by the environment, and no locking oneself out."""

from dataclasses import replace

import pytest

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent
from graphkeep.accounts.operations.runtime_settings import change_setting
from graphkeep.graph.errors import NotAllowedError, UserInputError
from graphkeep.site.models import SiteSetting
from graphkeep.site.runtime_settings import runtime_setting
from tests.people import make, person

pytestmark = pytest.mark.django_db


def test_sh82_a_change_holds_at_once_and_leaves_a_line():
    alice = make("alice", "admin")
    assert runtime_setting("IS_AIR_GAPPED") is False

    change_setting("IS_AIR_GAPPED", "True", actor=person(alice))

    assert runtime_setting("IS_AIR_GAPPED") is True
    line = AuditEvent.objects.get(event="setting.changed")
    assert (line.actor, line.target, line.details) == (
        "alice",
        "IS_AIR_GAPPED",
        {"former": False, "value": True},
    )
    with pytest.raises(NotAllowedError):
        change_setting("IS_AIR_GAPPED", "no", actor=person(make("mallory")))
    assert runtime_setting("IS_AIR_GAPPED") is True


def test_another_process_s_change_arrives_within_a_second(monkeypatch):
    assert runtime_setting("SITE_DOMAIN") == ""
    SiteSetting.objects.create(name="SITE_DOMAIN", value="graphs.example.org")
    monkeypatch.setattr("graphkeep.site.runtime_settings.CACHE_S", 0.0)

    assert runtime_setting("SITE_DOMAIN") == "graphs.example.org"


def test_sh81_what_the_environment_says_wins_and_is_locked(settings):
    declared = settings.RUNTIME_SETTINGS["IS_AIR_GAPPED"]
    settings.RUNTIME_SETTINGS = {
        **settings.RUNTIME_SETTINGS,
        "IS_AIR_GAPPED": replace(
            declared, configured=True, origin="AIR_GAPPED, data/config/custom.env"
        ),
    }
    SiteSetting.objects.create(name="IS_AIR_GAPPED", value="false")

    assert runtime_setting("IS_AIR_GAPPED") is True
    with pytest.raises(UserInputError, match=r"data/config/custom\.env"):
        change_setting("IS_AIR_GAPPED", "false", actor=CONSOLE)


def test_sh40_an_address_list_without_ones_own_address_is_refused():
    alice = person(make("alice", "admin"), address="10.9.9.9")

    with pytest.raises(UserInputError, match="lock you out"):
        change_setting("IP_ALLOWLIST", "192.168.0.0/16", actor=alice)
    change_setting("IP_ALLOWLIST", "192.168.0.0/16, 10.9.0.0/16", actor=alice)
    assert runtime_setting("IP_ALLOWLIST") == ["192.168.0.0/16", "10.9.0.0/16"]
    change_setting("ADMIN_IP_ALLOWLIST", "192.168.7.0/24", actor=CONSOLE)
    assert runtime_setting("ADMIN_IP_ALLOWLIST") == ["192.168.7.0/24"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_DOMAIN", "https://graphs.example.org/"),
        ("SITE_DOMAIN", "a b"),
        ("EMBED_ORIGINS", "intranet.example.org"),
        ("EMBED_ORIGINS", "https://x.example.org/path"),
        ("IP_ALLOWLIST", "10.0.0.0/99"),
        ("REQUIRE_MFA", "sometimes"),
        ("JWT_EXPIRATION_DELTA", "1"),
    ],
)
def test_nonsense_is_refused_in_words(name, value):
    with pytest.raises(UserInputError):
        change_setting(name, value, actor=CONSOLE)
    assert not SiteSetting.objects.exists()

"""Rows of the guide that are seen from outside, or that the guide itself answers."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from graphkeep.server.cli import commands
from graphkeep.server.cli.doctor import TOPICS as TOPICS_OF_THE_COMMAND
from graphkeep.server.docs_site.page_index import pages
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.upkeep.doctor.check import TOPICS
from graphkeep.upkeep.doctor.checks import CHECKS
from graphkeep.upkeep.doctor.run import run_checks
from graphkeep.upkeep.presets import NAMES
from tests.people import make
from tests.rights.table import BROWSER_PAGES, OPEN_PAGES, ROUTES
from tests.rights.test_matrix import HANDLER, portal_pages

DOCS = Path(__file__).parent.parent.parent / "docs"
# What a stranger is answered by 200, of every route that there is.
FOR_STRANGERS = {
    "/healthz", "/share/", "/accounts/login/", "/accounts/signup/", "/accounts/inactive/",
    "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/", "/accounts/password/reset/key/1-x/",
    "/api/v2/g/sso/oidc/login/", "/api/v2/o/acme/sso/oidc/login/",  # clients ask them how to sign in
}  # fmt: skip


def client_of(user=None):
    client = Client()
    client.handler = HANDLER
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.django_db
def test_sh01_a_stranger_who_asks_for_every_route_gets_no_more_than_the_doors():
    make("alice", "admin")
    client = client_of()
    routes = (
        *ROUTES,
        *OPEN_PAGES,
        *BROWSER_PAGES,
        *portal_pages(),
        "/docs/how-to/operate/configure/",
    )
    seen = {}
    for route in routes:
        path = route.format(
            graph="0" * 32,
            file="0" * 32,
            key="AAAAAAAAAA",
            link=1,
            connector="0" * 32,
            query="0" * 32,
        )
        seen[route] = client.get(path).status_code

    assert {route for route, code in seen.items() if code == 200} == FOR_STRANGERS
    assert {code for code in seen.values() if code >= 500} == set()


def test_sh04_the_threat_model_names_who_is_excluded_and_what_each_profile_assumes():
    text = (DOCS / "explanation/threat-model.md").read_text()
    excluded = text.partition("## Attackers out of scope")[2].partition("\n## ")[0]

    assert [
        word for word in ("Root on the host", "malicious Admin", "hardware") if word in excluded
    ] == [
        "Root on the host",
        "malicious Admin",
        "hardware",
    ]
    profiles = text.partition("## Which profile answers which attacker")[2]
    assert re.findall(r"^\| `([\w-]+)` \|", profiles, re.MULTILINE) == list(NAMES)


@pytest.mark.django_db
def test_sh05_each_topic_asks_its_own_questions_alone():
    here = collect_deployment()
    asked = {
        topic: {one.check.check_id for one in run_checks(here, topic=topic, only_fast=True)}
        for topic in TOPICS
    }

    assert asked == {
        topic: {one.check_id for one in CHECKS if one.topic == topic and one.is_fast}
        for topic in TOPICS
    }
    assert TOPICS == TOPICS_OF_THE_COMMAND
    for topic in (*TOPICS, "auth"):
        told = CliRunner().invoke(commands, ["doctor", "--topic", topic, "--help"])
        assert told.exit_code == 0, told.output


@pytest.mark.django_db
def test_sh33_every_setting_of_authentication_is_asked_about_in_one_go():
    found = {
        one.check.check_id: one.result.state
        for one in run_checks(collect_deployment(), topic="auth")
    }

    assert set(found) >= {
        "setting.require-mfa", "setting.jwt-expiration-delta", "setting.jwt-refresh-expiration-delta",
        "setting.session-cookie-age", "setting.session-idle-timeout", "setting.session-absolute-max",
        "setting.graphkeep-sign-ins-per-address", "setting.is-signups-open-after-first",
        "setting.bootstrap-mode", "setting.initial-password-days", "setting.key-max-days",
        "setting.cookie-secure", "people.admins-second-factor", "people.given-passwords",
        "people.shared-accounts", "keys.end", "keys.admin-scope", "network.tls",
    }  # fmt: skip
    assert set(found.values()) <= {"ok", "warning", "error", "skipped"}
    assert not set(found) & {"server.disk", "data.backup", "outside.hsts"}


@pytest.mark.django_db
def test_sh39_no_page_of_the_documentation_loads_anything_from_elsewhere():
    client = client_of(make("bob"))
    foreign = [
        (page.address, loaded)
        for page in pages().values()
        for tag in re.findall(
            r"<(?:link|script|img|iframe|source|form)\b[^>]*>",
            client.get(page.address).content.decode(),
        )
        for loaded in re.findall(r'(?:href|src|action)="([^"]*)"', tag)
        if not re.match(r"/[^/]", loaded)
    ]

    assert foreign == []


def test_sh88_each_way_of_moving_is_described_by_commands_that_exist():
    text = (DOCS / "how-to/harden/data.md").read_text()
    ways = text.partition("## Move it")[2].partition("\n## ")[0]

    assert {"backup", "restore", "stop", "up", "reset"} <= set(
        re.findall(r"`graphkeep ([\w-]+)", ways)
    )
    named = set(re.findall(r"graphkeep ([\w-]+)", ways))
    assert named - set(commands.commands) == set()
    assert ways.count("\n| ") >= 6


@pytest.mark.django_db
def test_ad33_the_guide_names_every_address_of_health():
    line = re.search(r"^- \*\*Health\.\*\*.*?(?=^- )", (DOCS / "how-to/harden/server.md").read_text(),
                     re.MULTILINE | re.DOTALL)  # fmt: skip
    assert line is not None
    named = re.findall(r"`(/[\w/-]+)`", line[0])
    pattern = str(get_resolver().url_patterns[0].pattern)

    assert all(isinstance(one, URLPattern | URLResolver) for one in get_resolver().url_patterns)
    assert len(named) == 6
    client = client_of()
    for path in named:
        assert re.match(pattern, path.lstrip("/"))
        assert client.get(path).json() == {"success": True}

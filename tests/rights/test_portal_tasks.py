"""SH-21: each task of an Admin's has its page, as the documentation says, for Admins alone."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client

from graphkeep.accounts.models import AuditEvent, PersonalKey
from graphkeep.server.cli import commands
from graphkeep.server.portal.site import portal
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.upkeep.doctor.run import run_checks
from tests.people import PASSWORD, make
from tests.rights.test_matrix import HANDLER

PAGE = Path(__file__).parent.parent.parent / "docs/how-to/accounts/administer.md"
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text(), re.MULTILINE)
TASKS = {task: re.findall(r"`(/[\w./-]*)`", where) for task, where, _ in ROWS[2:] if "`/" in where}


def browser(user):
    client = Client()
    client.handler = HANDLER
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_sh21_every_task_has_its_page_for_admins_and_for_nobody_else():
    admin, user = browser(make("alice", "admin")), browser(make("mallory"))
    admin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    stranger = Client()
    stranger.handler = HANDLER
    seen = {}
    for task, addresses in TASKS.items():
        for address in addresses:
            answers = [one.get(address) for one in (admin, user, stranger)]
            seen[task, address] = tuple(one.status_code for one in answers)
            for one in answers:
                b"".join(one.streaming_content) if one.streaming else None

    for_everybody = {"/docs/", "/organizations/"}
    assert seen == {
        (task, address): (200, 200 if address in for_everybody else 404, 302)
        for task, addresses in TASKS.items()
        for address in addresses
    }
    assert len(TASKS) >= 25


@pytest.mark.django_db
def test_sh21_the_doctor_page_shows_state_evidence_and_fixes_of_each_problem():
    admin = browser(make("alice", "admin"))
    admin.post("/accounts/reauthenticate/", {"password": PASSWORD})

    body = html.unescape(admin.get("/admin-portal/doctor/").content.decode())

    problems = [one for one in run_checks(collect_deployment(), only_fast=True) if one.is_bad]
    shown = {one.check.check_id for one in problems if one.result.evidence in body}
    assert problems
    assert shown == {one.check.check_id for one in problems}
    assert all(str(fix) in body for one in problems for fix in one.result.fixes)


def test_sh21_every_page_of_the_portal_s_own_stands_in_the_list_of_tasks():
    listed = {address for addresses in TASKS.values() for address in addresses}

    # A page without a place in the menu is reached from another one, where there is something to do.
    assert {f"/admin-portal/{address}" for menu, _, address, _ in portal.pages if menu} <= listed


def test_sh21_every_command_in_the_list_exists():
    named = re.findall(r"`graphkeep ([\w-]+)(?: ([\w-]+))?", PAGE.read_text())
    for verb, part in named:
        command = commands.commands[verb]
        assert not part or part in getattr(command, "commands", {part: None}), (verb, part)


@pytest.mark.django_db
def test_sh21_an_admin_gives_a_service_account_a_key_in_the_browser():
    alice = make("alice", "admin")
    admin = browser(alice)
    admin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    made = {"username": "loader", "owner": "alice", "days": "30"}
    admin.post("/admin-portal/services/add/", made)
    said = {"service": "loader", "name": "nightly", "scopes": ["upload"], "days": "30",
            "networks": "10.0.0.7/32", "is_server_only": "on"}  # fmt: skip

    told = admin.post("/admin-portal/services/key/", said).content.decode()
    refused = admin.post("/admin-portal/services/key/", {**said, "service": "alice"})

    key = PersonalKey.objects.get()
    assert (key.user.username, key.scopes, key.networks, key.is_server_only) == (
        "loader",
        ["upload"],
        ["10.0.0.7/32"],
        True,
    )
    secret = re.search(rf"{key.key_id}:([0-9a-f]{{32}})", told)
    assert secret is not None
    assert "is a person" in refused.content.decode()
    line = AuditEvent.objects.get(event="key.created")
    assert (line.actor, secret[1] in str(line.details)) == ("alice", False)

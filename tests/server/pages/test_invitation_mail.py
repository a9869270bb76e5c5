"""Invitations are mailed by jobs: a mail server that accepts connections and never answers holds no request."""

import re

import pytest
from django.test import Client

from graphkeep.accounts.models import AuditEvent, Invitation
from graphkeep.accounts.operations.organizations import add_member, create_organization
from graphkeep.jobs.models import Job
from graphkeep.jobs.worker import run_pending
from tests.people import PASSWORD, make, person
from tests.server.pages.mail_connections import connection_count

pytestmark = pytest.mark.django_db


def admin_browser(role="user"):
    alice = make("alice", role)
    acme = create_organization("acme", actor=person(make("root", "admin")))
    add_member(acme, actor=person(make("other-admin", "admin")), user=alice, role="admin")
    client = Client()
    client.force_login(alice)
    return client


def invite(client):
    return client.post(
        "/organizations/acme/", {"invite": "1", "email": "bob@example.org", "role": "member"}
    )


def portal_invite(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client.post(
        "/admin-portal/invite/",
        {"email": "bob@example.org", "role": "user", "days": 7, "organization_role": "member"},
    )


@pytest.mark.parametrize(
    ("role", "send"), [("user", invite), ("admin", portal_invite)], ids=["organization", "portal"]
)
def test_a_mail_server_that_never_answers_holds_no_request(silent_mail_server, role, send):
    answer = send(admin_browser(role))

    assert answer.status_code == 200
    assert re.search(r"/accounts/invitation/[\w-]{20,}/", answer.content.decode())
    assert connection_count(silent_mail_server) == 0
    job = Job.objects.get(kind="account-invitation-mail")
    assert (job.state, job.arguments["email"]) == (Job.State.QUEUED, "bob@example.org")


def test_the_job_tries_once_records_the_failure_and_forgets_the_token(silent_mail_server):
    page = invite(admin_browser()).content.decode()
    token = page.partition("/accounts/invitation/")[2].partition("/")[0]
    assert token
    assert token not in str(list(Job.objects.values()))

    run_pending()

    assert connection_count(silent_mail_server) == 1
    assert Invitation.objects.get(email="bob@example.org").is_open
    job = Job.objects.get(kind="account-invitation-mail")
    assert (job.state, job.arguments) == (Job.State.DONE, {})
    assert AuditEvent.objects.filter(event="mail.failed").count() == 1


def test_a_withdrawn_invitation_is_not_mailed(silent_mail_server):
    client = admin_browser()
    invite(client)
    invitation = Invitation.objects.get(email="bob@example.org")
    client.post("/organizations/acme/", {"withdraw": str(invitation.pk)})

    run_pending()

    assert connection_count(silent_mail_server) == 0
    assert Job.objects.get(kind="account-invitation-mail").arguments == {}

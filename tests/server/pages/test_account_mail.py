"""A password reset is mailed by a job: neither the mail server nor the answer's time tells who has an account."""

import re

import pytest
from django.core import mail
from django.test import Client

from graphkeep.accounts.models import AuditEvent
from graphkeep.jobs.models import Job
from graphkeep.jobs.worker import run_pending
from tests.people import make
from tests.server.pages.mail_connections import connection_count

pytestmark = pytest.mark.django_db


def request_reset(email: str):
    return Client().post("/accounts/password/reset/", {"email": email})


def test_a_mail_server_that_never_answers_holds_no_password_reset(silent_mail_server):
    make("alice")

    answers = [request_reset(f"{name}@example.org") for name in ("alice", "stranger")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/accounts/password/reset/done/")
    ] * 2
    assert connection_count(silent_mail_server) == 0
    assert [job.state for job in Job.objects.filter(kind="account-mail")] == [Job.State.QUEUED] * 2


def test_the_job_records_a_failure_and_forgets_the_mail(silent_mail_server):
    make("alice")
    request_reset("alice@example.org")
    stored = str(list(Job.objects.values()))
    assert ("alice@example.org" in stored, "/reset/key/" in stored) == (False, False)

    run_pending()

    assert connection_count(silent_mail_server) == 1
    job = Job.objects.get(kind="account-mail")
    assert (job.state, job.arguments) == (Job.State.DONE, {})
    assert AuditEvent.objects.filter(event="mail.failed").count() == 1


def test_the_mailed_link_sets_a_new_password(silent_mail_server, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    alice = make("alice")
    request_reset("alice@example.org")
    assert mail.outbox == []

    run_pending()

    (message,) = mail.outbox
    assert message.to == ["alice@example.org"]
    assert [part.mimetype for part in message.alternatives] == ["text/html"]
    path = re.search(r"/accounts/password/reset/key/\S+", message.body)[0]
    browser = Client()
    form = browser.get(path, follow=True)
    browser.post(
        form.redirect_chain[-1][0],
        {"password1": "violet-tram-07-harbour", "password2": "violet-tram-07-harbour"},
    )
    alice.refresh_from_db()
    assert alice.check_password("violet-tram-07-harbour")


def test_without_mail_nothing_is_queued(settings):
    settings.DISABLE_EMAIL = True
    make("alice")

    assert request_reset("alice@example.org").status_code == 200
    assert not Job.objects.filter(kind="account-mail").exists()

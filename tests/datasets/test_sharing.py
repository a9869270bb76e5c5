"""Invitations to a dataset are bounded and mailed by jobs; the list of who can see it is complete."""

import pytest
from django.core import mail
from django.test import Client

from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import Membership, Organization, User
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.sharing import share as sharing
from graphkeep.jobs.worker import run_pending
from tests.people import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return make("alice")


@pytest.fixture
def dataset(alice):
    return Dataset.objects.create(
        owner=alice, organization=alice.organizations.get(), name="flows", privacy="private"
    )


@pytest.fixture
def mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.EMAIL_HOST, settings.DISABLE_EMAIL = "mail.example.org", False


def share(user, dataset, **body):
    return Client().post(
        "/api/v2/share/link/",
        {"obj_pk": dataset.dataset_id, "mode": "private", **body},
        content_type="application/json",
        headers={"Authorization": f"Bearer {issue_token(user)}"},
    )


@pytest.mark.parametrize(
    "invited",
    [5, True, "bob@example.org", {"email": "bob@example.org"}, [5], [None], [["bob"]], ["bob"],
     [{"email": "bob@example.org", "action": "own"}], [f"{'b' * 300}@example.org"],
     ["bob@example.org"] * 101],
    ids=str,
)  # fmt: skip
def test_invitations_that_are_none_are_refused_in_words(alice, dataset, invited):
    answer = share(alice, dataset, invited_users=invited)

    assert answer.status_code == 400
    assert "invited_users" in answer.json()["message"] or "e-mail" in answer.json()["message"]
    assert not dataset.shares.exists()


def test_an_address_that_is_listed_twice_is_invited_once(alice, dataset):
    twice = [
        {"email": "bob@example.org", "action": "10"},
        {"email": "Bob@Example.org", "action": "20"},
    ]

    assert share(alice, dataset, invited_users=twice).status_code == 200

    assert list(dataset.shares.values_list("email", "action")) == [("Bob@Example.org", "20")]


def test_one_person_s_invitations_of_a_day_are_limited(alice, dataset, settings):
    settings.INVITATIONS_PER_USER_DAY = 3
    three = [f"guest{number}@example.org" for number in range(3)]
    assert share(alice, dataset, invited_users=three).status_code == 200
    assert share(alice, dataset, invited_users=three).status_code == 200  # nobody new

    refused = share(alice, dataset, invited_users=[*three, "one-more@example.org"])

    assert refused.status_code == 429
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    assert sorted(dataset.shares.values_list("email", flat=True)) == three
    bob = make("bob")
    other = Dataset.objects.create(
        owner=bob, organization=bob.organizations.get(), privacy="private"
    )
    assert share(bob, other, invited_users=three).status_code == 200


def test_mails_are_limited_even_to_those_who_are_invited_already(
    alice, dataset, settings, mail_server
):
    settings.INVITATIONS_PER_USER_DAY = 3
    body = {"invited_users": ["guest@example.org"], "notify": True}

    codes = [share(alice, dataset, **body).status_code for _ in range(4)]
    run_pending()

    assert codes == [200, 200, 200, 429]
    assert len(mail.outbox) <= 3


def test_invitations_are_mailed_by_a_job_and_not_within_the_request(alice, dataset, mail_server):
    share(alice, dataset, invited_users=["bob@example.org"], notify=True, message="Have a look.")
    assert mail.outbox == []

    run_pending()

    assert [(sent.to, sent.subject.partition("] ")[2] or sent.subject) for sent in mail.outbox] == [
        (["bob@example.org"], "alice shares a graph with you")
    ]
    assert "Have a look." in mail.outbox[0].body


def test_an_invitation_that_is_taken_back_is_not_mailed(alice, dataset, mail_server):
    share(alice, dataset, invited_users=["bob@example.org"], notify=True)
    share(alice, dataset)

    run_pending()

    assert mail.outbox == []


def test_no_more_than_1000_characters_of_a_message_are_mailed(alice, dataset, mail_server):
    share(alice, dataset, invited_users=["bob@example.org"], notify=True, message="§" * 1001)
    run_pending()

    assert mail.outbox[0].body.count("§") == 1000


def test_who_can_see_this_lists_every_member(alice, monkeypatch):
    monkeypatch.setattr(sharing, "MAX_LISTED_MEMBERS", 250)
    acme = Organization.objects.create(slug="acme")
    Membership.objects.create(user=alice, organization=acme)
    join(acme, range(250))
    dataset = Dataset.objects.create(owner=alice, organization=acme, privacy="organization")

    everybody = sharing.people_with_access(dataset)
    join(acme, range(250, 253))
    with_more = sharing.people_with_access(dataset)

    assert [row["who"] for row in everybody] == ["alice", *(f"member{n}" for n in range(250))]
    assert with_more == [*everybody, {"who": "3 more members", "may": "view", "how": "acme"}]


def join(organization, numbers):
    users = User.objects.bulk_create(User(username=f"member{number}") for number in numbers)
    Membership.objects.bulk_create(
        Membership(user=user, organization=organization) for user in users
    )

"""Gateway routes: only an Admin's key signs others out, or makes an address that signs in once."""

import pytest
from django.test import Client

from graphkeep.accounts.actor import ALL_SCOPES, Actor
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import AuditEvent, BrowserSession
from graphkeep.accounts.operations.keys import create_key
from tests.people import make

DATASET = "0" * 32


@pytest.fixture
def root(db):
    return make("root", "admin")


@pytest.fixture
def alice(db):
    return make("alice")


def by_key(user, path, scope="admin"):
    actor = Actor(user=user, credential_kind="session", scopes=ALL_SCOPES)
    key, secret = create_key(user, actor=actor, scopes=[scope])
    return Client().get(path, headers={"Authorization": f"PersonalKey {key.key_id}:{secret}"})


def address_for(root, name):
    return by_key(root, f"/api/v2/generate/single-use-url/?username={name}&dataset_id={DATASET}")


def test_signing_out_ends_sessions_and_tokens_and_leaves_keys(root, alice):
    browser = Client()
    browser.force_login(alice)
    token = {"Authorization": f"Bearer {issue_token(alice)}"}

    answer = by_key(root, "/api/v2/logout-user/username/alice/")

    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert BrowserSession.objects.filter(user=alice).count() == 0
    assert Client().get("/api/v2/datasets/", headers=token).status_code == 401
    assert by_key(alice, "/api/v2/datasets/", "read").status_code == 200
    assert AuditEvent.objects.filter(event="user.signed-out", actor="root").count() == 1


def test_nobody_but_an_admins_key_signs_others_out(root, alice):
    mallory = make("mallory")
    browser = Client()
    browser.force_login(root)
    path = "/api/v2/logout-user/username/alice/"

    assert by_key(mallory, path, "account").status_code == 403
    assert browser.get(path).status_code == 403
    assert Client().get(path).status_code == 401
    assert by_key(root, "/api/v2/logout-user/username/nobody/").status_code == 404


def test_addresses_are_off_unless_the_administrator_says_otherwise(root, alice, settings):
    assert settings.SINGLE_USE_SIGN_IN is False
    assert address_for(root, "alice").status_code == 403


def test_an_address_signs_in_once_and_shows_the_dataset(root, alice, settings):
    settings.SINGLE_USE_SIGN_IN = True
    url = address_for(root, "alice").json()["url"].removeprefix("http://testserver")
    first, second = Client(), Client()

    answer = first.get(url)

    assert answer.headers["Location"] == f"/graph/graph.html?dataset={DATASET}"
    assert first.get("/accounts/sessions/").status_code == 200
    assert second.get(url).status_code == 404
    assert second.get("/accounts/sessions/").status_code == 302
    events = AuditEvent.objects.filter(event__startswith="sign-in.address").order_by("pk")
    assert list(events.values_list("event", "actor")) == [
        ("sign-in.address-made", "root"),
        ("sign-in.address-used", "alice"),
    ]


def test_two_addresses_are_one_sign_in(root, alice, settings):
    settings.SINGLE_USE_SIGN_IN = True
    urls = [address_for(root, "alice").json()["url"] for _ in range(2)]
    statuses = [Client().get(url.removeprefix("http://testserver")).status_code for url in urls]

    assert statuses == [302, 404]


def test_an_address_ends_with_the_persons_sessions_and_when_it_is_over(
    root, alice, settings, monkeypatch
):
    settings.SINGLE_USE_SIGN_IN = True
    ended = address_for(root, "alice").json()["url"].removeprefix("http://testserver")
    by_key(root, "/api/v2/logout-user/username/alice/")
    monkeypatch.setattr("graphkeep.accounts.operations.single_use.LIFE_S", -10)
    over = address_for(root, "alice").json()["url"].removeprefix("http://testserver")

    assert [Client().get(url).status_code for url in (ended, over)] == [404, 404]


def test_no_address_enters_an_admins_account_or_one_that_asks_for_more(root, alice, settings):
    settings.SINGLE_USE_SIGN_IN = True
    make("other-root", "admin")
    alice.must_change_password = True
    alice.save()

    assert [address_for(root, name).status_code for name in ("other-root", "alice")] == [403, 403]
    assert address_for(root, "nobody").status_code == 404

"""The names of allauth that recent proofs rest on are where they were and do what they did."""

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from graphkeep.server.http import reauthentication
from tests.people import PASSWORD, make

pytestmark = pytest.mark.django_db


def test_allauth_still_records_proofs_where_it_did():
    assert (
        reauthentication.record_authentication.__module__ == "allauth.account.internal.flows.login"
    )
    client = Client()
    client.post("/accounts/signup/", {"username": "alice", "email": "alice@example.org", "password": "violet-tram-07-harbour", "password_again": "violet-tram-07-harbour"})  # fmt: skip

    (record,) = client.session[AUTHENTICATION_METHODS_SESSION_KEY]
    assert (record["method"], record.get("reauthenticated")) == ("password", None)


def test_the_portal_asks_again_until_the_password_was_typed_and_after_its_time(settings):
    client = Client()
    client.force_login(make("alice", "admin"))
    again = "/accounts/reauthenticate/?next=%2Fadmin-portal%2F"
    assert client.get("/admin-portal/").headers["Location"] == again
    client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert client.get("/admin-portal/").headers["Location"] == again
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/admin-portal/").status_code == 200

    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert client.get("/admin-portal/").headers["Location"] == again

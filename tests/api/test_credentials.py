"""A request is authenticated once: what the upload middleware read, the view uses, unless a right was revoked since."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import AsyncRequestFactory

from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.operations.keys import create_key, revoke_key
from graphkeep.api.credentials import authenticate_request, authenticate_scope
from tests.people import make, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rights_version_is_read_anew(monkeypatch):
    monkeypatch.setattr("graphkeep.accounts.rights_version.FRESH_S", 0.0)


def request_with(authorization):
    request = AsyncRequestFactory().post(
        "/api/v2/upload/files/x", headers={"Authorization": authorization}
    )
    request.user, request.session = AnonymousUser(), {}
    request.scope["client"] = ("127.0.0.1", 5000)
    return request


def key_of(user):
    key, secret = create_key(user, actor=person(user))
    return key, f"PersonalKey {key.key_id}:{secret}"


def test_an_upload_is_authenticated_once(django_assert_num_queries):
    alice = make("alice")
    request = request_with(key_of(alice)[1])

    actor = authenticate_scope(request.scope)

    with django_assert_num_queries(1):  # the version of everybody's rights
        assert authenticate_request(request) is actor
    assert (actor.user, actor.credential_kind) == (alice, "key")


def test_a_key_that_is_revoked_while_its_upload_arrives_is_refused():
    alice = make("alice")
    key, authorization = key_of(alice)
    request = request_with(authorization)
    authenticate_scope(request.scope)

    revoke_key(key, actor=person(alice))

    with pytest.raises(InvalidCredentialError):
        authenticate_request(request)

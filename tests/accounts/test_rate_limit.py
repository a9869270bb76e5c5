"""The rate limit of sign-ins tells a program when to come back."""

import pytest
from django.test import Client

from tests.people import PASSWORD, make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api-token-auth/", "/api/v2/auth/token/generate"])
def test_a_429_of_the_sign_in_carries_retry_after(settings, path):
    settings.SIGN_INS_PER_ADDRESS = 1
    make("alice")
    wrong = {"username": "alice", "password": "wrong"}
    first = Client().post(path, wrong, content_type="application/json")
    assert (first.status_code, first.headers.get("Retry-After")) == (400, None)

    for password in ("wrong", PASSWORD):
        answer = Client().post(
            path, {**wrong, "password": password}, content_type="application/json"
        )

        assert answer.status_code == 429
        assert 290 <= int(answer.headers["Retry-After"]) <= 300

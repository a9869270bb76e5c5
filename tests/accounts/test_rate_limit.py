"""Rate limits: fixed windows for each subject, and when a refused program may try again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from graphkeep.accounts import rate_limit
from graphkeep.accounts.models import RateLimitCounter
from graphkeep.accounts.rate_limit import RateLimit, RateLimitedError
from tests.people import PASSWORD, make

pytestmark = pytest.mark.django_db
TWO_AN_HOUR = RateLimit(
    name="test", max_hits=2, window=timedelta(hours=1), message="Try again in {wait}."
)


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


def test_a_subject_is_refused_over_its_limit_and_others_are_not():
    for _ in range(2):
        rate_limit.hit(TWO_AN_HOUR, "alice")

    with pytest.raises(RateLimitedError, match=r"^Try again in 60 minutes\.$") as refused:
        rate_limit.hit(TWO_AN_HOUR, "alice")

    assert 3590 <= refused.value.retry_after_s <= 3600
    rate_limit.hit(TWO_AN_HOUR, "bob")
    rate_limit.hit(replace(TWO_AN_HOUR, name="another"), "alice")


def test_a_window_ends_and_rows_of_ended_windows_are_removed():
    for _ in range(2):
        rate_limit.hit(TWO_AN_HOUR, "alice")
    RateLimitCounter.objects.update(started_at=timezone.now() - timedelta(hours=1))
    rate_limit.hit(TWO_AN_HOUR, "alice")
    RateLimitCounter.objects.update(started_at=timezone.now() - timedelta(days=2))

    rate_limit.hit(TWO_AN_HOUR, "bob")

    assert RateLimitCounter.objects.values_list("hits", flat=True).get() == 1


def test_several_hits_at_once_are_undone_and_reset():
    rate_limit.hit(TWO_AN_HOUR, "alice", amount=2)
    rate_limit.undo_hit(TWO_AN_HOUR, "alice")
    rate_limit.hit(TWO_AN_HOUR, "alice")
    rate_limit.reset(TWO_AN_HOUR, "alice")
    rate_limit.hit(TWO_AN_HOUR, "alice", amount=2)

    with pytest.raises(RateLimitedError):
        rate_limit.hit(TWO_AN_HOUR, "alice")


def test_a_counter_does_not_name_its_subject():
    rate_limit.hit(TWO_AN_HOUR, "alice@example.org")

    assert "alice" not in str(RateLimitCounter.objects.values().get())

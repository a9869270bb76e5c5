"""What people take is counted, and bounded where an administrator says so."""

from datetime import timedelta

import pytest
from django.test import Client

from graphkeep.accounts import usage
from graphkeep.accounts.actor import ANONYMOUS, Actor
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import Usage
from tests.people import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    """No thread writes: the test does."""
    monkeypatch.setattr(usage.threading, "Thread", lambda **_: type("T", (), {"start": int, "is_alive": lambda _: True})())  # fmt: skip
    monkeypatch.setattr(usage._UsageBuffer, "thread", None)
    usage._UsageBuffer.pending.clear()
    usage._UsageBuffer.stored.clear()


def test_sh73_bytes_are_counted_by_day_without_a_write_for_each(django_assert_num_queries):
    alice, bob = make("alice"), make("bob")
    with django_assert_num_queries(0):
        for _ in range(1000):
            usage.count_sent(alice.pk, 10)
        usage.count_sent_out(alice.pk, 7)
        usage.count_sent(bob.pk, 5)
    assert usage.downloaded_today(alice.pk) == 10_000
    usage.flush()
    usage.count_sent(alice.pk, 1)
    usage.flush()

    rows = sorted(Usage.objects.values_list("user__username", "sent_bytes", "out_bytes"))
    assert rows == [("alice", 10_001, 7), ("bob", 5, 0)]
    assert usage.usage_summary(alice.pk) == {"today": 10_001, "month": 10_001, "out": 7}


def test_sh73_a_day_that_is_long_ago_is_forgotten():
    alice = make("alice")
    Usage.objects.create(user=alice, day=usage.today() - timedelta(days=100), sent_bytes=1)
    usage.count_sent(alice.pk, 1)
    usage.flush()

    assert list(Usage.objects.values_list("day", flat=True)) == [usage.today()]


def test_sh73_who_took_the_days_measure_is_told_so_and_others_are_not(settings):
    settings.DOWNLOAD_PER_USER_DAY = 1000
    alice, bob = make("alice"), make("bob")
    usage.count_sent(alice.pk, 1000)
    with pytest.raises(
        usage.DownloadQuotaError, match=r"You have used your download quota of 1000 bytes for today"
    ):
        usage.check_download_quota(Actor(user=alice, credential_kind="token"))
    usage.check_download_quota(Actor(user=bob, credential_kind="token"))
    usage.check_download_quota(ANONYMOUS)

    settings.DOWNLOAD_PER_USER_DAY = 0
    usage.check_download_quota(Actor(user=alice, credential_kind="token"))


def test_sh73_the_account_page_tells_what_one_took():
    alice = make("alice")
    usage.count_sent(alice.pk, 2_621_440)
    client = Client()
    client.force_login(alice)

    assert b"The server sent you <strong>2.5 MiB</strong> today" in client.get("/accounts/").content


def test_sh73_a_full_measure_is_a_429_in_words(settings):
    from graphkeep.datasets.models import Dataset

    settings.DOWNLOAD_PER_USER_DAY = 1
    alice = make("alice")
    dataset = Dataset.objects.create(
        owner=alice, organization=alice.organizations.first(), name="x", privacy="private"
    )
    usage.count_sent(alice.pk, 1)
    shown = {"Authorization": f"Bearer {issue_token(alice)}"}
    answer = Client().get(f"/api/view/{dataset.dataset_id}/columns/", headers=shown)

    assert (answer.status_code, "is renewed at midnight" in answer.json()["message"]) == (
        429,
        True,
    )

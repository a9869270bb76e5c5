"""A database of the former release is upgraded in place: models move and are renamed, tables and rows stay."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from graphkeep.accounts.models import AuditEvent, Instance, RateLimitCounter, User
from graphkeep.jobs.models import Job
from graphkeep.site.models import SiteSetting

FORMER_RELEASE = [
    ("accounts", "0008_compute_permissions"),
    ("datasets", "0003_pins"),
    ("jobs", "0003_pauses"),
    ("site", None),
]
AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_rows_of_the_former_release_are_there_after_the_upgrade():
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(FORMER_RELEASE)
    try:
        fill_former_release(executor.loader.project_state(FORMER_RELEASE[:-1]).apps)
        former_schema = schema()
    finally:
        MigrationExecutor(connection).migrate(latest)

    assert schema() == former_schema
    assert list(SiteSetting.objects.values_list("name", "value")) == [
        ("SITE_DOMAIN", "graphs.example.org")
    ]
    assert list(AuditEvent.objects.values_list("event", "actor", "at")) == [
        ("sign-in", "alice", AT)
    ]
    assert list(
        User.objects.order_by("pk").values_list("username", "owner__username", "email_verified")
    ) == [("alice", None, True), ("loader", "alice", False)]
    assert Instance.objects.get().key_check == "gk1.0123abcd.token"
    assert list(RateLimitCounter.objects.values_list("key", "hits", "started_at")) == [
        ("a" * 64, 7, AT)
    ]
    assert list(Job.objects.values_list("kind", "heartbeat_at")) == [("prepare", AT)]


def fill_former_release(apps):
    def create(model, **fields):
        return apps.get_model(model).objects.create(**fields)

    create("accounts.SiteSetting", name="SITE_DOMAIN", value="graphs.example.org")
    create("accounts.AuditLine", event="sign-in", actor="alice", at=AT)
    alice = create("accounts.User", username="alice", has_proven_email=True)
    create("accounts.User", username="loader", kind="service", guardian=alice)
    create("accounts.Instance", sentinel="gk1.0123abcd.token")
    create("accounts.SignInFailures", name_hash="a" * 64, count=7, window_started_at=AT)
    create("jobs.Job", kind="prepare", state="running", beat_at=AT)


def schema():
    """The columns of every table of accounts and jobs, by name."""
    with connection.cursor() as cursor:
        tables = sorted(
            table
            for table in connection.introspection.table_names(cursor)
            if table.startswith(("accounts_", "jobs_", "site_"))
        )
        describe = connection.introspection.get_table_description
        return {
            table: sorted(column.name for column in describe(cursor, table)) for table in tables
        }

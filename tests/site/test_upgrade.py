"""A database of the former release is upgraded in place: models move and are renamed, tables and rows stay."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from graphkeep.accounts.models import AuditEvent
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
        executor = MigrationExecutor(connection)
        executor.migrate(latest)

    assert schema() == former_schema
    assert list(SiteSetting.objects.values_list("name", "value")) == [
        ("SITE_DOMAIN", "graphs.example.org")
    ]
    assert list(AuditEvent.objects.values_list("event", "actor", "at")) == [
        ("sign-in", "alice", AT)
    ]


def fill_former_release(apps):
    apps.get_model("accounts", "SiteSetting").objects.create(
        name="SITE_DOMAIN", value="graphs.example.org"
    )
    apps.get_model("accounts", "AuditLine").objects.create(event="sign-in", actor="alice", at=AT)


def schema():
    """Every table's columns, by name."""
    with connection.cursor() as cursor:
        return {
            table: sorted(
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            )
            for table in sorted(connection.introspection.table_names(cursor))
        }

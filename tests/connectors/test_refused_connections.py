"""A connection that the egress gateway refuses is recorded by the thread that asked for it, in its transaction."""

import threading

import pytest
from django.db import transaction

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.check import check_connector
from graphkeep.connectors.operations.manage import ConnectorFields, create_connector
from graphkeep.site.events import egress_refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inside():
    settings = {"host": "127.0.0.1", "port": 9, "tls": False}
    fields = ConnectorFields(name="inside", settings=settings)
    return create_connector(fields, kind_name="http", organization=None, actor=CONSOLE)


def test_a_refusal_is_reported_by_the_thread_that_checks(inside):
    threads = []

    def note(**_):
        threads.append(threading.current_thread())

    egress_refused.connect(note)
    try:
        result = check_connector(inside, actor=CONSOLE)
    finally:
        egress_refused.disconnect(note)

    assert result.stage == "policy"
    assert threads == [threading.current_thread()]
    refused = AuditEvent.objects.get(event="egress.refused")
    assert refused.target == inside.component
    assert "127.0.0.1" in refused.details["why"]


def test_a_refusal_within_a_transaction_waits_for_no_lock_and_is_undone_with_it(inside):
    count = AuditEvent.objects.count()
    with transaction.atomic():
        Connector.objects.filter(pk=inside.pk).update(name="renamed")
        result = check_connector(inside, actor=CONSOLE)
        assert AuditEvent.objects.filter(event="egress.refused").count() == 1
        transaction.set_rollback(True)

    assert result.stage == "policy"
    assert AuditEvent.objects.count() == count

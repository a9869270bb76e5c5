"""Resume the queries over bridges whose process ended: a bridge has run them, or still does, and stores the answers."""

import logging
import threading
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from graphkeep.accounts.actor import ALL_SCOPES, Actor
from graphkeep.connectors.execution.active_run import ActiveRun
from graphkeep.connectors.execution.execute import MAX_THREADS, start
from graphkeep.connectors.execution.monitor import (
    HEARTBEAT_S,
    STALE_AFTER,
    end_stale_runs,
    finish,
    monitor,
    resumable_runs,
    stale_runs,
)
from graphkeep.connectors.execution.results import ResultSpool
from graphkeep.connectors.models import Connector, QueryRun, new_id
from graphkeep.connectors.operations.run_query import asked_query, check_policy
from graphkeep.connectors.policy import limits_of
from graphkeep.graph.errors import GraphkeepError

logger = logging.getLogger(__name__)
WATCH_S = 90.0  # longer than a process that was replaced takes to end
PERIOD_S = 1.0
RESUME_AFTER = timedelta(seconds=6 * HEARTBEAT_S)


def resume_queries_for_a_while(stopping: threading.Event) -> None:
    """Resume what the process before this one left, which may still be ending. Returns after `WATCH_S`."""
    try:
        for _ in range(int(WATCH_S / PERIOD_S)):
            try:
                recover_stale_runs(older_than=RESUME_AFTER)
            except DatabaseError:
                logger.exception("queries of an earlier process cannot be read")
            if stopping.wait(PERIOD_S):
                return
    finally:
        connection.close()


def recover_stale_runs(*, older_than: timedelta = STALE_AFTER) -> int:
    """Resume queries without a heartbeat in this process, and end those that cannot be resumed. Their number."""
    if not stale_runs(min(older_than, STALE_AFTER)).exists():
        return 0  # without a write, which would lock SQLite
    count = end_stale_runs()
    stale = stale_runs(older_than).filter(pk__in=resumable_runs().values("pk"))
    for run in stale.select_related("connector", "user"):
        if len(monitor) >= MAX_THREADS:
            break
        if run.pk not in monitor:  # a process that was suspended still has its own
            count += resume_query(run)
    return count


def resume_query(run: QueryRun) -> bool:
    """Fetch the answer of a query from its bridge, in a thread of its own; whether no other process did so first.

    The bridge runs it only if it was never asked. What has changed since then counts: the record names the reason
    where the policy refuses the query now, the right is gone, or another bridge holds the slot.
    """
    owner = new_id()
    is_ours = QueryRun.objects.filter(
        pk=run.pk, state__in=QueryRun.ACTIVE, owner=run.owner, heartbeat_at=run.heartbeat_at
    ).update(owner=owner, state=QueryRun.State.QUEUED, heartbeat_at=timezone.now())
    connector = run.connector
    if not is_ours or connector is None:
        return bool(is_ours)
    logger.info("query %s is resumed", run.run_id)
    run.owner, run.state = owner, QueryRun.State.QUEUED
    active = active_run(run, connector)
    active.spool.discard()  # rows that the earlier process had; they come again
    try:
        query = asked_query(run)
        checked = check_policy(connector, query, actor=active.actor)
    except GraphkeepError as error:
        finish(active, state=QueryRun.State.FAILED, stage="policy", message=error.message[:500])
        return True
    transaction.on_commit(lambda: start(active, query, checked))
    return True


def active_run(run: QueryRun, connector: Connector) -> ActiveRun:
    # The right was proven by the credential that asked; what is checked again is that the person still has it.
    actor = Actor(user=run.user, credential_kind="session", scopes=ALL_SCOPES)
    return ActiveRun(
        run=run,
        actor=actor,
        right=run.right,
        owner=run.owner,
        max_seconds=float(limits_of(connector).max_seconds),
        spool=ResultSpool(run.run_id),
    )

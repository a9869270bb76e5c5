"""Run one query to its end: wait for its turn, fetch batches within the limits, store the rows."""

import logging
import threading
import time

import pyarrow as pa
from django.db import connection, transaction
from django.utils import timezone

from graphkeep.accounts.rights_version import read_version
from graphkeep.connectors.execution.active_run import RIGHT_LOST, ActiveRun, Ending
from graphkeep.connectors.execution.monitor import end_stale_runs, finish, monitor
from graphkeep.connectors.execution.results import delete_result
from graphkeep.connectors.execution.sessions import connector_errors, open_session
from graphkeep.connectors.models import Connector, QueryRun
from graphkeep.connectors.policy import ConnectorLimits, limits_of
from graphkeep.graph.errors import BusyError, GraphkeepError
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, SourceQuery
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.telemetry import metrics
from graphkeep.telemetry.context import work_context
from graphkeep.telemetry.tracing import span

logger = logging.getLogger(__name__)
MAX_THREADS = 32  # of a process, those that wait for their turn included
TURN_POLL_S = 0.1
MAX_WAIT_S = 60.0
CANCEL_WAIT_S = 2.0


class Stopped(Exception):  # noqa: N818  # not an error: the query was asked to end
    """The query was asked to end; `ActiveRun.ending` says why."""


def check_capacity() -> None:
    """Raises BusyError: this process runs as many queries as it may."""
    if len(monitor) >= MAX_THREADS:
        raise BusyError("As many queries run as this server allows at once; try again soon.")


def start(active: ActiveRun, query: SourceQuery, checked: CheckedQuery) -> threading.Thread:
    """Run a query in a thread of its own."""
    monitor.add(active)
    thread = threading.Thread(
        target=run_in_thread,
        args=(active, query, checked),
        daemon=True,
        name=f"query-{active.run.run_id[:8]}",
    )
    thread.start()
    return thread


def run_in_thread(active: ActiveRun, query: SourceQuery, checked: CheckedQuery) -> None:
    try:
        execute(active, query, checked)
    finally:
        connection.close()


def execute(active: ActiveRun, query: SourceQuery, checked: CheckedQuery) -> None:
    """Run a query to its end; how it ended is in its record."""
    started_at = time.monotonic()
    with (
        work_context(f"query-{active.run.run_id}"),
        span("query", connector__kind=kind_of_run(active)),
    ):
        try:
            wait_for_turn(active)
            is_cut, total_rows = fetch(active, query, checked)
            store_result(active, is_cut=is_cut, total_rows=total_rows)
        except Stopped:
            finish(active)
        except ConnectorError as error:
            active.end(
                Ending(
                    state=QueryRun.State.FAILED,
                    stage=error.stage,
                    message=error.message,
                    advice=error.advice,
                )
            )
            finish(active)
        except GraphkeepError as error:
            active.end(Ending(state=QueryRun.State.FAILED, stage="query", message=error.message))
            finish(active)
        except Exception:
            # A driver's own error: its text may hold values or credentials, so people get a reference.
            logger.exception("query %s failed", active.run.run_id)
            message = f"An internal error ended the query; see query {active.run.run_id} in the server's log."
            active.end(Ending(state=QueryRun.State.FAILED, stage="query", message=message))
            finish(active)
        finally:
            monitor.remove(active)
            if not active.is_taken_over:
                active.spool.discard()
            measure(active, time.monotonic() - started_at)


def store_result(active: ActiveRun, *, is_cut: bool, total_rows: int | None) -> None:
    """Move the rows into the store, unless the query was ended or its right lost. Raises Stopped, DiskFullError."""
    active.check_rights(read_version())  # a short query may be over before the monitor looks
    has_result = active.spool.store()
    is_recorded = active.ending is None and finish(
        active,
        has_result=has_result,
        state=QueryRun.State.DONE,
        is_cut=is_cut,
        total_rows=total_rows,
    )
    if not is_recorded and not active.is_taken_over:
        delete_result(active.run.run_id)
    if not is_recorded:
        raise Stopped


def kind_of_run(active: ActiveRun) -> str:
    return active.run.connector.kind if active.run.connector is not None else ""


def measure(active: ActiveRun, seconds: float) -> None:
    row = QueryRun.objects.filter(pk=active.run.pk).values_list("state", "stage").first()
    state, stage = row or ("deleted", "")
    kind = kind_of_run(active)
    metrics.inc("connector_queries_total", kind=kind, outcome=stage or state)
    metrics.observe("connector_query_seconds", seconds, kind=kind)
    metrics.inc("connector_rows_total", active.row_count, kind=kind)
    metrics.inc("connector_bytes_total", active.bytes_count, kind=kind)


def wait_for_turn(active: ActiveRun) -> None:
    """Wait until fewer queries run than the connector and the person may have at once.

    Raises:
        Stopped: the query was asked to end.
        ConnectorError: no turn came in time.
    """
    waits_until = time.monotonic() + MAX_WAIT_S
    while not take_turn(active):
        if active.ending is not None:
            raise Stopped
        if time.monotonic() > waits_until:
            raise ConnectorError(
                "timeout",
                "Other queries to this connector took the whole waiting time.",
                advice="Try again later, or ask for a higher limit of parallel queries.",
            )
        time.sleep(TURN_POLL_S)
    active.start_clock()


def take_turn(active: ActiveRun) -> bool:
    """Mark the query as running if both limits allow it, in one transaction."""
    with transaction.atomic():
        connector = Connector.objects.select_for_update().filter(runs=active.run).first()
        if connector is None:
            active.end(RIGHT_LOST)
            raise Stopped
        end_stale_runs()
        limits: ConnectorLimits = limits_of(connector)
        running = QueryRun.objects.filter(connector=connector, state=QueryRun.State.RUNNING)
        if running.count() >= limits.parallel:
            return False
        user = active.actor.user
        if user is not None and running.filter(user=user).count() >= limits.parallel_per_person:
            return False
        now = timezone.now()
        taken = active.records.filter(state=QueryRun.State.QUEUED).update(
            state=QueryRun.State.RUNNING, started_at=now, heartbeat_at=now
        )
        if taken:
            Connector.objects.filter(pk=connector.pk).update(last_used_at=now)
            active.run.state = QueryRun.State.RUNNING
            return True
    raise Stopped  # it was recorded as over meanwhile


def fetch(active: ActiveRun, query: SourceQuery, checked: CheckedQuery) -> tuple[bool, int | None]:
    """Fetch batches until the end or a limit; whether a limit cut them, and the total that the source told.

    Raises:
        Stopped: the query was asked to end.
        ConnectorError: the source failed.
        DiskFullError: there is no room for the rows.
    """
    connector = Connector.objects.get(runs=active.run)
    limits = limits_of(connector).of_a_query()
    session = open_session(
        connector,
        actor=active.actor,
        limits=limits,
        query=query,
        query_id=active.run.run_id,
        bridge_instance=active.run.bridge_instance,
        on_bridge_ask=active.record_bridge,
    )
    active.session = session
    try:
        is_cut = False
        with connector_errors():
            for batch in session.run(checked):
                stop_if_asked(active)
                kept = within_limits(batch, active, limits)
                is_cut = kept.num_rows < batch.num_rows
                if kept.num_rows or active.row_count == 0:
                    active.spool.write(kept)
                    active.row_count += kept.num_rows
                    active.bytes_count += kept.nbytes
                if is_cut:
                    break
            stop_if_asked(active)
            total_rows = session.total_rows()
        if is_cut:
            active.cancel_at_source(wait_s=CANCEL_WAIT_S)
    except ConnectorError:
        stop_if_asked(active)  # the source's error is then only the echo of the cancellation
        raise
    else:
        has_more = total_rows is not None and total_rows > active.row_count
        return is_cut or has_more, total_rows
    finally:
        session.close()


def stop_if_asked(active: ActiveRun) -> None:
    if active.ending is not None or active.is_over:
        raise Stopped


def within_limits(batch: pa.RecordBatch, active: ActiveRun, limits: QueryLimits) -> pa.RecordBatch:
    """The rows of a batch that the limits of rows and bytes leave, from its start."""
    rows = min(batch.num_rows, limits.max_rows - active.row_count)
    free_bytes = limits.max_bytes - active.bytes_count
    if batch.num_rows and batch.nbytes > free_bytes:
        rows = min(rows, int(batch.num_rows * max(free_bytes, 0) / batch.nbytes))
    return batch.slice(0, max(rows, 0))

"""A query that this process runs, as its fetching thread and the monitor share it."""

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import User
from graphkeep.connectors.bridge.session import BridgeSourceSession
from graphkeep.connectors.execution.results import ResultSpool
from graphkeep.connectors.models import Connector, QueryRun, new_id
from graphkeep.connectors.queries import ORDER, right_of
from graphkeep.sources.databases.connector_kind import SourceSession
from graphkeep.sources.databases.stages import ConnectorError

logger = logging.getLogger(__name__)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a query ends: its state, and for a failure the stage and a message without values."""

    state: QueryRun.State
    stage: str = ""
    message: str = ""
    advice: str = ""


CANCELLED = Ending(state=QueryRun.State.CANCELLED, message="The query was cancelled.")
RIGHT_LOST = Ending(
    state=QueryRun.State.CANCELLED,
    stage="permission",
    message="The right to this connector was taken away while the query ran.",
)
SERVER_STOPS = Ending(
    state=QueryRun.State.INTERRUPTED, message="The server was restarted while the query ran."
)


@dataclass
class ActiveRun:
    """`deadline` is a monotonic time, set once the query has its turn."""

    run: QueryRun
    actor: Actor
    right: str
    max_seconds: float
    spool: ResultSpool
    session: SourceSession | None = None
    deadline: float = float("inf")
    row_count: int = 0
    bytes_count: int = 0
    ending: Ending | None = None
    ending_at: float = 0.0
    rights_version: int = -1
    is_cancel_sent: bool = False
    cancel_thread: threading.Thread | None = None
    is_over: bool = False
    owner: str = field(default_factory=new_id)
    heartbeat_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start_clock(self) -> None:
        self.deadline = time.monotonic() + self.max_seconds

    def end(self, ending: Ending) -> None:
        """Ask the query to end; the first reason counts."""
        with self.lock:
            if self.ending is None:
                self.ending, self.ending_at = ending, time.monotonic()

    def check_deadline(self) -> None:
        if time.monotonic() > self.deadline:
            self.end(
                Ending(
                    state=QueryRun.State.FAILED,
                    stage="timeout",
                    message=f"The query took longer than {self.max_seconds:g} seconds.",
                    advice="Ask for less: a shorter time range, fewer columns, or a narrower filter.",
                )
            )

    def check_rights(self, rights_version: int) -> None:
        """End the query if its connector is disabled or gone, or the person lost the right; as of this version."""
        if rights_version == self.rights_version:
            return
        self.rights_version = rights_version
        if not self.is_allowed():
            self.end(RIGHT_LOST)

    def is_allowed(self) -> bool:
        connector = Connector.objects.filter(runs=self.run, is_enabled=True).first()
        if connector is None:
            return False
        actor = self.actor
        if actor.user is not None:
            user = User.objects.filter(pk=actor.user.pk).first()
            if user is None or not user.is_active_now:
                return False
            actor = replace(actor, user=user)
        return ORDER.index(right_of(actor, connector)) >= ORDER.index(self.right)

    def cancel_at_source(self, *, wait_s: float = 0.0) -> None:
        """Tell the source once, in a thread of its own: a source that hangs must not hold up the others."""
        if self.session is None or self.is_cancel_sent:
            return
        self.is_cancel_sent = True
        session = self.session

        def cancel() -> None:
            try:
                session.cancel()
            except Exception:
                # Whatever a driver raises: the query is given up in any case.
                logger.exception("query %s could not be cancelled at its source", self.run.run_id)
            finally:
                connection.close()  # a refused connection is recorded in the audit log

        thread = threading.Thread(target=cancel, daemon=True, name=f"cancel-{self.run.run_id[:8]}")
        thread.start()
        self.cancel_thread = thread
        thread.join(wait_s)

    def wait_for_cancel(self, timeout_s: float) -> None:
        """Wait until the source was told to cancel, if it is being told."""
        if self.cancel_thread is not None:
            self.cancel_thread.join(timeout_s)

    def write_heartbeat(self) -> None:
        """Write progress and the heartbeat, for other processes."""
        self.heartbeat_at = time.monotonic()
        is_ours = self.records.update(
            row_count=self.row_count, bytes_count=self.bytes_count, heartbeat_at=timezone.now()
        )
        if not is_ours:
            if self.is_taken_over:
                self.detach()
            self.is_over = True

    @property
    def records(self) -> QuerySet[QueryRun]:
        """The record while it is active and no other process has taken the query over."""
        return QueryRun.objects.filter(pk=self.run.pk, state__in=QueryRun.ACTIVE, owner=self.owner)

    @property
    def is_taken_over(self) -> bool:
        """Whether another process resumes the query, which took this one for dead."""
        return QueryRun.objects.filter(pk=self.run.pk).exclude(owner=self.owner).exists()

    def record_bridge(self, instance: str) -> None:
        """Record the bridge before it is asked. Raises ConnectorError: another process has the query."""
        if not self.records.update(bridge_instance=instance):
            raise ConnectorError("query", "The query goes on in another process.")

    def hand_over(self) -> None:
        """Leave a query of a bridge to the next process, which resumes its answer at once."""
        self.detach()  # first: who sees that it is over ends the query at its source
        self.is_over = True
        self.records.update(owner="", heartbeat_at=LONG_AGO)

    def detach(self) -> None:
        """Stop fetching an answer without ending the query at the bridge."""
        if isinstance(self.session, BridgeSourceSession):
            self.session.detach()

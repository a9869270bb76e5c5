"""Runs the queries of one slot at its source, under the bridge's own policy, into the journal."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from graphkeep.bridge.connector_env import SlotConfig
from graphkeep.bridge.frames import Ask, End, FrameError, encode_batch, encode_frame, fragments_of
from graphkeep.bridge.journal import (
    INTERRUPTED,
    Entry,
    Journal,
    JournalFullError,
    OtherRequestError,
)
from graphkeep.bridge.requests import SourceRequest, decode_request
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.outbound import Outbound
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.databases.check import check_query
from graphkeep.sources.databases.connector_kind import ConnectionContext, SourceSession
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError

logger = logging.getLogger(__name__)
GRACE_S = 1.0  # beyond the time limit, for a source that ends by itself
MAX_BATCH_BYTES = 8 << 20


class QueryRunner:
    """`config` may be replaced while queries run; those keep theirs."""

    def __init__(
        self,
        config: SlotConfig,
        journal: Journal,
        gateway: Gateway,
        *,
        is_air_gapped: bool = False,
        files_folder: Path | None = None,
    ) -> None:
        self.config, self.journal, self.gateway = config, journal, gateway
        self.is_air_gapped, self.files_folder = is_air_gapped, files_folder
        self._running: dict[str, RunningQuery] = {}
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self.outbound = self._allow_hosts()

    def reconfigure(self, config: SlotConfig) -> None:
        """Use another configuration for the queries from now on."""
        self.config = config
        self.outbound = self._allow_hosts()

    def _allow_hosts(self) -> Outbound:
        component = f"connector:{self.config.slot}"
        self.gateway.forbid(component)
        self.gateway.allow(
            *(
                Endpoint(
                    component=component,
                    host=host,
                    port=port,
                    may_be_inside=True,
                    must_be_inside=self.is_air_gapped,
                )
                for host, port in self.config.allowed_hosts
            )
        )
        return Outbound(self.gateway, component)

    def ask(self, ask: Ask) -> Entry | End:
        """The entry of a query, which is started unless its id is known; an end if it is refused.

        The id is on the disk before the source is asked, so a query is never run twice.
        """
        try:
            entry, is_new = self.journal.begin(ask)
        except (OtherRequestError, JournalFullError) as error:
            return End(query_id=ask.query_id, state="failed", stage="query", message=error.message)
        if is_new:
            with self._lock:
                is_busy = len(self._running) >= self.config.max_parallel
                query = RunningQuery(self, ask, entry)
                if not is_busy:
                    self._running[ask.query_id] = query
            if is_busy:
                text = f"The bridge runs {self.config.max_parallel} queries of this slot already."
                entry.finish(
                    End(query_id=ask.query_id, state="failed", stage="policy", message=text)
                )
            else:
                name = f"query {ask.query_id[:8]}"
                threading.Thread(target=query.run, name=name, daemon=True).start()
        return entry

    def cancel(self, query_id: str) -> None:
        with self._lock:
            query = self._running.get(query_id)
        if query is not None:
            query.cancel("cancelled")

    def cancel_all(self, reason: Literal["cancelled", "interrupted"]) -> None:
        with self._lock:
            running = list(self._running.values())
        for query in running:
            query.cancel(reason)

    def wait_until_idle(self, timeout_s: float) -> None:
        """Wait until no query runs."""
        with self._lock:
            self._idle.wait_for(lambda: not self._running, timeout_s)

    @property
    def running_count(self) -> int:
        return len(self._running)

    def ended(self, query_id: str) -> None:
        with self._lock:
            self._running.pop(query_id, None)
            self._idle.notify_all()


class RunningQuery:
    """One query at the source, in a thread of its own."""

    def __init__(self, runner: QueryRunner, ask: Ask, entry: Entry) -> None:
        self.runner, self.ask, self.entry = runner, ask, entry
        self.config = runner.config
        self.rows = 0
        self.sent_bytes = 0
        self.is_cut = False
        self.cancelled_as = ""
        self._session: SourceSession | None = None
        self._lock = threading.Lock()

    def cancel(self, reason: str) -> None:
        """End the query at the source."""
        with self._lock:
            self.cancelled_as = self.cancelled_as or reason
            session = self._session
        if session is not None:
            try:
                session.cancel()
            except (ConnectorError, OSError):
                logger.warning("cancelling the query %s failed", self.ask.query_id)

    def run(self) -> None:
        started = time.monotonic()
        try:
            end = self._run()
        except QueryRefusedError as error:
            end = self._failed("policy", error.message, error.advice, error.position)
        except ConnectorError as error:
            end = self._failed(error.stage, error.message, error.advice)
        except EgressForbiddenError as error:
            end = self._failed("policy", str(error))
        except GraphkeepError as error:
            end = self._failed("query", error.message)
        except Exception:  # the outermost loop of this thread
            logger.exception("the query %s failed in the bridge", self.ask.query_id)
            end = self._failed("query", "The bridge could not run this; its log has the reason.")
        try:
            self.entry.finish(end)
        except OSError:
            logger.exception("the end of the query %s could not be stored", self.ask.query_id)
        finally:
            self.runner.ended(self.ask.query_id)
        logger.info(
            "%s of slot %s %s: %d rows in %d ms%s",
            self.ask.operation,
            self.config.slot,
            end.state,
            end.rows,
            (time.monotonic() - started) * 1000,
            f", at stage {end.stage}" if end.stage else "",
        )

    def _failed(
        self, stage: str, message: str, advice: str = "", position: int | None = None
    ) -> End:
        if self.cancelled_as == "timeout":
            stage, message, advice = "timeout", "The query took longer than its limit.", ""
        if self.cancelled_as == "interrupted":
            return End(query_id=self.ask.query_id, state="interrupted", message=INTERRUPTED)
        return End(
            query_id=self.ask.query_id,
            state="cancelled" if self.cancelled_as == "cancelled" else "failed",
            rows=self.rows,
            stage=stage,
            message=message,
            advice=advice,
            position=position,
        )

    def _run(self) -> End:
        try:
            request = decode_request(self.ask.request)
        except FrameError as error:
            raise ConnectorError("query", error.message) from error
        config = self.config
        if request.kind != config.kind.name:
            raise ConnectorError(
                "policy",
                f"The slot {config.slot} is of the kind {config.kind.name} here, not {request.kind}.",
            )
        settings = own_or_sent_settings(config, request)
        limits = lower_limits(config.limits, request.limits)
        checked = None
        if self.ask.operation == "query":
            if request.query is None:
                raise ConnectorError("query", "There is no query.")
            checked = check_query(config.kind, request.query, config.policy, limits, settings)
        context = ConnectionContext(
            settings=settings,
            secrets=config.secrets or request.secrets,
            outbound=self.runner.outbound,
            limits=limits,
            files_folder=self.runner.files_folder,
        )
        timer = threading.Timer(limits.max_seconds + GRACE_S, self.cancel, ("timeout",))
        timer.daemon = True
        timer.start()
        try:
            session = config.kind.open(context)
            try:
                with self._lock:
                    self._session = session
                    cancelled = self.cancelled_as
                if cancelled:
                    raise ConnectorError("query", "Cancelled.")
                if checked is not None:
                    return self._rows(session, checked, limits)
                return self._value(session)
            finally:
                session.close()
        finally:
            timer.cancel()

    def _rows(self, session: SourceSession, checked: Any, limits: QueryLimits) -> End:
        for batch in self._within_limits(session.run(checked), limits):
            for part in sent_parts(batch):
                fragments = fragments_of(encode_batch(part))
                for number, fragment in enumerate(fragments, 1):
                    self.entry.append(fragment, is_last=number == len(fragments))
        if self.cancelled_as and not self.is_cut:
            return self._failed("query", "Cancelled.")
        return End(
            query_id=self.ask.query_id,
            state="finished",
            rows=self.rows,
            is_cut=self.is_cut,
            total=session.total_rows(),
        )

    def _within_limits(
        self, batches: Iterator[pa.RecordBatch], limits: QueryLimits
    ) -> Iterator[pa.RecordBatch]:
        """Batches up to the limits of rows and bytes; no batch beyond the one that passes them is fetched."""
        for batch in batches:
            left = limits.max_rows - self.rows
            if batch.num_rows > left or self.sent_bytes + batch.nbytes > limits.max_bytes:
                self.is_cut = True
                if self.sent_bytes + batch.nbytes > limits.max_bytes:
                    share = (limits.max_bytes - self.sent_bytes) / max(batch.nbytes, 1)
                    left = min(left, int(batch.num_rows * share))
                batch = batch.slice(0, left)  # noqa: PLW2901
            self.rows += batch.num_rows
            self.sent_bytes += batch.nbytes
            if batch.num_rows or not self.is_cut:
                yield batch
            if self.is_cut:
                session = self._session
                if session is not None:
                    session.cancel()
                return

    def _value(self, session: SourceSession) -> End:
        value: Any = None
        if self.ask.operation == "test":
            session.test()
        elif self.ask.operation == "audit":
            value = [asdict(finding) for finding in session.audit()]
        else:
            value = asdict(session.schema())
        end = End(query_id=self.ask.query_id, state="finished", value=value)
        encode_frame(end)  # raises FrameError if it is too large to be sent
        return end


def own_or_sent_settings(config: SlotConfig, request: SourceRequest) -> Mapping[str, Any]:
    """The bridge's own settings, or else the server's, if they lead to a host that the bridge allows.

    Raises:
        QueryRefusedError: the bridge does not allow this host, or a file of this machine.
    """
    if config.settings is not None:
        return config.settings
    prefix = config.slot.upper().replace("-", "_")
    for each in config.kind.fields:
        if each.kind == "file" and request.settings.get(each.name):
            raise QueryRefusedError(
                f"Files of the bridge's machine are named by the bridge only: {prefix}_{each.name.upper()}."
            )
    try:
        config.kind.check_settings(request.settings)
        endpoints = config.kind.endpoints(request.settings)
    except (KeyError, TypeError, AttributeError) as error:
        raise QueryRefusedError("The settings that the server sent are not complete.") from error
    for host, port in endpoints:
        if (host.lower(), port) not in config.allowed_hosts:
            allowed = ", ".join(f"{name}:{number}" for name, number in config.allowed_hosts)
            raise QueryRefusedError(
                f"The bridge does not connect to {host}:{port}; allowed: {allowed or 'nothing'}.",
                advice=f"Add {prefix}_HOST or {prefix}_ALLOWED_HOSTS to connector.env of the bridge.",
            )
    return request.settings


def lower_limits(own: QueryLimits, sent: QueryLimits) -> QueryLimits:
    return QueryLimits(
        max_rows=min(own.max_rows, sent.max_rows),
        max_bytes=min(own.max_bytes, sent.max_bytes),
        max_seconds=min(own.max_seconds, sent.max_seconds),
    )


def sent_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch in parts of at most MAX_BATCH_BYTES, or of one row."""
    if batch.nbytes <= MAX_BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from sent_parts(batch.slice(0, half))
    yield from sent_parts(batch.slice(half))

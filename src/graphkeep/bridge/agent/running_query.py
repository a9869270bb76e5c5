"""One query at its source, within the limits of both sides, into the journal."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from graphkeep.bridge.agent.journal_entry import INTERRUPTED, Entry
from graphkeep.bridge.agent.source_settings import lower_limits, own_or_sent_settings
from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.bridge.protocol.frames import (
    Ask,
    End,
    FrameError,
    encode_batch,
    encode_frame,
    fragments_of,
)
from graphkeep.bridge.protocol.source_request import decode_request
from graphkeep.egress.outbound import Outbound
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.databases.check import check_query
from graphkeep.sources.databases.connector_kind import ConnectionContext, SourceSession
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError

logger = logging.getLogger(__name__)
GRACE_S = 1.0  # beyond the time limit, for a source that ends by itself
MAX_BATCH_BYTES = 8 << 20


class RunningQuery:
    """One query at the source, in a thread of its own."""

    def __init__(
        self,
        ask: Ask,
        entry: Entry,
        *,
        config: SlotConfig,
        outbound: Outbound,
        files_folder: Path | None,
        on_end: Callable[[str], None],
    ) -> None:
        self.ask, self.entry, self.config = ask, entry, config
        self.outbound, self.files_folder, self.on_end = outbound, files_folder, on_end
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
            self.on_end(self.ask.query_id)
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
            outbound=self.outbound,
            limits=limits,
            files_folder=self.files_folder,
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


def sent_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch in parts of at most MAX_BATCH_BYTES, or of one row."""
    if batch.nbytes <= MAX_BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from sent_parts(batch.slice(0, half))
    yield from sent_parts(batch.slice(half))

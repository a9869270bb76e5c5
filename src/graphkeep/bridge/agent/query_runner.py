"""Runs the queries of one slot at its source, under the bridge's own policy, into the journal."""

import logging
import threading
from pathlib import Path
from typing import Literal

from graphkeep.bridge.agent.journal import Journal, OtherRequestError
from graphkeep.bridge.agent.journal_entry import Entry, JournalFullError
from graphkeep.bridge.agent.running_query import RunningQuery
from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.bridge.protocol.frames import Ask, End
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.outbound import Outbound
from graphkeep.egress.policy import Endpoint

logger = logging.getLogger(__name__)


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
            entry, is_new = self.journal.begin_query(ask)
        except (OtherRequestError, JournalFullError) as error:
            return End(query_id=ask.query_id, state="failed", stage="query", message=error.message)
        if is_new:
            with self._lock:
                is_busy = len(self._running) >= self.config.max_parallel
                query = RunningQuery(
                    ask,
                    entry,
                    config=self.config,
                    outbound=self.outbound,
                    files_folder=self.files_folder,
                    on_end=self._remove,
                )
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

    def _remove(self, query_id: str) -> None:
        with self._lock:
            self._running.pop(query_id, None)
            self._idle.notify_all()

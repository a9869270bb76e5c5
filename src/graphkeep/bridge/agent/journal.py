"""The journal of a bridge: each query id is on the disk before its source is asked, so that nothing runs twice.

A query has one file: a header in clear (id, digest of the request, salt), then sealed records of rows and one of the
end. A file without an end is, after a restart, a query that was interrupted. Answers are deleted once the server
has them, or after `ANSWER_RETENTION_S`; ids stay for `ID_RETENTION_S`.
"""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from graphkeep.bridge.agent.journal_entry import Entry, JournalSpace, write_header
from graphkeep.bridge.protocol.frames import QUERY_ID, Ask, End
from graphkeep.bridge.protocol.handshake import SlotKeys
from graphkeep.bridge.protocol.typed_json import encode_value
from graphkeep.graph.errors import GraphkeepError

OTHER_REQUEST = (
    "This query id was used for another request: other settings, limits or another query."
)
ANSWER_RETENTION_S = 15 * 60.0
ID_RETENTION_S = 24 * 3600.0
EXPIRED = "The bridge no longer has the answer of this query; ask it again."


class OtherRequestError(GraphkeepError):
    """A query id came again with another request."""


class Journal:
    """The queries of one slot, in `folder`."""

    def __init__(
        self,
        folder: Path,
        keys: SlotKeys,
        space: JournalSpace,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder, self.keys, self.space, self.clock = folder, keys, space, clock
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(folder.glob("*.query")):
            self._restore(path)

    def _restore(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                header = json.loads(file.readline())
            entry = Entry(path, header, self.keys, self.space)
            entry.restore()
        except (OSError, ValueError, KeyError, TypeError):
            # Killed before its header was complete: its source was not asked.
            path.unlink(missing_ok=True)
        else:
            self._entries[entry.query_id] = entry

    def begin_query(self, ask: Ask) -> tuple[Entry, bool]:
        """The entry of a query, and whether it is new: then its id is now on the disk, and only then may it run.

        Raises:
            OtherRequestError: the id was used for another request.
            JournalFullError: there is no space for another answer.
        """
        digest = digest_of(ask)
        with self._lock:
            entry = self._entries.get(ask.query_id)
            if entry is not None:
                if entry.header["digest"] != digest:
                    raise OtherRequestError(OTHER_REQUEST)
                return entry, False
            self.space.reserve(0)
            header = {
                "query_id": ask.query_id,
                "digest": digest,
                "salt": secrets.token_hex(16),
                "begun_at": self.clock(),
            }
            if not QUERY_ID.fullmatch(ask.query_id):
                raise OtherRequestError("This is no query id.")
            path = self.folder / f"{ask.query_id}.query"
            write_header(path, header)
            entry = Entry(path, header, self.keys, self.space)
            self._entries[ask.query_id] = entry
            return entry, True

    def get(self, query_id: str) -> Entry | None:
        return self._entries.get(query_id)

    def discard_answer(self, query_id: str) -> None:
        """The server has the whole answer."""
        entry = self._entries.get(query_id)
        if entry is not None and entry.end is not None:
            entry.discard(End(query_id=query_id, state="expired", message=EXPIRED))

    def sweep(self) -> None:
        """Delete answers that were not fetched in time, and ids that are too old to be asked again."""
        now = self.clock()
        with self._lock:
            entries = [entry for entry in self._entries.values() if entry.end is not None]
            for entry in entries:
                if now - entry.ended_at > ID_RETENTION_S:
                    del self._entries[entry.query_id]
                    entry.path.unlink(missing_ok=True)
                elif now - entry.ended_at > ANSWER_RETENTION_S and entry.record_count:
                    entry.discard(End(query_id=entry.query_id, state="expired", message=EXPIRED))

    def discard_answers(self) -> None:
        """Delete all answers: the slot was revoked."""
        for entry in list(self._entries.values()):
            self.discard_answer(entry.query_id)


def digest_of(ask: Ask) -> str:
    """A digest of what is asked, not of the secrets that go with it, which may change meanwhile."""
    request = {name: value for name, value in ask.request.items() if name != "secrets"}
    text = json.dumps([ask.operation, encode_value(request)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

"""The journal of a bridge: each query id is on the disk before its source is asked, so that nothing runs twice.

A query has one file: a header in clear (id, digest of the request, salt), then sealed records of rows and one of the
end. A file without an end is, after a restart, a query that was interrupted. Answers are deleted once the server
has them, or after `KEEP_S`; ids stay for `REMEMBER_S`.
"""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graphkeep.bridge.frames import LENGTH, QUERY_ID, Ask, End
from graphkeep.bridge.handshake import SlotKeys
from graphkeep.bridge.sealing import OVERHEAD_BYTES, Opener, Sealer, SealError, derive_key
from graphkeep.bridge.values import decode_value, encode_value
from graphkeep.graph.errors import GraphkeepError
from graphkeep.store.atomic import atomic_write

KEEP_S = 15 * 60.0
REMEMBER_S = 24 * 3600.0
MAX_BYTES = 2 << 30
INTERRUPTED = (
    "This query was interrupted by a restart of the bridge; it is not started again by itself."
)
EXPIRED = "The bridge no longer has the answer of this query; ask it again."
ROWS, LAST_ROWS, END = b"r", b"l", b"e"


class JournalFullError(GraphkeepError):
    """Answers that nobody has fetched yet fill the journal."""

    def __init__(self) -> None:
        super().__init__(
            f"The journal of the bridge holds {MAX_BYTES >> 30} GiB of answers that are not fetched yet."
        )


class OtherRequestError(GraphkeepError):
    """A query id came again with another request."""


class JournalSpace:
    """The bytes of all answers of a bridge together."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.used_bytes = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Raises JournalFullError."""
        with self._lock:
            if self.used_bytes + size > self.max_bytes:
                raise JournalFullError
            self.used_bytes += size

    def give_back(self, size: int) -> None:
        with self._lock:
            self.used_bytes -= size


@dataclass(frozen=True, kw_only=True)
class Record:
    """A fragment of rows as it is stored; `is_last`: it completes a batch."""

    seq: int
    is_last: bool
    body: bytes


class Entry:
    """One query. Rows are appended by the thread that runs it, and read by those that send them."""

    def __init__(
        self, path: Path, header: dict[str, Any], keys: SlotKeys, space: JournalSpace
    ) -> None:
        self.path, self.header, self.space = path, header, space
        self.query_id: str = header["query_id"]
        self.end: End | None = None
        self.ended_at = 0.0
        self._keys = keys
        self._key = key_of(keys, header)
        self._sealer = Sealer(self._key)
        self._offsets: list[int] = []  # of each record in the file
        self._size = 0  # bytes of records
        self._changed = threading.Condition()

    def append(self, body: bytes, *, is_last: bool) -> None:
        """Store a fragment of rows. Raises JournalFullError."""
        with self._changed:
            if self.end is None:
                self._write((LAST_ROWS if is_last else ROWS) + body)
                self._changed.notify_all()

    def finish(self, end: End) -> None:
        """Store how the query ended; the first end counts."""
        with self._changed:
            if self.end is not None:
                return
            text = json.dumps(encode_value(asdict(end))).encode()
            self._write(END + text, always=True)
            self._set_end(end)

    def _set_end(self, end: End) -> None:
        self.end, self.ended_at = end, time.time()
        self._changed.notify_all()

    def _write(self, payload: bytes, *, always: bool = False) -> None:
        size = LENGTH.size + OVERHEAD_BYTES + len(payload)
        if not always:
            self.space.take(size)
            self._size += size
        sealed = self._sealer.seal(payload)
        with self.path.open("ab") as file:
            self._offsets.append(file.tell())
            file.write(LENGTH.pack(len(sealed)) + sealed)

    def record(self, seq: int, timeout_s: float) -> Record | End | None:
        """The record of a number, once there is one; the end after the last; None after `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self.end or seq < len(self._offsets), timeout_s)
            is_row = seq < len(self._offsets) - (self.end is not None)
            if not is_row:
                return self.end
            offset = self._offsets[seq]
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                payload = open_record(self._key, seq, read_record(file))
        except (OSError, SealError):  # dropped meanwhile
            return self.end
        return Record(seq=seq, is_last=payload[:1] == LAST_ROWS, body=payload[1:])

    @property
    def record_count(self) -> int:
        """How many records of rows there are so far."""
        return len(self._offsets) - (self.end is not None)

    def restore(self) -> None:
        """Read the records of an earlier process; without an end, the query was interrupted."""
        with self.path.open("rb") as file:
            file.readline()
            while True:
                offset = file.tell()
                sealed = read_record(file)
                try:
                    payload = open_record(self._key, len(self._offsets), sealed)
                except SealError:  # torn by a kill
                    break
                self._offsets.append(offset)
                if payload[:1] == END:
                    self.end = End(**decode_value(json.loads(payload[1:])))
                    self.ended_at = self.path.stat().st_mtime
                    self._size = offset
        if self.end is None:
            self.drop(End(query_id=self.query_id, state="interrupted", message=INTERRUPTED))
        else:
            self.space.used_bytes += self._size

    def drop(self, end: End) -> None:
        """Delete the rows and remember the id, with `end` as the answer to whoever asks again."""
        with self._changed:
            self.space.give_back(self._size)
            self._size, self._offsets = 0, []
            # A new salt gives a new key, since the counter starts again.
            self.header = {**self.header, "salt": secrets.token_hex(16)}
            self._key = key_of(self._keys, self.header)
            self._sealer = Sealer(self._key)
            write_header(self.path, self.header)
            self.end = None
            self._write(END + json.dumps(encode_value(asdict(end))).encode(), always=True)
            self._set_end(end)


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

    def begin(self, ask: Ask) -> tuple[Entry, bool]:
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
                    raise OtherRequestError("This query id was used for another request.")
                return entry, False
            self.space.take(0)
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

    def done(self, query_id: str) -> None:
        """The server has the whole answer."""
        entry = self._entries.get(query_id)
        if entry is not None and entry.end is not None:
            entry.drop(End(query_id=query_id, state="expired", message=EXPIRED))

    def sweep(self) -> None:
        """Delete answers that nobody fetched in time, and ids that are too old to come again."""
        now = self.clock()
        with self._lock:
            entries = [entry for entry in self._entries.values() if entry.end is not None]
            for entry in entries:
                if now - entry.ended_at > REMEMBER_S:
                    del self._entries[entry.query_id]
                    entry.path.unlink(missing_ok=True)
                elif now - entry.ended_at > KEEP_S and entry.record_count:
                    entry.drop(End(query_id=entry.query_id, state="expired", message=EXPIRED))

    def drop_answers(self) -> None:
        """Delete all answers: the slot was revoked."""
        for entry in list(self._entries.values()):
            self.done(entry.query_id)


def key_of(keys: SlotKeys, header: dict[str, Any]) -> bytes:
    return derive_key(keys, bytes.fromhex(header["salt"]), "journal", header["query_id"])


def digest_of(ask: Ask) -> str:
    """A digest of what is asked, not of the secrets that go with it, which may change meanwhile."""
    request = {name: value for name, value in ask.request.items() if name != "secrets"}
    text = json.dumps([ask.operation, encode_value(request)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def write_header(path: Path, header: dict[str, Any]) -> None:
    """Write a file with only its header, and wait until the disk has it and its name."""
    with atomic_write(path, mode=0o600) as file:
        file.write_bytes(json.dumps(header).encode() + b"\n")


def read_record(file: Any) -> bytes:
    """The sealed bytes of the next record; fewer than it says if it was torn."""
    prefix = file.read(LENGTH.size)
    return bytes(file.read(LENGTH.unpack(prefix)[0])) if len(prefix) == LENGTH.size else b""


def open_record(key: bytes, seq: int, sealed: bytes) -> bytes:
    """Raises SealError."""
    return Opener(key, counter=seq).open(sealed)

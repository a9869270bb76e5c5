"""The file of one query in the journal: a header in clear, sealed records of rows, and one of the end."""

import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graphkeep.bridge.protocol.frames import LENGTH, End
from graphkeep.bridge.protocol.handshake import SlotKeys
from graphkeep.bridge.protocol.sealing import OVERHEAD_BYTES, Opener, Sealer, SealError, derive_key
from graphkeep.bridge.protocol.typed_json import decode_value, encode_value
from graphkeep.graph.errors import GraphkeepError
from graphkeep.store.atomic import atomic_write

MAX_BYTES = 2 << 30
INTERRUPTED = (
    "This query was interrupted by a restart of the bridge; it is not started again by itself."
)
ROWS, LAST_ROWS, END = b"r", b"l", b"e"


class JournalFullError(GraphkeepError):
    """The journal is full of answers that are not fetched yet."""

    def __init__(self) -> None:
        super().__init__(
            f"The journal of the bridge holds {MAX_BYTES >> 30} GiB of answers that are not fetched yet."
        )


class JournalSpace:
    """The bytes of all answers of a bridge together."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.used_bytes = 0
        self._lock = threading.Lock()

    def reserve(self, size: int) -> None:
        """Raises JournalFullError."""
        with self._lock:
            if self.used_bytes + size > self.max_bytes:
                raise JournalFullError
            self.used_bytes += size

    def release(self, size: int) -> None:
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
            self.space.reserve(size)
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
            self.discard(End(query_id=self.query_id, state="interrupted", message=INTERRUPTED))
        else:
            self.space.used_bytes += self._size

    def discard(self, end: End) -> None:
        """Delete the rows and remember the id, with `end` as the answer if it is asked again."""
        with self._changed:
            self.space.release(self._size)
            self._size, self._offsets = 0, []
            # A new salt gives a new key, since the counter starts again.
            self.header = {**self.header, "salt": secrets.token_hex(16)}
            self._key = key_of(self._keys, self.header)
            self._sealer = Sealer(self._key)
            write_header(self.path, self.header)
            self.end = None
            self._write(END + json.dumps(encode_value(asdict(end))).encode(), always=True)
            self._set_end(end)


def key_of(keys: SlotKeys, header: dict[str, Any]) -> bytes:
    return derive_key(keys, bytes.fromhex(header["salt"]), "journal", header["query_id"])


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

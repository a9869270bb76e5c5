"""The client of one query: asks a bridge through the relay that holds its slot, and resumes the answer after a cut.

The query id stays the same over cuts, so the bridge runs the query once, however often it is asked for it.
"""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from graphkeep.bridge.protocol.frames import (
    LENGTH,
    Acknowledge,
    Ask,
    Cancel,
    Done,
    End,
    Frame,
    FrameError,
    Rows,
    decode_batch,
    decode_frame,
    encode_frame,
)
from graphkeep.bridge.server.relay_socket import short_path
from graphkeep.sources.databases.stages import STAGES, ConnectorError, QueryRefusedError, Stage

CONNECT_TIMEOUT_S = 6.0  # to find a bridge at all
OUTAGE_ALLOWANCE_S = 30.0  # for cuts, beyond the time limit of the query
RETRY_S = 0.1
CANCEL_S = 1.0  # for the bridge to confirm
READ_S = 0.5


@dataclass(frozen=True, kw_only=True)
class SlotHolder:
    """Who holds a slot: the relay of the server, and the bridge by the id of its state folder."""

    relay_name: str
    instance: str


class QueryClient:
    """One query over one slot.

    `find_holder` returns who holds the slot, if a bridge does; it raises ConnectorError once the slot was revoked.
    `instance`: the bridge that was asked for this query before, by an earlier process. `on_ask` is called with the
    bridge's instance before that bridge is asked for the first time, so that it can be recorded.
    """

    def __init__(
        self,
        slot: str,
        ask: Ask,
        *,
        folder: Path,
        find_holder: Callable[[], SlotHolder | None],
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        instance: str = "",
        on_ask: Callable[[str], None] | None = None,
    ) -> None:
        self.slot, self.ask, self.folder, self.find_holder = slot, ask, folder, find_holder
        self.end: End | None = None
        self._connect_timeout_s = connect_timeout_s
        self._instance, self._on_ask = instance, on_ask
        self._is_detached = False
        self._next_seq = ask.next_seq
        self._fragments: list[bytes] = []
        self._connection: RelayConnection | None = None
        self._lock = threading.Lock()
        self._cancelled_at: float | None = None
        self._max_bytes = ask.request["limits"]["max_bytes"] * 2 + (64 << 20)
        self._received_bytes = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as they arrive; at the end, `end` says how the query ended.

        Raises:
            ConnectorError: the query failed, or no bridge could be reached in time.
        """
        deadline = time.monotonic() + self.ask.deadline_s + OUTAGE_ALLOWANCE_S
        try:
            while self.end is None:
                try:
                    connection = self._connect(deadline)
                    yield from self._read(connection, deadline)
                except OSError:
                    self._disconnect()
                    time.sleep(RETRY_S)
            self._send(Done(query_id=self.ask.query_id))
        except FrameError as error:
            self._send(Cancel(query_id=self.ask.query_id))
            raise ConnectorError("query", error.message) from error
        except (GeneratorExit, ConnectorError):
            self._send(Cancel(query_id=self.ask.query_id))
            raise
        finally:
            self._disconnect()
        raise_failure(self.end)

    def cancel(self) -> None:
        """End the query at the source; safe from another thread."""
        self._cancelled_at = self._cancelled_at or time.monotonic()
        self._send(Cancel(query_id=self.ask.query_id))

    def detach(self) -> None:
        """Stop without ending the query at the bridge: another process resumes its answer by the same query id."""
        self._is_detached = True
        self._disconnect()

    def _connect(self, deadline: float) -> "RelayConnection":
        connect_by = time.monotonic() + self._connect_timeout_s
        while True:
            self._check_time(deadline)
            holder = self.find_holder()
            if holder is not None:
                self._check_instance(holder.instance)
                try:
                    connection = RelayConnection(self.folder, holder.relay_name, self.slot)
                    with self._lock:
                        self._connection = connection
                    connection.send(replace(self.ask, next_seq=self._next_seq))
                    if self._cancelled_at is not None:
                        connection.send(Cancel(query_id=self.ask.query_id))
                except OSError:
                    self._disconnect()
                else:
                    return connection
            elif self._next_seq == self.ask.next_seq and time.monotonic() > connect_by:
                raise ConnectorError(
                    "route",
                    f"No bridge is connected to the slot {self.slot}.",
                    advice="Start the bridge, or see its log: graphkeep bridge list",
                )
            time.sleep(RETRY_S)

    def _check_instance(self, instance: str) -> None:
        """Raises ConnectorError: another bridge was asked before, which may have run the query."""
        if not self._instance:
            if self._on_ask is not None:
                self._on_ask(instance)
            self._instance = instance
        elif instance != self._instance:
            raise ConnectorError(
                "query",
                "The bridge that ran this query no longer holds the slot; another bridge is not asked again.",
                advice="Run the query again.",
            )

    def _check_time(self, deadline: float) -> None:
        now = time.monotonic()
        if self._is_detached:
            raise ConnectorError("query", "The query goes on in another process.")
        if self._cancelled_at is not None and now - self._cancelled_at > CANCEL_S:
            raise ConnectorError("query", "The query was cancelled.")
        if now > deadline:
            raise ConnectorError("timeout", "The bridge did not answer in time.")

    def _read(self, connection: "RelayConnection", deadline: float) -> Iterator[pa.RecordBatch]:
        while self.end is None:
            self._check_time(deadline)
            frame = connection.receive()
            match frame:
                case Rows(seq=seq) if seq == self._next_seq:
                    self._add_fragment(frame)
                    if frame.is_last:
                        payload = b"".join(self._fragments)
                        self._fragments = []
                        yield decode_batch(payload)
                    self._send(Acknowledge(query_id=self.ask.query_id, seq=seq))
                case End(seq=seq) if seq == self._next_seq or not seq:
                    self.end = frame
                case None | Rows() | End():
                    pass  # of an earlier request for the same answer, sent before the bridge had this one
                case _:
                    raise FrameError("The bridge's answer is out of order.")

    def _add_fragment(self, rows: Rows) -> None:
        self._next_seq += 1
        self._received_bytes += len(rows.body)
        if self._received_bytes > self._max_bytes:
            raise ConnectorError("query", "The bridge sent more than the limits allow.")
        self._fragments.append(rows.body)

    def _send(self, frame: Frame) -> None:
        with self._lock:
            if self._connection is not None and not self._is_detached:
                with contextlib.suppress(OSError):
                    self._connection.send(frame)

    def _disconnect(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


class RelayConnection:
    """A connection to a relay's socket. Raises OSError wherever the relay, or the bridge behind it, is gone."""

    def __init__(self, folder: Path, relay_name: str, slot: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._buffer = bytearray()
        self._sending = threading.Lock()
        try:
            with short_path(folder, relay_name) as path:
                self._socket.connect(path)
            self._send(json.dumps({"slot": slot}).encode())
            self._socket.settimeout(READ_S)
        except OSError:
            self._socket.close()
            raise

    def send(self, frame: Frame) -> None:
        self._send(encode_frame(frame))

    def _send(self, message: bytes) -> None:
        with self._sending:
            self._socket.sendall(LENGTH.pack(len(message)) + message)

    def receive(self) -> Frame | None:
        """The next frame; None after READ_S."""
        try:
            while (message := self._pop_message()) is None:
                received = self._socket.recv(1 << 20)
                if not received:
                    raise ConnectionResetError("the relay closed the connection")
                self._buffer += received
        except TimeoutError:
            return None
        return decode_frame(message)

    def _pop_message(self) -> bytes | None:
        if len(self._buffer) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self._buffer)
        end = LENGTH.size + length
        if len(self._buffer) < end:
            return None
        message = bytes(self._buffer[LENGTH.size : end])
        del self._buffer[:end]
        return message

    def close(self) -> None:
        self._socket.close()


def raise_failure(end: End | None) -> None:
    """Raises ConnectorError: the query did not finish."""
    if end is None or end.state == "finished":
        return
    if end.state == "cancelled":
        raise ConnectorError("query", "The query was cancelled.")
    stage: Stage = next((stage for stage in STAGES if stage == end.stage), "query")
    if stage == "policy":
        raise QueryRefusedError(end.message, advice=end.advice, position=end.position)
    raise ConnectorError(stage, end.message, advice=end.advice)

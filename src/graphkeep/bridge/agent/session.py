"""One session of a bridge with its server: frames in, answers out, heartbeats, until either side ends it."""

import contextlib
import logging
import threading
import time
from dataclasses import replace

from graphkeep.bridge.agent.journal_entry import Entry
from graphkeep.bridge.agent.query_runner import QueryRunner
from graphkeep.bridge.protocol.frames import (
    Acknowledge,
    Ask,
    Cancel,
    Done,
    End,
    Frame,
    FrameError,
    Leave,
    Ping,
    Rows,
    decode_frame,
    encode_frame,
)
from graphkeep.bridge.protocol.heartbeat import DEAD_S, PING_S
from graphkeep.bridge.protocol.sealing import Opener, Sealer, SealError
from graphkeep.bridge.transports.transport import Transport, TransportClosedError

logger = logging.getLogger(__name__)
WINDOW_RECORDS = 32  # of a query, sent and not yet acknowledged: 8 MiB
POLL_S = 0.5


class Answer:
    """The answer to one query as this session sends it; `acknowledged_seq`: the last record that the server has."""

    def __init__(self, entry: Entry, next_seq: int) -> None:
        self.entry = entry
        self.next_seq = next_seq
        self.acknowledged_seq = next_seq - 1
        self.is_stopped = False
        self.changed = threading.Condition()

    def acknowledge(self, seq: int) -> None:
        with self.changed:
            self.acknowledged_seq = max(self.acknowledged_seq, seq)
            self.changed.notify_all()

    def stop(self) -> None:
        with self.changed:
            self.is_stopped = True
            self.changed.notify_all()

    def wait_for_window(self) -> bool:
        """Wait until one more record may be sent; False once the session has ended."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.is_stopped or self.next_seq - self.acknowledged_seq <= WINDOW_RECORDS
            )
            return not self.is_stopped


class BridgeSession:
    """`run` returns when the session is over, with the code of its end."""

    def __init__(
        self, transport: Transport, sealer: Sealer, opener: Opener, runner: QueryRunner
    ) -> None:
        self._transport, self._sealer, self._opener = transport, sealer, opener
        self._runner = runner
        self._sending = threading.Lock()
        self._answers: dict[str, Answer] = {}
        self._ended = threading.Event()

    def run(self) -> int:
        """Serve the session. Returns the code with which it ended, as of a WebSocket."""
        threading.Thread(target=self._ping_loop, daemon=True).start()
        received_at = time.monotonic()
        try:
            while True:
                message = self._transport.receive(POLL_S)
                if message is not None:
                    received_at = time.monotonic()
                    self._handle_frame(decode_frame(self._opener.open(message)))
                elif time.monotonic() - received_at > DEAD_S:
                    logger.warning("no frame came from the server for %d s", DEAD_S)
                    return 1006
        except (FrameError, SealError) as error:
            logger.warning("the session ends: %s", error)
            return 1002
        except TransportClosedError as error:
            return error.code
        finally:
            self._end()

    def leave(self) -> None:
        """Give the slot back to the server: its keys were removed here."""
        with contextlib.suppress(TransportClosedError):
            self._send(Leave())
        self.close()

    def close(self) -> None:
        self._transport.close()

    def _end(self) -> None:
        self._ended.set()
        self._transport.close()
        for answer in list(self._answers.values()):
            answer.stop()

    def _send(self, frame: Frame) -> None:
        payload = encode_frame(frame)
        with self._sending:  # frames are sent in the order of their counters
            self._transport.send(self._sealer.seal(payload))

    def _ping_loop(self) -> None:
        with contextlib.suppress(TransportClosedError):
            while not self._ended.wait(PING_S):
                self._send(Ping())

    def _handle_frame(self, frame: Frame) -> None:
        match frame:
            case Ask():
                self._answer(frame)
            case Acknowledge(query_id=query_id, seq=seq):
                if query_id in self._answers:
                    self._answers[query_id].acknowledge(seq)
            case Cancel(query_id=query_id):
                self._runner.cancel(query_id)
            case Done(query_id=query_id):
                answer = self._answers.pop(query_id, None)
                if answer is not None:
                    answer.stop()
                self._runner.journal.discard_answer(query_id)
            case Ping():
                pass
            case _:
                raise FrameError(f"A server sends no '{frame.type}' frames.")

    def _answer(self, ask: Ask) -> None:
        previous = self._answers.pop(ask.query_id, None)
        if previous is not None:
            previous.stop()
        entry = self._runner.ask(ask)
        if isinstance(entry, End):
            self._send(entry)
            return
        answer = Answer(entry, ask.next_seq)
        self._answers[ask.query_id] = answer
        threading.Thread(target=self._send_answer, args=(answer,), daemon=True).start()

    def _send_answer(self, answer: Answer) -> None:
        with contextlib.suppress(TransportClosedError):
            while not self._ended.is_set() and answer.wait_for_window():
                record = answer.entry.record(answer.next_seq, POLL_S)
                if record is None:
                    continue
                if isinstance(record, End):
                    self._send(replace(record, seq=answer.next_seq))
                    return
                rows = Rows(
                    query_id=answer.entry.query_id,
                    seq=record.seq,
                    is_last=record.is_last,
                    body=record.body,
                )
                answer.next_seq += 1
                self._send(rows)

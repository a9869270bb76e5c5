"""Frames of a session: a JSON header, then bytes. `rows` carry one Arrow IPC stream per batch, in fragments.

server -> bridge: ask, have, cancel, done, ping; bridge -> server: rows, end, leave, ping.
"""

import json
import re
import struct
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, get_args

import pyarrow as pa

from graphkeep.bridge.protocol.typed_json import decode_value, encode_value
from graphkeep.graph.errors import GraphkeepError

FRAGMENT_BYTES = 256 << 10
MAX_HEADER_BYTES = 1 << 20
MAX_FRAME_BYTES = MAX_HEADER_BYTES + FRAGMENT_BYTES + 4096
QUERY_ID = re.compile(r"[0-9a-f]{32}")
LENGTH = struct.Struct(">I")
Operation = Literal["test", "audit", "schema", "query"]
EndState = Literal["finished", "failed", "cancelled", "interrupted", "expired"]


class FrameError(GraphkeepError):
    """These bytes are no frame of the bridge."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask a source, or go on with the answer from the record `next_seq` on.

    `request`: kind, query, limits, and the settings and secrets if the bridge does not keep them itself;
    see `source_request.py`. `deadline_s`: seconds until no client waits for the answer.
    """

    type: ClassVar[str] = "ask"
    query_id: str
    operation: Operation
    request: dict[str, Any] = field(repr=False)
    deadline_s: float
    next_seq: int = 0


@dataclass(frozen=True, kw_only=True)
class Acknowledge:
    """The server holds all records up to `seq`."""

    type: ClassVar[str] = "have"
    query_id: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class Cancel:
    type: ClassVar[str] = "cancel"
    query_id: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """The server has the whole answer: the bridge deletes it, and keeps the query id only."""

    type: ClassVar[str] = "done"
    query_id: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A fragment of a batch; `is_last`: it completes the batch."""

    type: ClassVar[str] = "rows"
    query_id: str
    seq: int
    is_last: bool
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class End:
    """How a query ended. `rows`: sent; `is_cut`: a limit of the bridge left rows out; `total`: at the source.

    `value`: the result of an audit or a schema. `stage`, `message`, `advice`, `position`: of a failure.
    """

    type: ClassVar[str] = "end"
    query_id: str
    seq: int = 0
    state: EndState
    rows: int = 0
    is_cut: bool = False
    total: int | None = None
    stage: str = ""
    message: str = ""
    advice: str = ""
    position: int | None = None
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Ping:
    type: ClassVar[str] = "ping"


@dataclass(frozen=True, kw_only=True)
class Leave:
    """The bridge releases the slot: its keys were removed there."""

    type: ClassVar[str] = "leave"


Frame = Ask | Acknowledge | Cancel | Done | Rows | End | Ping | Leave
FRAMES: dict[str, type[Frame]] = {
    kind.type: kind for kind in (Ask, Acknowledge, Cancel, Done, Rows, End, Ping, Leave)
}


def encode_frame(frame: Frame) -> bytes:
    """Raises FrameError: its header is too large to be sent."""
    header = {
        field.name: encode_value(getattr(frame, field.name))
        for field in fields(frame)
        if field.name != "body"
    }
    text = json.dumps({"type": frame.type, **header}, separators=(",", ":")).encode()
    if len(text) > MAX_HEADER_BYTES:
        raise FrameError("A request or an answer is larger than a frame of the bridge may be.")
    return LENGTH.pack(len(text)) + text + (frame.body if isinstance(frame, Rows) else b"")


def decode_frame(payload: bytes) -> Frame:
    """Raises FrameError: these bytes are no frame."""
    if len(payload) < LENGTH.size or len(payload) > MAX_FRAME_BYTES:
        raise FrameError("A frame has no valid length.")
    (length,) = LENGTH.unpack_from(payload)
    header, body = payload[LENGTH.size : LENGTH.size + length], payload[LENGTH.size + length :]
    if len(header) != length:
        raise FrameError("A frame is shorter than its header says.")
    try:
        values = json.loads(header)
        kind = FRAMES[values.pop("type")]
        values = {name: decode_value(value) for name, value in values.items()}
        if kind is Rows:
            values["body"] = body
        elif body:
            raise FrameError("Only rows have a body.")
        frame = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FrameError("A frame has no valid header.") from error
    check_fields(frame)
    return frame


def check_fields(frame: Frame) -> None:
    """Raises FrameError: a field is of another type than it should be, or out of its range."""
    values = {field.name: getattr(frame, field.name) for field in fields(frame)}
    is_valid = (
        QUERY_ID.fullmatch(str(values.get("query_id", "0" * 32))) is not None
        and all(is_count(values.get(name, 0)) for name in ("seq", "next_seq", "rows"))
        and all(
            values.get(name) is None or is_count(values[name]) for name in ("total", "position")
        )
        and all(isinstance(values.get(name, ""), str) for name in ("stage", "message", "advice"))
        and all(isinstance(values.get(name, False), bool) for name in ("is_last", "is_cut"))
        and isinstance(values.get("request", {}), dict)
        and values.get("operation", "query") in get_args(Operation)
        and values.get("state", "finished") in get_args(EndState)
        and is_duration(values.get("deadline_s", 0.0))
    )
    if not is_valid:
        raise FrameError(f"A frame '{frame.type}' has an invalid field.")


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 86_400


def encode_batch(batch: pa.RecordBatch) -> bytes:
    """One Arrow IPC stream: the schema and one batch."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def decode_batch(payload: bytes) -> pa.RecordBatch:
    """A batch from another machine: all offsets are checked, and no extension type is accepted.

    Raises:
        FrameError: this is not one Arrow IPC stream with one batch.
    """
    try:
        with pa.ipc.open_stream(payload) as reader:
            batches = list(reader)
        if len(batches) != 1:
            raise FrameError("Rows hold other than one batch.")
        batches[0].validate(full=True)
    except (pa.ArrowException, ValueError, OSError, KeyError, MemoryError) as error:
        raise FrameError("Rows are no valid Arrow batch.") from error
    if any(isinstance(column, pa.BaseExtensionType) for column in batches[0].schema.types):
        raise FrameError("Rows hold an extension type.")
    return batches[0]


def fragments_of(payload: bytes) -> list[bytes]:
    return [payload[at : at + FRAGMENT_BYTES] for at in range(0, len(payload), FRAGMENT_BYTES)]

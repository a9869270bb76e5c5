"""Frames: what was sent arrives as it was, and strange bytes are refused."""

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkeep.bridge.protocol.frames import (
    FRAGMENT_BYTES,
    Acknowledge,
    Ask,
    Cancel,
    Done,
    End,
    FrameError,
    Leave,
    Ping,
    Rows,
    decode_batch,
    decode_frame,
    encode_batch,
    encode_frame,
    fragments_of,
)
from graphkeep.bridge.protocol.source_request import SourceRequest, decode_request, encode_request
from graphkeep.bridge.protocol.typed_json import decode_value, encode_value
from graphkeep.sources.databases.query import QueryLimits, SourceQuery

ID = "0123456789abcdef" * 2
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
    | st.datetimes() | st.datetimes(timezones=st.just(UTC)) | st.dates() | st.times() | st.decimals(allow_nan=False)
    | st.uuids()
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
NUMBERS = st.integers(0, 1 << 60)


@given(VALUES)
def test_a_bound_value_keeps_its_type(value):
    assert decode_value(encode_value(value)) == value


@pytest.mark.parametrize(
    "value",
    [{"$date": "2026-01-01"}, {"$map": {"$x": 1}}, {"$decimal": 5, "b": 1}, {"$": {"$bytes": ""}}],
)
def test_an_object_that_looks_like_a_tag_stays_an_object(value):
    assert decode_value(encode_value(value)) == value


@given(
    st.one_of(
        st.builds(Acknowledge, query_id=st.just(ID), seq=NUMBERS),
        st.builds(Cancel, query_id=st.just(ID)),
        st.builds(Done, query_id=st.just(ID)),
        st.builds(Rows, query_id=st.just(ID), seq=NUMBERS, is_last=st.booleans(), body=st.binary()),
        st.builds(
            End,
            query_id=st.just(ID),
            seq=NUMBERS,
            state=st.sampled_from(["finished", "failed", "cancelled", "interrupted", "expired"]),
            rows=NUMBERS,
            is_cut=st.booleans(),
            total=st.none() | NUMBERS,
            message=st.text(),
            value=VALUES,
        ),
        st.builds(
            Ask,
            query_id=st.just(ID),
            operation=st.sampled_from(["test", "audit", "schema", "query"]),
            request=st.dictionaries(st.text(max_size=9), VALUES, max_size=3),
            deadline_s=st.floats(0, 86_400),
            next_seq=NUMBERS,
        ),
        st.just(Ping()),
        st.just(Leave()),
    )
)
def test_each_frame_arrives_as_it_was_sent(frame):
    assert decode_frame(encode_frame(frame)) == frame


@given(st.binary(max_size=300))
def test_strange_bytes_are_no_frame(payload):
    with pytest.raises(FrameError):
        decode_frame(payload)


@given(st.data())
def test_a_changed_frame_is_refused_or_another_valid_frame(data):
    frame = Rows(query_id=ID, seq=3, is_last=True, body=b"rows")
    payload = bytearray(encode_frame(frame))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))

    try:
        decoded = decode_frame(bytes(payload))
    except FrameError:
        return
    assert decode_frame(encode_frame(decoded)) == decoded


@pytest.mark.parametrize(
    "header",
    [
        b'{"type":"have","query_id":"../../etc/passwd","seq":1}',
        b'{"type":"have","query_id":"' + ID.encode() + b'","seq":-1}',
        b'{"type":"have","query_id":"' + ID.encode() + b'","seq":true}',
        b'{"type":"have","query_id":"' + ID.encode() + b'"}',
        b'{"type":"have","query_id":"' + ID.encode() + b'","seq":1,"more":1}',
        b'{"type":"end","query_id":"' + ID.encode() + b'","state":"sold"}',
        b'{"type":"other"}',
        b'{"type":["have"]}',
        b"[" * 5000,
        b'"ping"',
    ],
)
def test_a_frame_with_strange_fields_is_refused(header):
    with pytest.raises(FrameError):
        decode_frame(len(header).to_bytes(4, "big") + header)


@given(st.lists(st.tuples(st.integers(-9, 9), st.text(max_size=5)), min_size=1, max_size=50))
def test_rows_arrive_as_they_were(rows):
    batch = pa.RecordBatch.from_pydict(
        {"number": [row[0] for row in rows], "name": [row[1] for row in rows]}
    )

    assert decode_batch(b"".join(fragments_of(encode_batch(batch)))).equals(batch)


@given(st.binary(max_size=600))
def test_strange_rows_are_refused(payload):
    with pytest.raises(FrameError):
        decode_batch(payload)


@given(st.data())
def test_changed_rows_are_refused_or_valid(data):
    batch = pa.RecordBatch.from_pydict({"name": ["alice", None, "bob"], "list": [[1], [], [2, 3]]})
    payload = bytearray(encode_batch(batch))
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))

    try:
        decoded = decode_batch(bytes(payload))
    except FrameError:
        return
    decoded.validate(full=True)


def test_a_large_batch_travels_in_fragments():
    payload = bytes(3 * FRAGMENT_BYTES + 1)

    assert [len(each) for each in fragments_of(payload)] == [FRAGMENT_BYTES] * 3 + [1]


def test_a_request_arrives_as_it_was():
    request = SourceRequest(
        kind="postgresql",
        query=SourceQuery(
            language="sql",
            text="select 1 where a = :a",
            parameters={
                "a": Decimal("1.5"), "b": date(2026, 1, 2), "c": time(3, 4), "d": b"\0", "e": timedelta(hours=1),
                "f": UUID(int=7), "g": [1, None], "h": 0.1,
            },
            since=datetime(2026, 1, 1, tzinfo=UTC),
            marking="amber",
        ),
        limits=QueryLimits(max_rows=5, max_bytes=6, max_seconds=7),
        settings={"host": "db.internal", "port": 5432},
        secrets={"password": "canary"},
    )  # fmt: skip
    ask = Ask(query_id=ID, operation="query", request=encode_request(request), deadline_s=30)

    decoded = decode_frame(encode_frame(ask))

    assert decode_request(decoded.request) == request
    assert "canary" not in repr(decoded)


@given(st.dictionaries(st.sampled_from(["kind", "query", "limits", "settings", "secrets"]), VALUES))
def test_a_strange_request_is_refused(values):
    with pytest.raises(FrameError):
        decode_request(values)


@pytest.mark.parametrize("seconds", [0, -1, math.inf, math.nan, 86_401])
def test_limits_are_positive_and_finite(seconds):
    request = encode_request(SourceRequest(kind="http"))
    request["limits"]["max_seconds"] = seconds

    with pytest.raises(FrameError):
        decode_request(request)

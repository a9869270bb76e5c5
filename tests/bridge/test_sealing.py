"""Sealed frames: what was changed, repeated, left out or reflected ends the session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkeep.bridge.protocol.handshake import Hello, new_keys
from graphkeep.bridge.protocol.sealing import OVERHEAD_BYTES, SealError, channel_of, derive_key

KEYS = new_keys()
HELLO = Hello(
    version=1, slot="splunk", host="graph.example.com", name="b", instance="a" * 32, agent="1", nonce="b" * 64,
)  # fmt: skip


def channels(keys=KEYS, nonce="c" * 64):
    return channel_of("server", keys, HELLO, nonce), channel_of("bridge", keys, HELLO, nonce)


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=8))
def test_frames_arrive_in_order_and_show_only_their_size(payloads):
    (sealer, _), (_, opener) = channels()

    sealed = [sealer.seal(payload) for payload in payloads]

    assert [opener.open(frame) for frame in sealed] == payloads
    assert [len(frame) for frame in sealed] == [len(each) + OVERHEAD_BYTES for each in payloads]


@given(st.binary(min_size=1, max_size=100), st.data())
def test_one_changed_bit_is_noticed(payload, data):
    (sealer, _), (_, opener) = channels()
    sealed = bytearray(sealer.seal(payload))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(SealError):
        opener.open(bytes(sealed))


@given(st.binary(max_size=100))
def test_bytes_of_a_stranger_open_nothing(payload):
    _, (_, opener) = channels()

    with pytest.raises(SealError):
        opener.open(payload)


def test_a_repeated_frame_is_refused():
    (sealer, _), (_, opener) = channels()
    frame = sealer.seal(b"ask")
    opener.open(frame)

    with pytest.raises(SealError):
        opener.open(frame)


def test_a_frame_that_was_left_out_is_noticed():
    (sealer, _), (_, opener) = channels()
    sealer.seal(b"cancel")

    with pytest.raises(SealError):
        opener.open(sealer.seal(b"done"))


def test_a_frame_that_is_sent_back_is_refused():
    (sealer, opener), _ = channels()

    with pytest.raises(SealError):
        opener.open(sealer.seal(b"ask"))


def test_a_frame_of_another_session_or_slot_is_refused():
    (sealer, _), _ = channels()
    for keys, nonce in ((KEYS, "d" * 64), (new_keys(), "c" * 64)):
        _, (_, opener) = channels(keys, nonce)
        with pytest.raises(SealError):
            opener.open(sealer.seal(b"ask"))


def test_keys_of_two_purposes_have_nothing_in_common():
    assert derive_key(KEYS, b"salt", "frames", "a") != derive_key(KEYS, b"salt", "journal", "a")
    assert derive_key(KEYS, b"salt", "ab", "c") != derive_key(KEYS, b"salt", "a", "bc")

"""The handshake: who holds both keys is let through, anyone else learns nothing that helps."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkeep.bridge.protocol.handshake import (
    Challenge,
    HandshakeError,
    Hello,
    Proof,
    Waiting,
    Welcome,
    decode_message,
    encode_message,
    is_proof,
    new_keys,
    new_nonce,
    proof_of,
)

KEYS = new_keys()
HELLO = Hello(
    version=1, slot="splunk", host="graph.example.com", name="rack 4", instance="a" * 32, agent="1", nonce="b" * 64,
)  # fmt: skip
NONCE = "c" * 64


@pytest.mark.parametrize(
    "message",
    [HELLO, Challenge(nonce=NONCE, proof="d" * 64), Proof(proof="e"), Waiting(), Welcome()],
)
def test_each_message_arrives_as_it_was_sent(message):
    assert decode_message(encode_message(message)) == message


@pytest.mark.parametrize("role", ["server", "bridge"])
def test_a_side_proves_its_own_key(role):
    assert is_proof(proof_of(role, KEYS, HELLO, NONCE), role, KEYS, HELLO, NONCE)


@pytest.mark.parametrize(
    ("keys", "hello", "nonce", "role"),
    [
        (new_keys(), HELLO, NONCE, "bridge"),
        (KEYS, replace(HELLO, slot="neo4j"), NONCE, "bridge"),
        (KEYS, replace(HELLO, host="graph.example.org"), NONCE, "bridge"),
        (KEYS, replace(HELLO, nonce=new_nonce()), NONCE, "bridge"),
        (KEYS, replace(HELLO, instance="f" * 32), NONCE, "bridge"),
        (KEYS, HELLO, new_nonce(), "bridge"),
        (KEYS, HELLO, NONCE, "server"),
    ],
    ids=["other keys", "other slot", "other host", "other session", "other bridge", "replayed", "reflected"],
)  # fmt: skip
def test_a_proof_holds_for_one_role_session_slot_host_and_bridge(keys, hello, nonce, role):
    proof = proof_of("bridge", KEYS, HELLO, NONCE)

    assert not is_proof(proof, role, keys, hello, nonce)


def test_no_message_holds_a_key():
    proofs = [proof_of(role, KEYS, HELLO, NONCE) for role in ("server", "bridge")]
    sent = encode_message(HELLO) + "".join(proofs).encode()

    assert KEYS.server_key.encode() not in sent
    assert KEYS.proxy_key.encode() not in sent
    assert KEYS.server_key not in repr(KEYS)


@given(st.binary(max_size=300))
def test_strange_bytes_are_refused(payload):
    with pytest.raises(HandshakeError):
        decode_message(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(["hello", "challenge", "proof", "welcome", "other"]), JSON)
def test_strange_fields_are_refused(kind, value):
    text = json.dumps({"type": kind, "slot": value, "proof": value})

    with pytest.raises(HandshakeError):
        decode_message(text.encode())

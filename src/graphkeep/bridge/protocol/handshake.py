"""The handshake: server and bridge prove that they hold a slot's keys, by HMAC over both nonces; no key travels.

hello -> challenge (the server's proof) -> proof (the bridge's proof) -> welcome, or `waiting` while another bridge
holds the slot.
"""

import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, ClassVar, Literal

from graphkeep.graph.errors import GraphkeepError

SUBPROTOCOL = "graphkeep-bridge.1"
VERSION = 1
MAX_HANDSHAKE_BYTES = 4096
NONCE_BYTES = 32
MIN_KEY_LENGTH = 16  # characters
SLOT = re.compile(r"[a-z][a-z0-9-]{0,62}")
WRONG_PROOF = 4401
REVOKED = 4403
SLOT_TAKEN = 4409
PROTOCOL_ERROR = 4400
Role = Literal["server", "bridge"]


class HandshakeError(GraphkeepError):
    """The other side does not speak this protocol."""


class WrongProofError(HandshakeError):
    """The other side does not hold the slot's keys."""


@dataclass(frozen=True, kw_only=True)
class SlotKeys:
    """The two keys of a slot, which both sides hold: each side proves itself by its own."""

    server_key: str
    proxy_key: str

    def __repr__(self) -> str:
        return "SlotKeys(…)"


def new_keys() -> SlotKeys:
    """Keys of 256 random bits each."""
    return SlotKeys(server_key=secrets.token_hex(32), proxy_key=secrets.token_hex(32))


def new_nonce() -> str:
    return secrets.token_hex(NONCE_BYTES)


@dataclass(frozen=True, kw_only=True)
class Hello:
    """What a bridge says first. `instance` is random and stays the same while the bridge keeps its state folder."""

    type: ClassVar[str] = "hello"
    version: int
    slot: str
    host: str
    name: str
    instance: str
    agent: str
    nonce: str


@dataclass(frozen=True, kw_only=True)
class Challenge:
    type: ClassVar[str] = "challenge"
    nonce: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    type: ClassVar[str] = "proof"
    proof: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The keys are right, but another bridge holds the slot; repeated every few seconds."""

    type: ClassVar[str] = "waiting"


@dataclass(frozen=True, kw_only=True)
class Welcome:
    type: ClassVar[str] = "welcome"


HandshakeMessage = Hello | Challenge | Proof | Waiting | Welcome
MESSAGES: dict[str, type[HandshakeMessage]] = {
    message.type: message for message in (Hello, Challenge, Proof, Waiting, Welcome)
}


def encode_message(message: HandshakeMessage) -> bytes:
    return json.dumps({"type": message.type, **asdict(message)}).encode()


def decode_message(payload: bytes) -> HandshakeMessage:
    """Raises HandshakeError: this is not a message of the handshake."""
    if len(payload) > MAX_HANDSHAKE_BYTES:
        raise HandshakeError("A message of the handshake is too long.")
    try:
        values: Any = json.loads(payload)
        kind = MESSAGES[values.pop("type")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HandshakeError("This is no message of the bridge's handshake.") from error
    types = {field.name: field.type for field in fields(kind)}
    if set(values) != set(types) or any(
        type(values[name]) is not wanted for name, wanted in types.items()
    ):
        raise HandshakeError(f"A {kind.type} message has other fields than it should.")
    message = kind(**values)
    if isinstance(message, Hello) and (
        not SLOT.fullmatch(message.slot) or len(message.nonce) != 2 * NONCE_BYTES
    ):
        raise HandshakeError("A hello message has no valid slot or nonce.")
    return message


def proof_of(role: Role, keys: SlotKeys, hello: Hello, server_nonce: str) -> str:
    """The proof that `role` holds its key, bound to the slot, the host, both nonces and the bridge's instance."""
    key = keys.server_key if role == "server" else keys.proxy_key
    parts = (
        SUBPROTOCOL, role, str(hello.version), hello.slot, hello.host.lower(), hello.instance, hello.name,
        hello.nonce, server_nonce,
    )  # fmt: skip
    return hmac.new(key.encode(), join_parts(*parts), sha256).hexdigest()


def is_proof(proof: str, role: Role, keys: SlotKeys, hello: Hello, server_nonce: str) -> bool:
    """Whether a proof is right, compared in constant time."""
    expected = proof_of(role, keys, hello, server_nonce)
    return hmac.compare_digest(proof.encode(errors="replace"), expected.encode())


def join_parts(*parts: str) -> bytes:
    """One unambiguous byte string: each part with its length before it."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)

"""Sealed frames: AES-256-GCM under keys of one session, slot and direction, each frame with the next counter.

The keys come from both keys of the slot by HKDF-SHA-256, salted by both nonces; a frame that was changed, repeated,
left out or reordered ends the session.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from graphkeep.bridge.protocol.handshake import SUBPROTOCOL, Hello, Role, SlotKeys, join_parts
from graphkeep.graph.errors import GraphkeepError

COUNTER_BYTES = 8
OVERHEAD_BYTES = COUNTER_BYTES + 16


class SealError(GraphkeepError):
    """A frame was changed on its way, or is not the next of its direction."""


class Sealer:
    """Encrypts the frames of one direction. Not safe for threads: counters follow the order of sending."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._counter = 0

    def seal(self, payload: bytes) -> bytes:
        counter = self._counter.to_bytes(COUNTER_BYTES, "big")
        self._counter += 1
        return counter + self._cipher.encrypt(nonce_of(counter), payload, counter)


class Opener:
    """Decrypts the frames of one direction, in the order in which they were sealed."""

    def __init__(self, key: bytes, *, counter: int = 0) -> None:
        self._cipher = AESGCM(key)
        self._counter = counter

    def open(self, sealed: bytes) -> bytes:
        """Raises SealError: not the next frame of the other side, unchanged."""
        counter = sealed[:COUNTER_BYTES]
        if counter != self._counter.to_bytes(COUNTER_BYTES, "big"):
            raise SealError("A frame is missing, repeated or out of order.")
        try:
            payload = self._cipher.decrypt(nonce_of(counter), sealed[COUNTER_BYTES:], counter)
        except InvalidTag as error:
            raise SealError("A frame was changed on its way.") from error
        self._counter += 1
        return payload


def nonce_of(counter: bytes) -> bytes:
    """12 bytes; a key seals one direction of one session, so its counter never repeats."""
    return bytes(12 - COUNTER_BYTES) + counter


def derive_key(keys: SlotKeys, salt: bytes, *purpose: str) -> bytes:
    """32 bytes for one purpose, from both keys of a slot."""
    secret = join_parts(keys.server_key, keys.proxy_key)
    info = join_parts(SUBPROTOCOL, *purpose)
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def channel_of(
    role: Role, keys: SlotKeys, hello: Hello, server_nonce: str
) -> tuple[Sealer, Opener]:
    """What `role` seals its frames with, and opens those of the other side with."""
    salt = join_parts(hello.nonce, server_nonce)
    other: Role = "bridge" if role == "server" else "server"
    sealer = Sealer(derive_key(keys, salt, "frames", hello.slot, role))
    return sealer, Opener(derive_key(keys, salt, "frames", hello.slot, other))

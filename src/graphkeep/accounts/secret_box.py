"""Encryption of stored secrets: by the first of the server's keys, decrypted by any of them.

A ciphertext names its key, `gk1.<key id>.<Fernet token>`, so that an error can name the key that is missing.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from graphkeep.graph.errors import GraphkeepError

PREFIX = "gk1"


class UnreadableSecretError(GraphkeepError):
    """No key of GRAPHISTRY_NEXUS_ENCRYPTION_KEYS decrypts a stored secret."""

    def __init__(self, missing: str) -> None:
        key_ids = ", ".join(keyring()) or "none"
        super().__init__(
            f"A stored secret was encrypted by the key {missing}, which is missing (present: {key_ids}). Put that key "
            "back into GRAPHISTRY_NEXUS_ENCRYPTION_KEYS, after the new one."
        )


def parse_keys(text: str) -> list[bytes]:
    """Standard and URL-safe base64 both name 32 bytes."""
    parts = [part.strip().translate(str.maketrans("-_", "+/")) for part in text.split(",")]
    return [base64.b64decode(part + "=" * (-len(part) % 4)) for part in parts if part]


def key_id(raw: bytes) -> str:
    """The id of an encryption key: 8 hex digits that do not reveal it."""
    return hashlib.sha256(b"graphkeep key id:" + raw).hexdigest()[:8]


@lru_cache(maxsize=8)
def parse_keyring(text: str) -> dict[str, Fernet]:
    """The ciphers of a list of base64 keys by key id, in its order."""
    return {key_id(key): Fernet(base64.urlsafe_b64encode(key)) for key in parse_keys(text)}


def keyring() -> dict[str, Fernet]:
    """The server's keys by their ids, the newest first."""
    return parse_keyring(settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS)


def encrypt(text: str) -> str:
    """Encrypt a text with the first key."""
    name, key = next(iter(keyring().items()))
    return f"{PREFIX}.{name}.{key.encrypt(text.encode()).decode()}"


def key_id_of(ciphertext: str) -> str:
    """The id of the key that a ciphertext secret names; empty for secrets older than key ids."""
    version, _, payload = ciphertext.partition(".")
    return payload.partition(".")[0] if version == PREFIX else ""


def decrypt(ciphertext: str) -> str:
    """The text of a ciphertext secret.

    Raises:
        UnreadableSecretError: the server no longer has its encryption key.
    """
    name = key_id_of(ciphertext)
    key = keyring().get(name) if name else MultiFernet(list(keyring().values()))
    if key is None:
        raise UnreadableSecretError(name)
    try:
        return key.decrypt(ciphertext.rpartition(".")[2].encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError(name or "(unnamed)") from error


def is_current_key(ciphertext: str) -> bool:
    """Whether it was encrypted by the first key."""
    return key_id_of(ciphertext) == next(iter(keyring()))

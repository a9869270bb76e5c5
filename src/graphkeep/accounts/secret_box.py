"""Small secrets at rest: encrypted by the first of the server's keys, read by any of them.

A sealed secret names its key, `gk1.<key id>.<Fernet token>`, so that a missing key can be told by its name.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from graphkeep.graph.errors import GraphkeepError

PREFIX = "gk1"


class UnreadableSecretError(GraphkeepError):
    """No key of GRAPHISTRY_NEXUS_ENCRYPTION_KEYS opens a stored secret."""

    def __init__(self, missing: str) -> None:
        held = ", ".join(keyring()) or "none"
        super().__init__(
            f"A stored secret was sealed by the key {missing}, which is not here (here: {held}). Put that key "
            "back into GRAPHISTRY_NEXUS_ENCRYPTION_KEYS, after the new one."
        )


def parse_keys(text: str) -> list[bytes]:
    """Standard and URL-safe base64 both name 32 bytes."""
    found = [one.strip().translate(str.maketrans("-_", "+/")) for one in text.split(",")]
    return [base64.b64decode(one + "=" * (-len(one) % 4)) for one in found if one]


def key_id(raw: bytes) -> str:
    """8 hex digits that name a key and tell nothing of it."""
    return hashlib.sha256(b"graphkeep key id:" + raw).hexdigest()[:8]


@lru_cache(maxsize=8)
def parse_keyring(text: str) -> dict[str, Fernet]:
    return {key_id(raw): Fernet(base64.urlsafe_b64encode(raw)) for raw in parse_keys(text)}


def keyring() -> dict[str, Fernet]:
    """The server's keys by their ids, the newest first."""
    return parse_keyring(settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS)


def encrypt(text: str) -> str:
    name, key = next(iter(keyring().items()))
    return f"{PREFIX}.{name}.{key.encrypt(text.encode()).decode()}"


def key_id_of(sealed: str) -> str:
    """The id of the key that a sealed secret names; empty for those from before keys had names."""
    mark, _, rest = sealed.partition(".")
    return rest.partition(".")[0] if mark == PREFIX else ""


def decrypt(sealed: str) -> str:
    """The text of a sealed secret.

    Raises:
        UnreadableSecretError: it was sealed by a key that the server no longer has.
    """
    name = key_id_of(sealed)
    key = keyring().get(name) if name else MultiFernet(list(keyring().values()))
    if key is None:
        raise UnreadableSecretError(name)
    try:
        return key.decrypt(sealed.rpartition(".")[2].encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError(name or "(unnamed)") from error


def is_current_key(sealed: str) -> bool:
    return key_id_of(sealed) == next(iter(keyring()))

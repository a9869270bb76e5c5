"""Small secrets at rest: encrypted by the first of the server's keys, read by any of them."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from graphkeep.graph.errors import GraphkeepError


class UnreadableSecretError(GraphkeepError):
    """No key of GRAPHISTRY_NEXUS_ENCRYPTION_KEYS opens a stored secret."""


@lru_cache(maxsize=4)
def fernet(keys: str) -> MultiFernet:
    """Standard and URL-safe base64 both name 32 bytes."""
    found = [one.strip().translate(str.maketrans("-_", "+/")) for one in keys.split(",")]
    raw = [base64.b64decode(one + "=" * (-len(one) % 4)) for one in found if one]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in raw])


def seal(text: str) -> str:
    return fernet(settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text of a sealed secret.

    Raises:
        UnreadableSecretError: it was sealed by a key that the server no longer has.
    """
    try:
        return fernet(settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError(
            "A stored secret cannot be read: put the former key back into "
            "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS, after the new one."
        ) from error

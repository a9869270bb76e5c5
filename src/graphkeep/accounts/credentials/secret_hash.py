"""How the secrets of keys, links and invitations are stored."""

import hashlib


def hash_secret(secret: str) -> str:
    """The SHA-256 of a secret as hex; one round is enough for the 128 random bits and more that each has."""
    return hashlib.sha256(secret.encode()).hexdigest()

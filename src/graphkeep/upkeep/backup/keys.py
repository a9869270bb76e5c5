"""Encryption keys of backups, derived from the server's own encryption keys.

Each key of GRAPHISTRY_NEXUS_ENCRYPTION_KEYS is expanded with HKDF (RFC 5869) to an X25519 identity of the age
format, so the setting that decrypts stored secrets also decrypts backups.
"""

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from graphkeep.accounts.secret_box import key_id, parse_keys

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
HUMAN_PART = "age-secret-key-"


def identities(keys: str) -> dict[str, pyrage.x25519.Identity]:
    """Identities by key id, newest key first."""
    return {key_id(raw): identity(raw) for raw in parse_keys(keys)}


def identity(raw: bytes) -> pyrage.x25519.Identity:
    derived = HKDF(SHA256(), 32, salt=None, info=b"graphkeep backup").derive(raw)
    return pyrage.x25519.Identity.from_str(bech32(HUMAN_PART, derived).upper())


def bech32(human: str, data: bytes) -> str:
    """Encode as Bech32 (BIP 173), the text format of age keys."""
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = -(-len(data) * 8 // 5)
    values = [bits >> 5 * (count - 1 - index) & 31 for index in range(count)]
    expanded = (
        [ord(character) >> 5 for character in human]
        + [0]
        + [ord(character) & 31 for character in human]
    )
    check = polymod([*expanded, *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - index) & 31 for index in range(6)]
    return f"{human}1" + "".join(ALPHABET[value] for value in values)


def polymod(values: list[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for index, coefficient in enumerate(GENERATOR):
            total ^= coefficient if top >> index & 1 else 0
    return total

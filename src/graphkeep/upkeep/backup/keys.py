"""Who can open a backup: the server's own encryption keys, and whoever else is named.

The server's key for backups is derived from GRAPHISTRY_NEXUS_ENCRYPTION_KEYS (HKDF, RFC 5869) and used as an
X25519 identity of the age format, so the same lines of custom.env that open stored secrets open backups.
"""

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from graphkeep.accounts.secret_box import key_id, parse_keys

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
HUMAN_PART = "age-secret-key-"


def identities(keys: str) -> dict[str, pyrage.x25519.Identity]:
    """By key id, the newest first."""
    return {key_id(raw): identity(raw) for raw in parse_keys(keys)}


def identity(raw: bytes) -> pyrage.x25519.Identity:
    derived = HKDF(SHA256(), 32, salt=None, info=b"graphkeep backup").derive(raw)
    return pyrage.x25519.Identity.from_str(bech32(HUMAN_PART, derived).upper())


def bech32(human: str, data: bytes) -> str:
    """BIP 173, as age writes keys."""
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = -(-len(data) * 8 // 5)
    values = [bits >> 5 * (count - 1 - at) & 31 for at in range(count)]
    expanded = [ord(one) >> 5 for one in human] + [0] + [ord(one) & 31 for one in human]
    check = polymod([*expanded, *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - at) & 31 for at in range(6)]
    return f"{human}1" + "".join(ALPHABET[one] for one in values)


def polymod(values: list[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for at, one in enumerate(GENERATOR):
            total ^= one if top >> at & 1 else 0
    return total

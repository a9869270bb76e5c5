"""Requests signed as a program signs them, from the text of the documentation and not with the server's code."""

import hashlib
import hmac
import json
import secrets
import time

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY, SALT = "9a0c1f2e-7d34-4a55-8b1d-3f0a5f1c2b6d", "salt-1"


def headers(method, target, body, *, key=KEY, salt=SALT, at=None, nonce=None):
    timestamp = str(int(time.time() if at is None else at))
    nonce = nonce or secrets.token_hex(16)
    derived = HKDF(
        algorithm=SHA256(), length=32, salt=salt.encode(), info=b"connector management"
    ).derive(key.encode())
    digest = hashlib.sha256(body).hexdigest()
    text = f"v1\n{method}\n{target}\n{digest}\n{timestamp}\n{nonce}"
    signature = hmac.new(derived, text.encode(), "sha256").hexdigest()
    return {
        "X-Graphkeep-Timestamp": timestamp,
        "X-Graphkeep-Nonce": nonce,
        "X-Graphkeep-Signature": f"v1={signature}",
    }


def keyjson(values, key):
    return Fernet(key).encrypt(json.dumps(values).encode()).decode()

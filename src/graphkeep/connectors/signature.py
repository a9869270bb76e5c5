"""Signed requests of programs that change credentials: HMAC-SHA-256 with a time stamp and a nonce (SH-57).

The signed text is `v1`, method, path with query, SHA-256 of the body, time stamp and nonce, a line each. The key is
derived by HKDF from one of GRAPHISTRY_NEXUS_SIGNING_KEY and from GRAPHISTRY_NEXUS_SIGNING_SALT.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.connectors.models import UsedNonce

PURPOSE = b"connector management"
MAX_SKEW = timedelta(minutes=5)
NONCE = re.compile(r"[0-9a-f]{32}")
SIGNATURE = re.compile(r"v1=([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class SignedRequest:
    """What a signature covers, and the three headers; `target` is the path with its query, as it was sent."""

    method: str
    target: str
    body: bytes
    timestamp: str
    nonce: str
    signature: str

    @property
    def has_signature(self) -> bool:
        return bool(self.timestamp or self.nonce or self.signature)

    def text(self) -> bytes:
        digest = hashlib.sha256(self.body).hexdigest()
        lines = ("v1", self.method, self.target, digest, self.timestamp, self.nonce)
        return "\n".join(lines).encode()


def signing_keys() -> list[str]:
    """The keys that are accepted, the newest first."""
    return [key.strip() for key in settings.GRAPHISTRY_NEXUS_SIGNING_KEY.split(",") if key.strip()]


def derived_key(signing_key: str) -> bytes:
    salt = settings.GRAPHISTRY_NEXUS_SIGNING_SALT.encode()
    derive = HKDF(algorithm=SHA256(), length=32, salt=salt, info=PURPOSE)
    return derive.derive(signing_key.encode())


def sign(request: SignedRequest, signing_key: str) -> str:
    """The signature header of a request."""
    return "v1=" + hmac.new(derived_key(signing_key), request.text(), "sha256").hexdigest()


def verify_signature(request: SignedRequest, *, actor: Actor) -> None:
    """Accept a request once, within five minutes of its time stamp.

    Raises:
        InvalidCredentialError: the signature is missing or wrong, too old or too new, or its nonce was used; an
            audit event says which.
    """
    reason = refusal_of(request)
    if reason:
        audit.record("connector.signature-refused", actor=actor, target=request.target, why=reason)
        raise InvalidCredentialError(f"The request's signature is not accepted: {reason}.")


def refusal_of(request: SignedRequest) -> str:
    """Why a signature is not accepted; an empty string if it is, and its nonce is then used."""
    if not request.has_signature:
        return "it is missing"
    signature = SIGNATURE.fullmatch(request.signature)
    is_formed = signature and NONCE.fullmatch(request.nonce) and request.timestamp.isascii()
    if not is_formed or not request.timestamp.isdigit() or len(request.timestamp) > 12:
        return "it is malformed"
    if not any(
        hmac.compare_digest(sign(request, key), request.signature) for key in signing_keys()
    ):
        return "no key of this server made it for this request"
    sent_at = datetime.fromtimestamp(int(request.timestamp), UTC)
    if abs(timezone.now() - sent_at) > MAX_SKEW:
        return "its time stamp is more than five minutes from this server's clock"
    nonce_hash = hashlib.sha256(request.nonce.encode()).hexdigest()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(nonce_hash=nonce_hash, expires_at=sent_at + 2 * MAX_SKEW)
    except IntegrityError:
        return "its nonce was used before"
    return ""

"""Certificates of administrators: find them, and check that browsers will accept them before Caddy uses them."""

import stat
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtensionOID

from graphkeep.server.config.envfile import ConfigurationError

# Folders below the home that may hold certificates; Caddy reads the first, administrators use all.
PLACES = ("data/config/caddy/tls", ".caddy", "data/caddy/config", "data/caddy")
ENDINGS = {".crt", ".pem", ".cer", ".key"}


def find_pair(home: Path) -> tuple[Path, Path]:
    """The certificate and its key in one of the usual folders.

    Raises:
        ConfigurationError: there is no pair, or more than one.
    """
    folders = [home / name for name in PLACES if (home / name).is_dir()]
    paths = [
        path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in ENDINGS
    ]
    certificates = {path: leaf for path in paths if (leaf := leaf_of(path)) is not None}
    keys = {path: key for path in paths if (key := key_of(path)) is not None}
    pairs = [
        (certificate, key)
        for certificate, leaf in certificates.items()
        for key, private in keys.items()
        if certificate.parent == key.parent and spoken(leaf.public_key()) == private
    ]
    # A pair in another folder is a renewal and takes precedence over the copy in Caddy's folder.
    renewals = [pair for pair in pairs if pair[0].parent != home / PLACES[0]]
    chosen = renewals or pairs
    if len(chosen) == 1:
        return chosen[0]
    choices = ", ".join(str(pair[0]) for pair in chosen) or "no certificate with its key"
    raise ConfigurationError(
        f"Give --certificate and --key: there is {choices} in {', '.join(PLACES)} of {home}"
    )


def leaf_of(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, ValueError):
        return None


def key_of(path: Path) -> bytes | None:
    try:
        return spoken(load_pem_private_key(path.read_bytes(), password=None).public_key())
    except (OSError, ValueError, TypeError):
        return None


def fingerprint_of(certificate: Path) -> str:
    leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    return leaf.fingerprint(hashes.SHA256()).hex()[:16]


def check_certificate(certificate: Path, key: Path, domain: str) -> str:
    """Check a certificate and its key; returns the expiry date as YYYY-MM-DD.

    Raises:
        ConfigurationError: unreadable, expired, not yet valid, for another name or key, or a world-readable key.
    """
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
        private = load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise ConfigurationError(
            f"certificate and key must be PEM files, the key without a passphrase: {error}"
        ) from error
    leaf = chain[0]
    if stat.S_IMODE(key.stat().st_mode) & 0o007:
        raise ConfigurationError(
            f"{key} can be read by everybody on this machine. Run: chmod 640 {key}"
        )
    if spoken(leaf.public_key()) != spoken(private.public_key()):
        raise ConfigurationError(f"{key} is not the key of {certificate}")
    now = datetime.now(UTC)
    if leaf.not_valid_after_utc <= now:
        raise ConfigurationError(f"{certificate} ended on {leaf.not_valid_after_utc:%Y-%m-%d}")
    if leaf.not_valid_before_utc > now:
        raise ConfigurationError(
            f"{certificate} begins on {leaf.not_valid_before_utc:%Y-%m-%d} only"
        )
    names = names_of(leaf)
    if not any(covers(name, domain) for name in names):
        raise ConfigurationError(
            f"{certificate} is for {', '.join(names) or 'no name'}, not for {domain}"
        )
    return f"{leaf.not_valid_after_utc:%Y-%m-%d}"


def spoken(key: object) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))  # type: ignore[attr-defined]


def names_of(leaf: x509.Certificate) -> list[str]:
    """The subject alternative names; browsers ignore the common name."""
    try:
        extension = leaf.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        ).value
    except x509.ExtensionNotFound:
        return []
    assert isinstance(extension, x509.SubjectAlternativeName)  # noqa: S101  # for the type checker
    return [
        *extension.get_values_for_type(x509.DNSName),
        *map(str, extension.get_values_for_type(x509.IPAddress)),
    ]


def covers(name: str, domain: str) -> bool:
    host = domain.partition(":")[0]
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:]
    return name.lower() == host

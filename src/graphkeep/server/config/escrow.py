"""Key escrow: the server's secrets in a file encrypted to age recipients or with a passphrase.

The format is age (https://age-encryption.org/v1), so the file can be decrypted without Graphkeep.
"""

import os
from pathlib import Path

import pyrage

from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError, quote
from graphkeep.server.config.rotation import FORMER_DJANGO
from graphkeep.server.config.secrets import MADE


def secret_lines(environment: Environment) -> str:
    """The lines of custom.env without which stored secrets cannot be read."""
    values = {name: environment.text_of(name) for name in (*MADE, FORMER_DJANGO)}
    lines = [quote(name, value) for name, value in values.items() if value]
    return "\n".join(
        ["# Secrets of a Graphkeep server: lines for data/config/custom.env", *lines, ""]
    )


def write_escrow(text: str, path: Path, *, recipients: tuple[str, ...], passphrase: str) -> None:
    """Write the encrypted file, readable by its owner only; it must not exist.

    Raises:
        ConfigurationError: not exactly one of recipients and passphrase, an invalid recipient, or no new file.
    """
    if bool(recipients) == bool(passphrase):
        raise ConfigurationError("Give a recipient: --recipient age1…, or --passphrase-stdin.")
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise ConfigurationError(f"A recipient looks like age1…: {error}") from error
    encrypted = (
        pyrage.passphrase.encrypt(text.encode(), passphrase)
        if passphrase
        else pyrage.encrypt(text.encode(), keys)
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as sink:
        sink.write(encrypted)
        sink.flush()
        os.fsync(sink.fileno())


def read_escrow(path: Path, *, identity: str, passphrase: str) -> str:
    """Decrypt an escrow file.

    Raises:
        ConfigurationError: the file cannot be read, or the identity or passphrase does not decrypt it.
    """
    try:
        encrypted = path.read_bytes()
        if passphrase:
            return pyrage.passphrase.decrypt(encrypted, passphrase).decode()
        return pyrage.decrypt(encrypted, [pyrage.x25519.Identity.from_str(identity)]).decode()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise ConfigurationError(f"{path} does not open: {error}") from error

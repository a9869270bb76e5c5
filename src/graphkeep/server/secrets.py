"""The server's own secrets: made at first start, kept for ever, never weak.

They stand in `data/config/custom.env` (mode 0600). Missing ones are appended and no line of the
administrator is touched; known, placeholder, short or low-entropy ones refuse the start.
"""

import base64
import fcntl
import math
import os
import secrets
import stat
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graphkeep.server.env import ConfigurationError, Environment

SHORTEST = 32
LEAST_ENTROPY_BITS = 80.0

KNOWN_BAD = (
    "...", "changeme", "change_me", "secret", "password", "insecure", "example", "placeholder",
    "your-secret", "your_secret", "temporary_superset_secret_key", "thisismysecretkey",
    "this_is_a_secret", "django-insecure", "c292a0a3aa32397cdb050e233733900f", "sw2ycpadkoyq1oow",
)  # fmt: skip


def make_django_key() -> str:
    return secrets.token_urlsafe(64)


def make_encryption_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def make_signing_key() -> str:
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


MADE: dict[str, Callable[[], str]] = {
    "DJANGO_SECRET_KEY": make_django_key,
    "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS": make_encryption_key,
    "GRAPHISTRY_NEXUS_SIGNING_KEY": make_signing_key,
    "GRAPHISTRY_NEXUS_SIGNING_SALT": make_signing_key,
}


def ensure_secrets(home: Path) -> list[str]:
    """Make what is missing and refuse what is weak; the names that were made.

    Raises:
        ConfigurationError: with the line that mends it.
    """
    config = home / "data/config"
    config.mkdir(parents=True, exist_ok=True)
    custom = config / "custom.env"
    with locked(config / ".secrets.lock"):
        refuse_readable_by_the_world(custom)
        found = Environment(home, os.environ)
        missing = [name for name in MADE if found.find(name) is None]
        if "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS" in missing and (home / "data/db.sqlite3").exists():
            raise ConfigurationError(
                "The database exists, but GRAPHISTRY_NEXUS_ENCRYPTION_KEYS is missing: a new key could "
                "not read what the old one wrote. Put the old line back into data/config/custom.env."
            )
        if missing:
            before = custom.read_bytes() if custom.exists() else b""
            if before and not before.endswith(b"\n"):
                before += b"\n"
            lines = [f"{name}='{MADE[name]()}'" for name in missing]
            write_whole(custom, before + "\n".join(lines).encode() + b"\n")
    check_secrets(Environment(home, os.environ))
    return missing


def check_secrets(found: Environment) -> None:
    for name, make in MADE.items():
        value = found.find(name)
        if value is None:
            continue
        for one in value.text.split(",") if name.endswith("KEYS") else [value.text]:
            reason = weakness(one)
            if reason:
                raise ConfigurationError(
                    f"{name} in {value.origin} {reason}. Use this line instead:\n  {name}='{make()}'"
                )
        if name == "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS":
            check_encryption_keys(value.text, value.origin)


def check_encryption_keys(text: str, origin: str) -> None:
    for number, one in enumerate(text.split(","), start=1):
        try:
            size = len(
                base64.b64decode(one.strip().replace("-", "+").replace("_", "/"), validate=True)
            )
        except ValueError:
            size = 0
        if size != 32:
            raise ConfigurationError(
                f"GRAPHISTRY_NEXUS_ENCRYPTION_KEYS in {origin}: key {number} is not 32 bytes in base64. "
                f"Use this line instead:\n  GRAPHISTRY_NEXUS_ENCRYPTION_KEYS='{make_encryption_key()}'"
            )


def weakness(value: str) -> str:
    """Why a secret is refused, or nothing."""
    plain = value.strip()
    lowered = plain.lower()
    if plain == "..." or any(lowered.startswith(bad) for bad in KNOWN_BAD if bad != "..."):
        return "is a placeholder that everybody knows"
    if len(plain) < SHORTEST:
        return f"is shorter than {SHORTEST} characters"
    counts = Counter(plain)
    bits = -sum(c * math.log2(c / len(plain)) for c in counts.values())
    if bits < LEAST_ENTROPY_BITS:
        return "repeats itself too much to be random"
    return ""


def refuse_readable_by_the_world(path: Path) -> None:
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007:
        raise ConfigurationError(
            f"{path} can be read by everybody on this machine. Run: chmod 600 {path}"
        )


def write_whole(path: Path, content: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".custom.env-")
    with os.fdopen(handle, "wb") as sink:
        if path.exists():
            os.fchmod(sink.fileno(), stat.S_IMODE(path.stat().st_mode) & 0o660)
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    Path(aside).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

"""The server's own secrets: generated at the first start and checked at each start.

They are stored in `data/config/custom.env` (mode 0600). Missing secrets are appended without changing other
lines; the server does not start with a published, placeholder, short or low-entropy secret.
"""

import base64
import fcntl
import hashlib
import math
import os
import secrets
import stat
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError, set_value, write_config_file

SHORTEST = 32
LEAST_ENTROPY_BITS = 80.0

PLACEHOLDERS = (
    "changeme", "change_me", "change-me", "secret", "password", "insecure", "example", "placeholder",
    "your-secret", "your_secret", "django-insecure",
)  # fmt: skip
# SHA-256 of secrets published in the documentation and charts of well-known servers: attackers try them.
PUBLISHED = frozenset(
    {
        "12b9377cbe7e5c94e8a70d9d23929523d14afa954793130f8a3959c7b849aca8",
        "f3c3964ca854e172366f81d8bdb327da487c2f8a15f954b116e28961dd6585c0",
        "34557714cef2ca42c270cb613861553cfaa14f682c80dc2cb30017491c3cc3ba",
        "26fd2cb96404507841385bd67e6f16710e44c7fe924c7e5be55177f37af52027",
        "9e025c7f27895816bd43f42e65f843d1e6c1043499bfe43afe98d744da31a605",
        "889041e8368708c03a9764f0a05a977b24a3fdd6eff2c9fb9dc7737167bb68c6",
        "9026d3d1734f0b094984dc375921cb7fe152a2d70eb269386cfcb0dcb86568e4",
        "9524778ec96458f7d842cbe42d743ab9b1e068841c2c805fa4045ad898ad4282",
        "f84bcf46fe1c204119484f7b811ffd44569caad408929a000fa2827a535a8de3",
        "3f7aa5c0b56cad6ccbfc84814cd4b16a1abf3dd31d60b6f1663cc751b2a0d2a6",
        "06282fd37afcaf863d4b8d5d00141d71094b92cc730fdc030376ae95eacf0866",
        "0cfc091fb1418786157ae92d1a65a10391934bd830aa9ef6a82ce98c790435d0",
    }
)


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

# Lists of keys, newest first: the first encrypts or signs, the others only decrypt or verify.
LISTS = frozenset({"GRAPHISTRY_NEXUS_ENCRYPTION_KEYS", "GRAPHISTRY_NEXUS_SIGNING_KEY"})


def ensure_secrets(home: Path) -> list[str]:
    """Generate missing secrets and reject weak ones; returns the names of the generated secrets.

    Raises:
        ConfigurationError: a secret is weak, or an encryption key is missing; the message has the line to use.
    """
    config = home / "data/config"
    config.mkdir(parents=True, exist_ok=True)
    custom = config / "custom.env"
    with locked(config / ".secrets.lock"):
        refuse_readable_by_the_world(custom)
        env = Environment(home, os.environ)
        missing = [name for name in MADE if env.find(name) is None]
        if "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS" in missing and (home / "data/db.sqlite3").exists():
            raise ConfigurationError(
                "The database exists, but GRAPHISTRY_NEXUS_ENCRYPTION_KEYS is missing: a new key could "
                "not read what the old one wrote. Put the old line back into data/config/custom.env."
            )
        if missing:
            content = custom.read_bytes() if custom.exists() else b""
            if content and not content.endswith(b"\n"):
                content += b"\n"
            lines = [f"{name}='{MADE[name]()}'" for name in missing]
            write_config_file(custom, content + "\n".join(lines).encode() + b"\n")
    check_secrets(Environment(home, os.environ))
    return missing


def change_lines(home: Path, values: Mapping[str, str | None]) -> None:
    """Set these values in custom.env atomically, or remove those that are None; other lines stay byte for byte.

    Raises:
        ConfigurationError: a secret is weak.
    """
    custom = home / "data/config/custom.env"
    with locked(custom.parent / ".secrets.lock"):
        text = custom.read_bytes().decode() if custom.exists() else ""
        for name, value in values.items():
            text = set_value(text, name, value)
        write_config_file(custom, text.encode())
    check_secrets(Environment(home, {}))


def check_secrets(environment: Environment) -> None:
    for name, make in MADE.items():
        source = environment.find(name)
        if source is None:
            continue
        for secret in source.text.split(",") if name in LISTS else [source.text]:
            reason = weakness(secret)
            if reason:
                raise ConfigurationError(
                    f"{name} in {source.origin} {reason}. Use this line instead:\n  {name}='{make()}'"
                )
        if name == "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS":
            check_encryption_keys(source.text, source.origin)


def check_encryption_keys(text: str, origin: str) -> None:
    for number, key in enumerate(text.split(","), start=1):
        try:
            size = len(
                base64.b64decode(key.strip().replace("-", "+").replace("_", "/"), validate=True)
            )
        except ValueError:
            size = 0
        if size != 32:
            raise ConfigurationError(
                f"GRAPHISTRY_NEXUS_ENCRYPTION_KEYS in {origin}: key {number} is not 32 bytes in base64. "
                f"Use this line instead:\n  GRAPHISTRY_NEXUS_ENCRYPTION_KEYS='{make_encryption_key()}'"
            )


def weakness(value: str) -> str:
    """Why a secret is rejected, or an empty string."""
    plain = value.strip()
    if plain == "..." or plain.lower().startswith(PLACEHOLDERS):
        return "is a placeholder that everybody knows"
    if hashlib.sha256(plain.encode()).hexdigest() in PUBLISHED:
        return "is published in the documents of another server"
    if len(plain) < SHORTEST:
        return f"is shorter than {SHORTEST} characters"
    counts = Counter(plain)
    bits = -sum(count * math.log2(count / len(plain)) for count in counts.values())
    if bits < LEAST_ENTROPY_BITS:
        return "repeats itself too much to be random"
    return ""


def refuse_readable_by_the_world(path: Path) -> None:
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007:
        raise ConfigurationError(
            f"{path} can be read by everybody on this machine. Run: chmod 600 {path}"
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

"""Secret rotation without downtime.

Every step leaves a configuration that can read all stored data, so an interrupted rotation can be started again.
Processes restart one after another: all of them can read with a new key before the first one writes with it.
"""

from collections.abc import Callable
from pathlib import Path

from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.secrets import MADE, change_lines

CUSTOM = "data/config/custom.env"
SIGNING = "GRAPHISTRY_NEXUS_SIGNING_KEY"
ENCRYPTION = "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
DJANGO, FORMER_DJANGO = "DJANGO_SECRET_KEY", "DJANGO_SECRET_KEY_FALLBACKS"
Step = Callable[[], None]


def rotate_django_key(home: Path, restart: Step) -> None:
    """Sign with a new key; signatures of the former key stay valid until `retire_django_key`."""
    former = own_value(home, DJANGO)
    fallbacks = items(own_value(home, FORMER_DJANGO))
    new = MADE[DJANGO]()
    change_lines(home, {FORMER_DJANGO: ",".join([new, *fallbacks])})
    restart()
    change_lines(home, {DJANGO: new, FORMER_DJANGO: ",".join([former, *fallbacks])})
    restart()


def retire_django_key(home: Path, restart: Step) -> int:
    """Remove every former key; returns how many there were."""
    former = items(own_value(home, FORMER_DJANGO))
    if former:
        change_lines(home, {FORMER_DJANGO: None})
        restart()
    return len(former)


def rotate_encryption_key(home: Path, restart: Step, reseal: Step) -> None:
    """Reencrypt all stored secrets with a new key, and remove the former keys."""
    former = items(own_value(home, ENCRYPTION))
    new = MADE[ENCRYPTION]()
    for keys in ([*former, new], [new, *former]):
        change_lines(home, {ENCRYPTION: ",".join(keys)})
        restart()
    reseal()
    change_lines(home, {ENCRYPTION: new})
    restart()


def rotate_signing_key(home: Path, restart: Step) -> None:
    """Sign with a new key; the former key stays valid until the next rotation."""
    former = items(own_value(home, SIGNING))[:1]
    new = MADE[SIGNING]()
    for keys in ([*former, new], [new, *former]):
        change_lines(home, {SIGNING: ",".join(keys)})
        restart()


def own_value(home: Path, name: str) -> str:
    """The value of a secret in custom.env, or an empty string.

    Raises:
        ConfigurationError: another source sets it, so it must be changed there.
    """
    source = Environment(home, {}).find(name)
    if source is not None and source.origin != CUSTOM:
        new = MADE[name]() if name in MADE else ""
        raise ConfigurationError(
            f"{name} is set in {source.origin}; change it there."
            + (f" A new value:\n  {new}" if new else "")
        )
    return source.text if source else ""


def items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]

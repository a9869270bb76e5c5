"""New secrets while people work.

Every step leaves a configuration under which nothing is lost, so an interrupted rotation is simply begun
again. Processes start one after another, so a key is read by all of them before the first one writes by it.
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
    """Sign by a new key; what the former one signed holds until `retire_django_key`."""
    former = own_value(home, DJANGO)
    kept = items(own_value(home, FORMER_DJANGO))
    new = MADE[DJANGO]()
    change_lines(home, {FORMER_DJANGO: ",".join([new, *kept])})
    restart()
    change_lines(home, {DJANGO: new, FORMER_DJANGO: ",".join([former, *kept])})
    restart()


def retire_django_key(home: Path, restart: Step) -> int:
    """Forget every former key; how many there were."""
    former = items(own_value(home, FORMER_DJANGO))
    if former:
        change_lines(home, {FORMER_DJANGO: None})
        restart()
    return len(former)


def rotate_encryption_key(home: Path, restart: Step, reseal: Step) -> None:
    """Seal everything by a new key, and forget the former ones."""
    former = items(own_value(home, ENCRYPTION))
    new = MADE[ENCRYPTION]()
    for keys in ([*former, new], [new, *former]):
        change_lines(home, {ENCRYPTION: ",".join(keys)})
        restart()
    reseal()
    change_lines(home, {ENCRYPTION: new})
    restart()


def rotate_signing_key(home: Path, restart: Step) -> None:
    """Sign by a new key; the one before it is still taken, until the next rotation ends it."""
    former = items(own_value(home, SIGNING))[:1]
    new = MADE[SIGNING]()
    for keys in ([*former, new], [new, *former]):
        change_lines(home, {SIGNING: ",".join(keys)})
        restart()


def own_value(home: Path, name: str) -> str:
    """What custom.env says.

    Raises:
        ConfigurationError: it is said elsewhere, so it must be changed there.
    """
    found = Environment(home, {}).find(name)
    if found is not None and found.origin != CUSTOM:
        new = MADE[name]() if name in MADE else ""
        raise ConfigurationError(
            f"{name} is said in {found.origin}, so it is changed there and not by this command."
            + (f" A new value:\n  {new}" if new else "")
        )
    return found.text if found else ""


def items(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]

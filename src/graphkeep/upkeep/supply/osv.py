"""OSV advisories: parsing, and matching against component versions.

A version that cannot be parsed counts as affected: a false positive gets reviewed, a false negative goes unnoticed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.supply.component import Component, Ecosystem

SEMVER = re.compile(
    r"^[v=]*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$"
)

# Event order at the same version: fixed, then introduced again, then last affected.
RANKS = {"fixed": 0, "limit": 0, "introduced": 1, "last_affected": 2}


class Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Affected:
    """Affected versions of one package in one advisory; ranges are lists of (event, version)."""

    advisory_id: str
    ecosystem: Ecosystem
    name: str
    modified: str
    summary: str
    aliases: tuple[str, ...]
    severity: str
    versions: tuple[str, ...]
    ranges: tuple[tuple[tuple[str, str], ...], ...]


def read_advisory(value: Any) -> list[Affected]:
    """Parse the PyPI and npm packages of an OSV record; a withdrawn record yields none.

    Raises:
        UserInputError: the value is not an OSV record.
    """
    try:
        entries = [] if value.get("withdrawn") else list(value.get("affected", []))
        return [
            Affected(
                advisory_id=str(value["id"]),
                ecosystem=ecosystem,
                name=own_name(ecosystem, str(entry["package"]["name"])),
                modified=str(value["modified"]),
                summary=str(value.get("summary", ""))[:200],
                aliases=tuple(map(str, value.get("aliases", []))),
                severity=severity_of(value),
                versions=tuple(map(str, entry.get("versions", []))),
                ranges=tuple(
                    tuple(
                        (str(kind), str(text))
                        for event in version_range["events"]
                        for kind, text in event.items()
                    )
                    for version_range in entry.get("ranges", [])
                    if version_range["type"] in {"ECOSYSTEM", "SEMVER"}
                ),
            )
            for entry in entries
            if (ecosystem := ecosystem_of(entry.get("package", {}))) is not None
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise UserInputError(f"this is no advisory in the OSV format ({error})") from None


def ecosystem_of(package: dict[str, Any]) -> Ecosystem | None:
    name = str(package.get("ecosystem", "")).partition(":")[0]
    return "PyPI" if name == "PyPI" else "npm" if name == "npm" else None


def own_name(ecosystem: Ecosystem, name: str) -> str:
    return canonicalize_name(name) if ecosystem == "PyPI" else name


def severity_of(value: dict[str, Any]) -> str:
    return str(value.get("database_specific", {}).get("severity", "")).lower()


def affects(affected: Affected, component: Component) -> bool:
    if (affected.ecosystem, affected.name) != (component.ecosystem, component.name):
        return False
    order = ORDERS[affected.ecosystem]
    current = order(component.version)
    if current is None:
        return component.version in affected.versions or bool(affected.ranges)
    listed = any(text == component.version or order(text) == current for text in affected.versions)
    return listed or any(is_within(events, current, order) for events in affected.ranges)


def fixed_in(affected: Affected, component: Component) -> str:
    """Lowest fixed version above the component's; empty if there is none."""
    order = ORDERS[affected.ecosystem]
    current = order(component.version)
    fixes = [
        (version, text)
        for events in affected.ranges
        for kind, text in events
        if kind == "fixed" and (version := order(text)) is not None
        and (current is None or current < version)
    ]  # fmt: skip
    return min(fixes)[1] if fixes else ""


def is_within(
    events: tuple[tuple[str, str], ...], current: Ordered, order: Callable[[str], Ordered | None]
) -> bool:
    """Whether the last event at or before this version leaves it affected.

    An unparsable `introduced` version applies from the start; an unparsable `fixed` version is ignored.
    """
    is_affected = any(
        kind == "introduced" and (text == "0" or order(text) is None) for kind, text in events
    )
    boundaries = [
        (version, RANKS[kind])
        for kind, text in events
        if kind in RANKS and (version := order(text)) is not None and text != "0"
    ]
    for version, rank in sorted(boundaries):
        if rank == RANKS["last_affected"]:
            is_affected = is_affected and not version < current
        elif not current < version:
            is_affected = rank == RANKS["introduced"]
    return is_affected


def pypi(text: str) -> Ordered | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def npm(text: str) -> Ordered | None:
    """Sort key in semver.org precedence: a pre-release sorts before its release."""
    match = SEMVER.match(text.strip())
    if match is None:
        return None
    numbers = tuple(int(number or 0) for number in match.groups()[:3])
    prerelease = [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in (match[4].split(".") if match[4] else [])
    ]
    return (numbers, not prerelease, prerelease)


ORDERS: dict[Ecosystem, Callable[[str], Ordered | None]] = {"PyPI": pypi, "npm": npm}

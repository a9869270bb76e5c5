"""Advisories in the OSV format, and whether one of them speaks of a version.

What cannot be read as a version counts against the component: an advisory too many is looked at, one too few is not.
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

# At the same version: mended, then broken again, then the last that is broken.
RANKS = {"fixed": 0, "limit": 0, "introduced": 1, "last_affected": 2}


class Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Affected:
    """One advisory's words about one package: ranges are lists of (event, version)."""

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
    """What an OSV record says of packages of PyPI and npm; nothing, when it was withdrawn.

    Raises:
        UserInputError: it is no OSV record.
    """
    try:
        match = [] if value.get("withdrawn") else list(value.get("affected", []))
        return [
            Affected(
                advisory_id=str(value["id"]),
                ecosystem=ecosystem,
                name=own_name(ecosystem, str(said["package"]["name"])),
                modified=str(value["modified"]),
                summary=str(value.get("summary", ""))[:200],
                aliases=tuple(map(str, value.get("aliases", []))),
                severity=severity_of(value),
                versions=tuple(map(str, said.get("versions", []))),
                ranges=tuple(
                    tuple(
                        (str(kind), str(text))
                        for event in one["events"]
                        for kind, text in event.items()
                    )
                    for one in said.get("ranges", [])
                    if one["type"] in {"ECOSYSTEM", "SEMVER"}
                ),
            )
            for said in match
            if (ecosystem := ecosystem_of(said.get("package", {}))) is not None
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


def affects(one: Affected, component: Component) -> bool:
    if (one.ecosystem, one.name) != (component.ecosystem, component.name):
        return False
    order = ORDERS[one.ecosystem]
    here = order(component.version)
    if here is None:
        return component.version in one.versions or bool(one.ranges)
    listed = any(text == component.version or order(text) == here for text in one.versions)
    return listed or any(is_within(events, here, order) for events in one.ranges)


def fixed_in(one: Affected, component: Component) -> str:
    """The lowest version above this one in which it is mended; empty when none is."""
    order = ORDERS[one.ecosystem]
    here = order(component.version)
    mended = [
        (version, text)
        for events in one.ranges
        for kind, text in events
        if kind == "fixed" and (version := order(text)) is not None
        and (here is None or here < version)
    ]  # fmt: skip
    return min(mended)[1] if mended else ""


def is_within(
    events: tuple[tuple[str, str], ...], here: Ordered, order: Callable[[str], Ordered | None]
) -> bool:
    """Whether the last event at or before this version left it affected.

    An `introduced` that cannot be read counts from the start; a `fixed` that cannot be read counts as none.
    """
    is_affected = any(
        kind == "introduced" and (text == "0" or order(text) is None) for kind, text in events
    )
    told = [
        (version, RANKS[kind])
        for kind, text in events
        if kind in RANKS and (version := order(text)) is not None and text != "0"
    ]
    for version, rank in sorted(told):
        if rank == RANKS["last_affected"]:
            is_affected = is_affected and not version < here
        elif not here < version:
            is_affected = rank == RANKS["introduced"]
    return is_affected


def pypi(text: str) -> Ordered | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def npm(text: str) -> Ordered | None:
    """The order of semver.org: a version with a pre-release stands before the one without."""
    match = SEMVER.match(text.strip())
    if match is None:
        return None
    numbers = tuple(int(one or 0) for one in match.groups()[:3])
    before = [
        (0, int(one), "") if one.isdigit() else (1, 0, one)
        for one in (match[4].split(".") if match[4] else [])
    ]
    return (numbers, not before, before)


ORDERS: dict[Ecosystem, Callable[[str], Ordered | None]] = {"PyPI": pypi, "npm": npm}

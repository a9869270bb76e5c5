"""The configuration of one slot: its keys, its source, and what the bridge allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from graphkeep.bridge.config.env_values import (
    parse_boolean,
    parse_duration,
    parse_integer,
    parse_list,
    unknown_name,
)
from graphkeep.bridge.protocol.handshake import MIN_KEY_LENGTH, SLOT, SlotKeys
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.query import MARKINGS, QueryLimits, QueryPolicy, Restriction

DEFAULT_KINDS = {
    "es": "opensearch",
    "elasticsearch": "opensearch",
    "pg": "postgresql",
    "mariadb": "mysql",
}
# Documented names that differ from those of the kind's fields.
FIELD_ALIASES = {"SPLUNK_KEY": "password"}
RESTRICTIONS: tuple[Restriction, ...] = get_args(Restriction)
SLOT_NAMES = (
    "SERVER_KEY", "PROXY_KEY", "USE_PROXY", "KIND", "ALLOWED_HOSTS", "MAX_ROWS", "MAX_BYTES", "MAX_SECONDS",
    "MAX_TIME_RANGE", "MAX_MARKING", "MAX_PARALLEL", *(f"ALLOWED_{name.upper()}" for name in RESTRICTIONS),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SlotConfig:
    """One source: its keys, and what the bridge allows. `settings` None: the server's, at `allowed_hosts` only."""

    slot: str
    keys: SlotKeys = field(repr=False)
    kind: ConnectorKind
    settings: Mapping[str, Any] | None
    secrets: Mapping[str, str] = field(repr=False)
    allowed_hosts: tuple[tuple[str, int], ...]
    policy: QueryPolicy
    limits: QueryLimits
    max_parallel: int


def prefix_of(slot: str) -> str:
    return slot.upper().replace("-", "_")


def slot_config(
    prefix: str, values: Mapping[str, str], kinds: Mapping[str, ConnectorKind]
) -> SlotConfig:
    slot = prefix.lower().replace("_", "-")
    if not SLOT.fullmatch(slot):
        raise UserInputError(f"{prefix} cannot name a slot: letters, digits and _ can.")
    slot_values = {
        name.removeprefix(f"{prefix}_"): value
        for name, value in values.items()
        if name.startswith(f"{prefix}_")
    }
    keys = SlotKeys(server_key=slot_values["SERVER_KEY"], proxy_key=slot_values["PROXY_KEY"])
    if min(len(keys.server_key), len(keys.proxy_key)) < MIN_KEY_LENGTH:
        raise UserInputError(f"The keys of {prefix} are shorter than {MIN_KEY_LENGTH} characters.")
    kind = slot_kind(prefix, slot_values.get("KIND", ""), kinds)
    fields = {each.name.upper(): each for each in kind.fields}
    aliases = {
        alias.removeprefix(f"{prefix}_"): fields[name.upper()]
        for alias, name in FIELD_ALIASES.items()
        if alias.startswith(f"{prefix}_") and name.upper() in fields
    }
    field_values: dict[str, Any] = {}
    for name, value in slot_values.items():
        each = aliases.get(name) or fields.get(name)
        if each is not None and name not in SLOT_NAMES:
            field_values[each.name] = field_value(f"{prefix}_{name}", each, value)
        elif name not in SLOT_NAMES:
            raise UserInputError(unknown_name(f"{prefix}_{name}", prefix, [*SLOT_NAMES, *fields]))
    secrets = {
        each.name: field_values.pop(each.name)
        for each in kind.fields
        if each.is_secret and each.name in field_values
    }
    settings = settings_of(prefix, kind, field_values) if field_values else None
    if secrets and settings is None and any(each.kind == "host" for each in kind.fields):
        raise UserInputError(
            f"{prefix} has a credential here, but no host: add {prefix}_HOST, so that the credential goes nowhere else."
        )
    hosts = [] if settings is None else list(kind.endpoints(settings))
    return SlotConfig(
        slot=slot,
        keys=keys,
        kind=kind,
        settings=settings,
        secrets=secrets,
        allowed_hosts=(*hosts, *allowed_hosts(prefix, slot_values.get("ALLOWED_HOSTS", ""))),
        policy=policy_of(prefix, kind, slot_values),
        limits=limits_of(prefix, slot_values),
        max_parallel=parse_integer(
            f"{prefix}_MAX_PARALLEL", slot_values.get("MAX_PARALLEL", "4"), 1, 64
        ),
    )


def slot_kind(prefix: str, name: str, kinds: Mapping[str, ConnectorKind]) -> ConnectorKind:
    lower = prefix.lower()
    name = name or DEFAULT_KINDS.get(lower, lower)
    if name not in kinds:
        raise UserInputError(
            f"{prefix}_KIND names the kind of source: one of {', '.join(sorted(kinds))}."
        )
    return kinds[name]


def settings_of(
    prefix: str, kind: ConnectorKind, field_values: Mapping[str, Any]
) -> dict[str, Any]:
    """All settings of a kind, with its defaults. Raises UserInputError: one is missing or not accepted."""
    plain = [each for each in kind.fields if not each.is_secret]
    settings = {each.name: field_values.get(each.name, each.default) for each in plain}
    missing = [
        each.name for each in plain if each.is_required and settings[each.name] in {None, ""}
    ]
    if missing:
        raise UserInputError(f"{prefix}_{missing[0].upper()} is missing.")
    kind.check_settings(settings)
    return settings


def field_value(name: str, each: SettingField, text: str) -> Any:
    """Raises UserInputError: the text is no value of this field."""
    if each.kind == "integer":
        return parse_integer(name, text, each.minimum, each.maximum)
    if each.kind == "boolean":
        return parse_boolean(name, text)
    if each.kind == "list":
        return parse_list(text)
    if each.kind == "choice" and text not in each.choices:
        raise UserInputError(f"{name} is one of {', '.join(each.choices)}.")
    if each.kind == "host" and re.search(r"[\s/#@?\\]", text):
        raise UserInputError(f"{name} is a host name or an address, without a port or a path.")
    return text


def policy_of(prefix: str, kind: ConnectorKind, slot_values: Mapping[str, str]) -> QueryPolicy:
    allowed = {
        restriction: parse_list(slot_values[f"ALLOWED_{restriction.upper()}"])
        for restriction in RESTRICTIONS
        if f"ALLOWED_{restriction.upper()}" in slot_values
    }
    for restriction in allowed:
        if restriction not in kind.restrictions:
            raise UserInputError(
                f"{prefix}_ALLOWED_{restriction.upper()}: {kind.title} cannot be restricted by {restriction}, but by "
                f"{', '.join(kind.restrictions) or 'nothing'}."
            )
    marking = next(
        (each for each in MARKINGS if each == slot_values.get("MAX_MARKING", "red")), None
    )
    if marking is None:
        raise UserInputError(f"{prefix}_MAX_MARKING is one of {', '.join(MARKINGS)}.")
    time_range = slot_values.get("MAX_TIME_RANGE", "")
    return QueryPolicy(
        allowed=allowed,
        max_time_range=parse_duration(f"{prefix}_MAX_TIME_RANGE", time_range)
        if time_range
        else None,
        max_marking=marking,
    )


def limits_of(prefix: str, slot_values: Mapping[str, str]) -> QueryLimits:
    default = QueryLimits()
    return QueryLimits(
        max_rows=parse_integer(
            f"{prefix}_MAX_ROWS", slot_values.get("MAX_ROWS", str(default.max_rows)), 1, 10**9
        ),
        max_bytes=parse_integer(
            f"{prefix}_MAX_BYTES", slot_values.get("MAX_BYTES", str(default.max_bytes)), 1, 2 << 30
        ),
        max_seconds=parse_integer(
            f"{prefix}_MAX_SECONDS",
            slot_values.get("MAX_SECONDS", str(int(default.max_seconds))),
            1,
            3600,
        ),
    )


def allowed_hosts(prefix: str, text: str) -> tuple[tuple[str, int], ...]:
    hosts = []
    for entry in parse_list(text):
        host, _, port = entry.rpartition(":")
        if not host or not port.isdigit():
            raise UserInputError(f"{prefix}_ALLOWED_HOSTS is a list such as db.internal:5432")
        hosts.append((host.strip("[]").lower(), int(port)))
    return tuple(hosts)

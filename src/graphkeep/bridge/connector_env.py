"""The configuration of a bridge, from the names in `connector.env`.

A prefix with both `<PREFIX>_SERVER_KEY` and `<PREFIX>_PROXY_KEY` is a slot, named by the prefix in lower case with
`-` for `_`. Its other names are the fields of its kind (`<PREFIX>_HOST`) and what the bridge itself allows
(`<PREFIX>_ALLOWED_TABLES`, `<PREFIX>_MAX_ROWS`). Each name may end in `_FILE`: then the file holds the value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from graphkeep.bridge.handshake import MIN_KEY_LENGTH, SLOT, SlotKeys
from graphkeep.graph.errors import UserInputError, nearest_name
from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.query import MARKINGS, QueryLimits, QueryPolicy, Restriction

OWN_NAMES = (
    "GRAPHISTRY_HOST", "GRAPHISTRY_MOUNT_POINT", "GRAPHISTRY_LOG_LEVEL", "DEBUG", "BRIDGE_NAME", "BRIDGE_CA_FILE",
    "BRIDGE_STATE_DIR", "BRIDGE_FILES_DIR", "BRIDGE_TRANSPORT", "BRIDGE_AIR_GAP", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE",
)  # fmt: skip
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
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
TRANSPORTS = ("auto", "websocket", "polling")
DEFAULT_STATE_DIR = "/var/lib/graphkeep-bridge"


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


@dataclass(frozen=True, kw_only=True)
class BridgeConfig:
    """`base_url`: of the server, with its mount point and without a final slash."""

    base_url: str
    name: str
    ca_file: str
    state_dir: Path
    transport: str
    is_air_gapped: bool
    proxy: str
    log_level: str
    slots: tuple[SlotConfig, ...]
    files_dir: Path | None = None  # below which kinds that read files may read

    @property
    def host(self) -> str:
        """Host, and port if it is not the scheme's own, as in a Host header."""
        return urlsplit(self.base_url).netloc


def bridge_config(
    values: Mapping[str, str], *, host_name: str, kinds: Mapping[str, ConnectorKind]
) -> BridgeConfig:
    """The configuration that these names and values give; a slot is of one of these kinds.

    Raises:
        UserInputError: a value is missing or invalid, or a name is not known; the message says which.
    """
    values = {name: value for name, value in with_files(values).items() if value != ""}
    base_url = base_url_of(values)
    slots = tuple(slot_config(prefix, values, kinds) for prefix in prefixes_of(values))
    names = {name for name in values if not name.startswith("GRAPHKEEP_")}
    check_names(names, [prefix_of(slot.slot) for slot in slots])
    transport = values.get("BRIDGE_TRANSPORT", "auto")
    if transport not in TRANSPORTS:
        raise UserInputError(f"BRIDGE_TRANSPORT is one of {', '.join(TRANSPORTS)}.")
    level = "DEBUG" if is_true("DEBUG", values.get("DEBUG", "")) else "INFO"
    return BridgeConfig(
        base_url=base_url,
        name=values.get("BRIDGE_NAME", host_name)[:100],
        ca_file=values.get("BRIDGE_CA_FILE") or values.get("SSL_CERT_FILE", ""),
        state_dir=Path(values.get("BRIDGE_STATE_DIR", DEFAULT_STATE_DIR)),
        transport=transport,
        is_air_gapped=is_true("BRIDGE_AIR_GAP", values.get("BRIDGE_AIR_GAP", "")),
        proxy=proxy_of(values, base_url),
        log_level=values.get("GRAPHISTRY_LOG_LEVEL", level).upper(),
        slots=slots,
        files_dir=Path(values["BRIDGE_FILES_DIR"]) if "BRIDGE_FILES_DIR" in values else None,
    )


def with_files(values: Mapping[str, str]) -> dict[str, str]:
    """The values, and those of files that names with `_FILE` point to."""
    resolved = dict(values)
    for name, path in values.items():
        target = name.removesuffix("_FILE")
        # `<PREFIX>_FILE` itself is the field `file` of a kind.
        is_field = any(f"{target}_SERVER_KEY{end}" in values for end in ("", "_FILE"))
        if name.endswith("_FILE") and path and name not in OWN_NAMES and not is_field:
            try:
                resolved[target] = Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise UserInputError(f"{name}: {path} cannot be read.") from error
            del resolved[name]
    return resolved


def base_url_of(values: Mapping[str, str]) -> str:
    host = values.get("GRAPHISTRY_HOST", "")
    if not host:
        raise UserInputError(
            "GRAPHISTRY_HOST is missing: the address of the server, as https://graph.example.com"
        )
    url = urlsplit(host if "://" in host else f"https://{host}")
    if url.scheme not in {"http", "https"} or not url.hostname or url.username or url.query:
        raise UserInputError("GRAPHISTRY_HOST is an address such as https://graph.example.com")
    mount_point = values.get("GRAPHISTRY_MOUNT_POINT", url.path).strip("/")
    return f"{url.scheme}://{url.netloc.lower()}" + (f"/{mount_point}" if mount_point else "")


def proxy_of(values: Mapping[str, str], base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    exempt = [name.strip().lstrip(".").lower() for name in values.get("NO_PROXY", "").split(",")]
    if any(name and (name in {"*", host} or host.endswith(f".{name}")) for name in exempt):
        return ""
    proxy = values.get("HTTPS_PROXY", "")
    if proxy and (urlsplit(proxy).scheme != "http" or not urlsplit(proxy).hostname):
        raise UserInputError("HTTPS_PROXY is an address such as http://proxy.example.com:3128")
    return proxy


def prefixes_of(values: Mapping[str, str]) -> list[str]:
    """The prefixes of the slots, in alphabetical order."""
    keyed = {
        suffix: {name.removesuffix(suffix) for name in values if name.endswith(suffix)}
        for suffix in ("_SERVER_KEY", "_PROXY_KEY")
    }
    lacking = keyed["_SERVER_KEY"] ^ keyed["_PROXY_KEY"]
    if lacking:
        raise UserInputError(f"{min(lacking)} has one of its two keys: SERVER_KEY and PROXY_KEY.")
    return [
        prefix
        for prefix in sorted(keyed["_SERVER_KEY"])
        if is_true(f"{prefix}_USE_PROXY", values.get(f"{prefix}_USE_PROXY", "true"))
    ]


def prefix_of(slot: str) -> str:
    return slot.upper().replace("-", "_")


def slot_config(
    prefix: str, values: Mapping[str, str], kinds: Mapping[str, ConnectorKind]
) -> SlotConfig:
    slot = prefix.lower().replace("_", "-")
    if not SLOT.fullmatch(slot):
        raise UserInputError(f"{prefix} cannot name a slot: letters, digits and _ can.")
    own = {
        name.removeprefix(f"{prefix}_"): value
        for name, value in values.items()
        if name.startswith(f"{prefix}_")
    }
    keys = SlotKeys(server_key=own["SERVER_KEY"], proxy_key=own["PROXY_KEY"])
    if min(len(keys.server_key), len(keys.proxy_key)) < MIN_KEY_LENGTH:
        raise UserInputError(f"The keys of {prefix} are shorter than {MIN_KEY_LENGTH} characters.")
    kind = kind_of(prefix, own.get("KIND", ""), kinds)
    fields = {each.name.upper(): each for each in kind.fields}
    aliases = {
        alias.removeprefix(f"{prefix}_"): fields[name.upper()]
        for alias, name in FIELD_ALIASES.items()
        if alias.startswith(f"{prefix}_") and name.upper() in fields
    }
    given: dict[str, Any] = {}
    for name, value in own.items():
        each = aliases.get(name) or fields.get(name)
        if each is not None and name not in SLOT_NAMES:
            given[each.name] = field_value(f"{prefix}_{name}", each, value)
        elif name not in SLOT_NAMES:
            raise UserInputError(unknown_name(f"{prefix}_{name}", prefix, [*SLOT_NAMES, *fields]))
    secrets = {
        each.name: given.pop(each.name)
        for each in kind.fields
        if each.is_secret and each.name in given
    }
    settings = settings_of(prefix, kind, given) if given else None
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
        allowed_hosts=(*hosts, *allowed_hosts(prefix, own.get("ALLOWED_HOSTS", ""))),
        policy=policy_of(prefix, kind, own),
        limits=limits_of(prefix, own),
        max_parallel=integer(f"{prefix}_MAX_PARALLEL", own.get("MAX_PARALLEL", "4"), 1, 64),
    )


def kind_of(prefix: str, name: str, kinds: Mapping[str, ConnectorKind]) -> ConnectorKind:
    lower = prefix.lower()
    name = name or DEFAULT_KINDS.get(lower, lower)
    if name not in kinds:
        raise UserInputError(
            f"{prefix}_KIND names the kind of source: one of {', '.join(sorted(kinds))}."
        )
    return kinds[name]


def settings_of(prefix: str, kind: ConnectorKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a kind, with its defaults. Raises UserInputError: one is missing or not accepted."""
    plain = [each for each in kind.fields if not each.is_secret]
    settings = {each.name: given.get(each.name, each.default) for each in plain}
    lacking = [
        each.name for each in plain if each.is_required and settings[each.name] in {None, ""}
    ]
    if lacking:
        raise UserInputError(f"{prefix}_{lacking[0].upper()} is missing.")
    kind.check_settings(settings)
    return settings


def field_value(name: str, each: SettingField, text: str) -> Any:
    """Raises UserInputError: the text is no value of this field."""
    if each.kind == "integer":
        return integer(name, text, each.minimum, each.maximum)
    if each.kind == "boolean":
        return is_true(name, text)
    if each.kind == "list":
        return listed(text)
    if each.kind == "choice" and text not in each.choices:
        raise UserInputError(f"{name} is one of {', '.join(each.choices)}.")
    if each.kind == "host" and re.search(r"[\s/#@?\\]", text):
        raise UserInputError(f"{name} is a host name or an address, without a port or a path.")
    return text


def policy_of(prefix: str, kind: ConnectorKind, own: Mapping[str, str]) -> QueryPolicy:
    allowed = {
        restriction: listed(own[f"ALLOWED_{restriction.upper()}"])
        for restriction in RESTRICTIONS
        if f"ALLOWED_{restriction.upper()}" in own
    }
    for restriction in allowed:
        if restriction not in kind.restrictions:
            raise UserInputError(
                f"{prefix}_ALLOWED_{restriction.upper()}: {kind.title} cannot be restricted by {restriction}, but by "
                f"{', '.join(kind.restrictions) or 'nothing'}."
            )
    marking = next((each for each in MARKINGS if each == own.get("MAX_MARKING", "red")), None)
    if marking is None:
        raise UserInputError(f"{prefix}_MAX_MARKING is one of {', '.join(MARKINGS)}.")
    time_range = own.get("MAX_TIME_RANGE", "")
    return QueryPolicy(
        allowed=allowed,
        max_time_range=duration(f"{prefix}_MAX_TIME_RANGE", time_range) if time_range else None,
        max_marking=marking,
    )


def limits_of(prefix: str, own: Mapping[str, str]) -> QueryLimits:
    default = QueryLimits()
    return QueryLimits(
        max_rows=integer(
            f"{prefix}_MAX_ROWS", own.get("MAX_ROWS", str(default.max_rows)), 1, 10**9
        ),
        max_bytes=integer(
            f"{prefix}_MAX_BYTES", own.get("MAX_BYTES", str(default.max_bytes)), 1, 2 << 30
        ),
        max_seconds=integer(
            f"{prefix}_MAX_SECONDS", own.get("MAX_SECONDS", str(int(default.max_seconds))), 1, 3600
        ),
    )


def allowed_hosts(prefix: str, text: str) -> tuple[tuple[str, int], ...]:
    hosts = []
    for entry in listed(text):
        host, _, port = entry.rpartition(":")
        if not host or not port.isdigit():
            raise UserInputError(f"{prefix}_ALLOWED_HOSTS is a list such as db.internal:5432")
        hosts.append((host.strip("[]").lower(), int(port)))
    return tuple(hosts)


def check_names(names: set[str], prefixes: list[str]) -> None:
    """Raises UserInputError: a name belongs neither to the bridge nor to a slot."""
    for name in sorted(names):
        is_of_slot = any(name.startswith(f"{prefix}_") for prefix in prefixes)
        # Names of a prefix without keys, or switched off by USE_PROXY, are those of a slot that is not bridged.
        is_off = any(f"{name[:end]}_USE_PROXY" in names for end in range(1, len(name)))
        if name not in OWN_NAMES and not is_of_slot and not is_off:
            raise UserInputError(unknown_name(name, "", list(OWN_NAMES)))


def unknown_name(name: str, prefix: str, known: list[str]) -> str:
    full = [f"{prefix}_{each}" if prefix else each for each in known]
    nearest = nearest_name(name, full)
    advice = f" Did you mean {nearest}?" if nearest else ""
    return f"{name} is not known.{advice}"


def is_true(name: str, text: str) -> bool:
    if text.lower() not in {"", "true", "false", "1", "0", "yes", "no"}:
        raise UserInputError(f"{name} is true or false.")
    return text.lower() in {"true", "1", "yes"}


def integer(name: str, text: str, minimum: int | None, maximum: int | None) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise UserInputError(f"{name} is a whole number.") from error
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise UserInputError(f"{name} is between {minimum} and {maximum}.")
    return number


def duration(name: str, text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,9})(s|min|h|d)", text)
    if match is None:
        raise UserInputError(f"{name} is a number with s, min, h or d, such as 7d.")
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def listed(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())

"""The configuration of a bridge, from the names in `connector.env`.

A prefix with both `<PREFIX>_SERVER_KEY` and `<PREFIX>_PROXY_KEY` is a slot, named by the prefix in lower case with
`-` for `_`. Its other names are the fields of its kind (`<PREFIX>_HOST`) and what the bridge itself allows
(`<PREFIX>_ALLOWED_TABLES`, `<PREFIX>_MAX_ROWS`). Each name may end in `_FILE`: then the file holds the value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from graphkeep.bridge.config.env_values import parse_boolean, unknown_name
from graphkeep.bridge.config.slot_config import SlotConfig, prefix_of, slot_config
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.connector_kind import ConnectorKind

OWN_NAMES = (
    "GRAPHISTRY_HOST", "GRAPHISTRY_MOUNT_POINT", "GRAPHISTRY_LOG_LEVEL", "DEBUG", "BRIDGE_NAME", "BRIDGE_CA_FILE",
    "BRIDGE_STATE_DIR", "BRIDGE_FILES_DIR", "BRIDGE_TRANSPORT", "BRIDGE_AIR_GAP", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE",
)  # fmt: skip
TRANSPORTS = ("auto", "websocket", "polling")
DEFAULT_STATE_DIR = "/var/lib/graphkeep-bridge"


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
    values = {name: value for name, value in resolve_file_names(values).items() if value != ""}
    base_url = base_url_of(values)
    slots = tuple(slot_config(prefix, values, kinds) for prefix in slot_prefixes(values))
    names = {name for name in values if not name.startswith("GRAPHKEEP_")}
    check_names(names, [prefix_of(slot.slot) for slot in slots])
    transport = values.get("BRIDGE_TRANSPORT", "auto")
    if transport not in TRANSPORTS:
        raise UserInputError(f"BRIDGE_TRANSPORT is one of {', '.join(TRANSPORTS)}.")
    level = "DEBUG" if parse_boolean("DEBUG", values.get("DEBUG", "")) else "INFO"
    return BridgeConfig(
        base_url=base_url,
        name=values.get("BRIDGE_NAME", host_name)[:100],
        ca_file=values.get("BRIDGE_CA_FILE") or values.get("SSL_CERT_FILE", ""),
        state_dir=Path(values.get("BRIDGE_STATE_DIR", DEFAULT_STATE_DIR)),
        transport=transport,
        is_air_gapped=parse_boolean("BRIDGE_AIR_GAP", values.get("BRIDGE_AIR_GAP", "")),
        proxy=proxy_of(values, base_url),
        log_level=values.get("GRAPHISTRY_LOG_LEVEL", level).upper(),
        slots=slots,
        files_dir=Path(values["BRIDGE_FILES_DIR"]) if "BRIDGE_FILES_DIR" in values else None,
    )


def resolve_file_names(values: Mapping[str, str]) -> dict[str, str]:
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


def slot_prefixes(values: Mapping[str, str]) -> list[str]:
    """The prefixes of the slots, in alphabetical order."""
    prefixes_by_suffix = {
        suffix: {name.removesuffix(suffix) for name in values if name.endswith(suffix)}
        for suffix in ("_SERVER_KEY", "_PROXY_KEY")
    }
    missing = prefixes_by_suffix["_SERVER_KEY"] ^ prefixes_by_suffix["_PROXY_KEY"]
    if missing:
        raise UserInputError(f"{min(missing)} has one of its two keys: SERVER_KEY and PROXY_KEY.")
    return [
        prefix
        for prefix in sorted(prefixes_by_suffix["_SERVER_KEY"])
        if parse_boolean(f"{prefix}_USE_PROXY", values.get(f"{prefix}_USE_PROXY", "true"))
    ]


def check_names(names: set[str], prefixes: list[str]) -> None:
    """Raises UserInputError: a name belongs neither to the bridge nor to a slot."""
    for name in sorted(names):
        is_of_slot = any(name.startswith(f"{prefix}_") for prefix in prefixes)
        # Names of a prefix without keys, or switched off by USE_PROXY, are those of a slot that is not bridged.
        is_off = any(f"{name[:end]}_USE_PROXY" in names for end in range(1, len(name)))
        if name not in OWN_NAMES and not is_of_slot and not is_off:
            raise UserInputError(unknown_name(name, "", list(OWN_NAMES)))

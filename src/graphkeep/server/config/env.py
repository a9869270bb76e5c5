"""Settings: each declared once; sources in order are the process environment, `custom.env`, `.env`, the default."""

import difflib
import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from graphkeep.server.config.envfile import ConfigurationError, entries, parse
from graphkeep.server.config.references import SCHEME, resolve
from graphkeep.site.setting_declaration import RuntimeSetting
from graphkeep.upkeep.defaults import defaults_of

T = TypeVar("T")

SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
# Variables of compose.yml and of docker compose itself, with their defaults.
ONLY_COMPOSE = {
    "CADDY_HTTP_PORT": "80",
    "CADDY_HTTPS_PORT": "443",
    "GRAPHKEEP_SERVER_IMAGE": "graphkeep-server:local",
    "GRAPHKEEP_CADDY_IMAGE": "graphkeep-caddy:local",
    "GRAPHKEEP_POSTGRES_IMAGE": "graphkeep-postgres:local",
    "GRAPHKEEP_CPUS": "0",
    "GRAPHKEEP_MEMORY": "0",
    "CUDA_VISIBLE_DEVICES": "",
    "COMPOSE_PROFILES": "",
    "COMPOSE_FILE": "",
    "COMPOSE_PROJECT_NAME": "graphkeep",
}
# Former names, read for one release with a warning.
FORMER_NAMES = {"GRAPHKEEP_ALLOW_UNSANDBOXED": "GRAPHKEEP_ALLOW_UNJAILED"}
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A declared setting; `guards` is what a security control protects against, empty for other settings."""

    name: str
    kind: str
    default: str
    help: str
    secret: bool
    guards: str = ""
    section: str = ""
    is_live: bool = False


@dataclass(frozen=True, kw_only=True)
class SettingSource:
    text: str
    origin: str


KNOWN: dict[str, Setting] = {}
LIVE: dict[str, RuntimeSetting] = {}


class Environment:
    """The sources of setting values; `settings.py` creates the one that declares the settings."""

    def __init__(self, home: Path, process: Mapping[str, str]) -> None:
        self.home = home
        self.process = process
        self.heading = ""
        self.adopted = defaults_of(home)
        self.files: list[tuple[str, dict[str, str]]] = []
        for path in (home / "data/config/custom.env", home / ".env"):
            if path.is_file():
                name = str(path.relative_to(home))
                self.files.append((name, parse(read_text(path), name)))

    def section(self, title: str) -> None:
        """Start a section of the settings reference: settings declared after this belong to it."""
        self.heading = title

    def find(self, name: str) -> SettingSource | None:
        for key in names_of(name):
            for origin, values in self.sources():
                if key in values:
                    return self._read(
                        name, values[key], origin, from_file=key.endswith("_FILE") and key != name
                    )
        return None

    def sources(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Each source with its origin, in order of precedence."""
        yield "process environment", self.process
        yield from self.files

    def text_of(self, name: str) -> str:
        source = self.find(name)
        return source.text if source else ""

    def _read(self, name: str, text: str, origin: str, *, from_file: bool) -> SettingSource:
        if text.startswith(SCHEME):
            secret = resolve(text, name, self.text_of, self.process)
            return SettingSource(text=secret, origin=f"{origin}, {text}")
        if not from_file:
            return SettingSource(text=text, origin=origin)
        try:
            return SettingSource(
                text=Path(text).read_text().rstrip("\r\n"), origin=f"{origin}, {text}"
            )
        except OSError as error:
            raise ConfigurationError(
                f"{origin} names a file that cannot be read: {error}"
            ) from error

    def text(
        self,
        name: str,
        *,
        default: str = "",
        help: str,
        secret: bool = False,
        live: bool = False,
        guards: str = "",
        read: Callable[[str], str] = str,
    ) -> str:
        return self._value(
            name, "text", default, help, read, secret=secret, live=live, guards=guards
        )

    def flag(
        self, name: str, *, default: bool, help: str, live: bool = False, guards: str = ""
    ) -> bool:
        text = "true" if default else "false"
        return self._value(name, "flag", text, help, parse_flag, live=live, guards=guards)

    def networks(self, name: str, *, help: str, live: bool = False, guards: str = "") -> list[str]:
        kind = "list of networks"
        return self._value(name, kind, "", help, parse_networks, live=live, guards=guards)

    def origins(self, name: str, *, help: str, live: bool = False, guards: str = "") -> list[str]:
        kind = "list of origins"
        return self._value(name, kind, "", help, parse_origins, live=live, guards=guards)

    def integer(self, name: str, *, default: int, help: str, guards: str = "") -> int:
        return self._value(name, "integer", str(default), help, int, guards=guards)

    def size(self, name: str, *, default: str, help: str, guards: str = "") -> int:
        return self._value(name, "size", default, help, parse_size, guards=guards)

    def choice(
        self,
        name: str,
        among: tuple[str, ...],
        *,
        default: str,
        help: str,
        live: bool = False,
        guards: str = "",
    ) -> str:
        def read(text: str) -> str:
            for option in among:
                if text.lower() == option.lower():
                    return option
            raise ValueError(f"one of {', '.join(among)}")

        return self._value(name, " | ".join(among), default, help, read, live=live, guards=guards)

    def _value(
        self,
        name: str,
        kind: str,
        default: str,
        help: str,
        read: Callable[[str], T],
        *,
        secret: bool = False,
        live: bool = False,
        guards: str = "",
    ) -> T:
        KNOWN[name] = Setting(
            name=name,
            kind=kind,
            default=default,
            help=help,
            secret=secret,
            guards=guards,
            section=self.heading,
            is_live=live,
        )
        default = self.default_of(name, default)
        source = self.find(name)
        try:
            value = read(default if source is None else source.text)
        except ValueError as error:
            shown_value = "a secret" if secret else repr(source.text if source else default)
            origin = source.origin if source else "the default"
            raise ConfigurationError(
                f"{name} in {origin} is {shown_value}, which is not a {kind}: {error}"
            ) from error
        if live:
            LIVE[name] = RuntimeSetting(
                name=name,
                kind=kind,
                default=read(default),
                help=help,
                read=read,
                configured=value,
                origin=source.origin if source else "",
            )
        return value

    def default_of(self, name: str, declared: str) -> str:
        """The default in effect: that of the release that this folder adopted, else the declared one."""
        return self.adopted.get(name, declared)

    def unknown_settings(self) -> list[str]:
        """Warnings for variables of custom.env that have no effect: likely typos, and variables of docker compose."""
        path = self.home / "data/config/custom.env"
        if not path.is_file():
            return []
        warnings = []
        known = {key for name in KNOWN for key in names_of(name)}
        file_name = str(path.relative_to(self.home))
        for entry in entries(read_text(path), file_name):
            location = f"{file_name}:{entry.first + 1}: {entry.name}"
            close_matches = difflib.get_close_matches(entry.name, known, n=1, cutoff=0.75)
            if entry.name in ONLY_COMPOSE:
                warnings.append(f"{location} is read by docker compose only; set it in .env")
            elif entry.name not in known and close_matches:
                warnings.append(f"{location} is not a setting; did you mean {close_matches[0]}?")
        return warnings

    def deprecated_settings(self) -> list[str]:
        """Warnings for settings that are set by their former names."""
        return [
            f"{origin}: {key} is deprecated; use {key.replace(former, name)}"
            for name, former in FORMER_NAMES.items()
            for origin, values in self.sources()
            for key in (former, f"{former}_FILE")
            if key in values
        ]


def names_of(name: str) -> tuple[str, ...]:
    """The variables that set a setting, in order of precedence."""
    former = FORMER_NAMES.get(name)
    names = (name,) if former is None else (name, former)
    return tuple(f"{each}{suffix}" for each in names for suffix in ("", "_FILE"))


def read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read by the server's user ({os.geteuid()}): {error.strerror}. "
            "An editor may have changed its owner: restore it with chmod 660 and the folder's group."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text: {error}") from error


def parse_flag(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in YES:
        return True
    if lowered in NO:
        return False
    raise ValueError("one of 1/0, true/false, yes/no, on/off")


def parse_networks(text: str) -> list[str]:
    return [str(ipaddress.ip_network(network, strict=False)) for network in split_items(text)]


ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")


def parse_origins(text: str) -> list[str]:
    origins = [origin.lower().rstrip("/") for origin in split_items(text)]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise ValueError(f"'{origin}' is not an origin such as https://intranet.example.org")
    return origins


def split_items(text: str) -> list[str]:
    return [item for item in re.split(r"[\s,]+", text) if item]


def parse_domain(text: str) -> str:
    """Check a host name with an optional port, without scheme or path."""
    domain = text.strip().lower()
    if domain and not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", domain):
        raise ValueError("a host name such as graphs.example.org")
    return domain


def parse_size(text: str) -> int:
    match = re.fullmatch(r"\s*(\d+)\s*([KMGT]?)i?B?\s*", text, re.IGNORECASE)
    if not match:
        raise ValueError("a number of bytes such as 1G, 200M or 1048576")
    return int(match[1]) * SIZES[match[2].upper()]


def home_folder() -> Path:
    """The home folder: `$GRAPHISTRY_HOME`, else the checkout, else `~/graphkeep` for an installed wheel."""
    configured = os.environ.get("GRAPHISTRY_HOME")
    if configured:
        return Path(configured).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[4]
    if (checkout / "pyproject.toml").is_file():
        return checkout
    return Path.home() / "graphkeep"

"""Settings: each declared once; sources in order are the process environment, `custom.env`, `.env`, the default."""

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from graphkeep.server.config.envfile import ConfigurationError, entries, parse
from graphkeep.server.config.references import SCHEME, resolve
from graphkeep.server.config.setting_values import (
    parse_flag,
    parse_inside_hosts,
    parse_networks,
    parse_origins,
    parse_size,
    read_text,
)
from graphkeep.site.setting_declaration import RuntimeSetting
from graphkeep.upkeep.defaults import defaults_of

T = TypeVar("T")

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

    def inside_hosts(
        self, name: str, *, help: str, live: bool = False, guards: str = ""
    ) -> list[str]:
        kind = "list of hosts and networks"
        return self._value(name, kind, "", help, parse_inside_hosts, live=live, guards=guards)

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


def home_folder() -> Path:
    """The home folder: `$GRAPHISTRY_HOME`, else the checkout, else `~/graphkeep` for an installed wheel."""
    configured = os.environ.get("GRAPHISTRY_HOME")
    if configured:
        return Path(configured).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[4]
    if (checkout / "pyproject.toml").is_file():
        return checkout
    return Path.home() / "graphkeep"

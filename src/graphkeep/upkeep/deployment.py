"""The deployment that the doctor checks, passed in by its caller: settings, secrets, running processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SettingValue:
    """A setting's text and its origin, which is empty for the declared default."""

    text: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    host: str
    port: int
    pids: tuple[int, ...]
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Deployment:
    home: Path
    profile: str
    setting: Callable[[str], SettingValue]
    fingerprint: str
    running: RunningServer | None = None
    weak_secrets: dict[str, str] = field(default_factory=dict)
    unknown_settings: tuple[str, ...] = ()
    repeated_names: tuple[str, ...] = ()
    url: str = ""

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def is_on_a_network(self) -> bool:
        local = {"127.0.0.1", "localhost", "::1"}
        return self.running is not None and self.running.host not in local

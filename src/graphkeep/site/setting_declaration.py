"""How a runtime setting is declared; the server declares them, `runtime_settings` reads their values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RuntimeSetting:
    """A setting that can change at run time. `configured` and `origin`: the value of the environment and where
    it is set, if it is; it then wins over the database.
    """

    name: str
    kind: str
    default: Any
    help: str
    read: Callable[[str], Any]
    configured: Any = None
    origin: str = ""

    @property
    def is_locked(self) -> bool:
        return bool(self.origin)

"""What a live setting is; the server declares them, `live.py` tells their values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Live:
    """`said` and `origin`: what the environment says and where, if it does; it then wins."""

    name: str
    kind: str
    default: Any
    help: str
    read: Callable[[str], Any]
    said: Any = None
    origin: str = ""

    @property
    def is_locked(self) -> bool:
        return bool(self.origin)

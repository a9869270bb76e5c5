"""Repairs: what was changed so that a table could be used, reported to its sender."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Repair:
    code: str
    message: str
    table: str = ""
    column: str = ""
    count: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

"""Repairs: what was changed so that a table could be used, reported to its sender."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MAX_LINES = 10
MAX_EXAMPLE_LENGTH = 200


def storable(text: str) -> str:
    """A text that every database stores: without the character of code 0 and without half characters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """The other way to read the same bytes: `parser_options` to send for it, and a label for the button."""

    label: str
    parser_options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Alternative":
        """Raises KeyError, TypeError: this is not what `as_dict` returns."""
        return cls(label=str(data["label"]), parser_options=dict(data["parser_options"]))


@dataclass(frozen=True, kw_only=True)
class Repair:
    """One kind of change, of one column if it names one.

    `count` is the number of values, rows or names that it changed. `lines` are the first ten lines of the file
    that hold them, counted from 1 (rows, in a spreadsheet). `before` and `after` are one example.
    """

    code: str
    message: str
    table: str = ""
    column: str = ""
    count: int = 0
    lines: tuple[int, ...] = ()
    before: str = ""
    after: str = ""
    alternative: Alternative | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.lines[:MAX_LINES]))
        object.__setattr__(self, "before", self.before[:MAX_EXAMPLE_LENGTH])
        object.__setattr__(self, "after", self.after[:MAX_EXAMPLE_LENGTH])
        for name in ("message", "table", "column", "before", "after"):
            object.__setattr__(self, name, storable(getattr(self, name)))

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "lines": list(self.lines)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Repair":
        """The repair of `as_dict`, also of one that was stored before a field existed.

        Raises:
            KeyError, TypeError, ValueError: this is not what `as_dict` returns.
        """
        alternative = data.get("alternative")
        return cls(
            code=str(data["code"]),
            message=str(data["message"]),
            table=str(data.get("table", "")),
            column=str(data.get("column", "")),
            count=int(data.get("count", 0)),
            lines=tuple(int(line) for line in data.get("lines", ())),
            before=str(data.get("before", "")),
            after=str(data.get("after", "")),
            alternative=None if alternative is None else Alternative.from_dict(alternative),
        )

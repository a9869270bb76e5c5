"""What a server should be set to, for four kinds of place, and why.

A preset is a data file beside this one. The doctor holds a server against the preset of its profile, so the
two cannot disagree.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from graphkeep.graph.errors import UserInputError

NAMES = ("laptop", "team-vpn", "internet-facing", "air-gapped")
Rule = Literal["equal", "at most", "said"]


@dataclass(frozen=True, kw_only=True)
class ExpectedSetting:
    """One setting of a preset: `rule` tells which other values are as good."""

    name: str
    value: str
    rule: Rule
    why: str
    rows: tuple[str, ...]

    def holds(self, text: str) -> bool:
        if self.rule == "said":
            return bool(text.strip())
        if self.rule == "at most":
            return 0 < int(text) <= int(self.value)
        return text.strip().lower() == self.value.lower()


@dataclass(frozen=True, kw_only=True)
class Preset:
    name: str
    summary: str
    settings: dict[str, ExpectedSetting]


def read_preset(name: str) -> Preset:
    """A preset by its name.

    Raises:
        UserInputError: there is none of this name.
    """
    if name not in NAMES:
        raise UserInputError(f"There is no preset {name}. There are: {', '.join(NAMES)}.")
    found = tomllib.loads((files(__package__) / f"{name}.toml").read_text())
    settings = {
        key: ExpectedSetting(
            name=key,
            value=one.get("value", ""),
            rule=one.get("rule", "equal"),
            why=one["why"],
            rows=tuple(one["rows"]),
        )
        for key, one in found["settings"].items()
    }
    return Preset(name=name, summary=found["summary"], settings=settings)


def all_presets() -> list[Preset]:
    return [read_preset(name) for name in NAMES]

"""Presets: recommended settings for four deployment profiles, with reasons.

A preset is a TOML file in this folder. The doctor checks a server against the preset of its profile, so the
two always agree.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from graphkeep.graph.errors import UserInputError

NAMES = ("laptop", "team-vpn", "internet-facing", "air-gapped")
Rule = Literal["equal", "at most", "set"]


@dataclass(frozen=True, kw_only=True)
class ExpectedSetting:
    """Expected value of a setting; `rule` defines which other values are accepted."""

    name: str
    value: str
    rule: Rule
    why: str
    rows: tuple[str, ...]

    def holds(self, text: str) -> bool:
        if self.rule == "set":
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
    """Load a preset by name.

    Raises:
        UserInputError: there is no preset of this name.
    """
    if name not in NAMES:
        raise UserInputError(f"There is no preset {name}. There are: {', '.join(NAMES)}.")
    document = tomllib.loads((files(__package__) / f"{name}.toml").read_text())
    settings = {
        key: ExpectedSetting(
            name=key,
            value=setting.get("value", ""),
            rule=setting.get("rule", "equal"),
            why=setting["why"],
            rows=tuple(setting["rows"]),
        )
        for key, setting in document["settings"].items()
    }
    return Preset(name=name, summary=document["summary"], settings=settings)


def all_presets() -> list[Preset]:
    return [read_preset(name) for name in NAMES]

"""Hardening requirements: one table for the guide, the doctor and the tests."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

State = Literal["implemented", "later", "out"]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A hardening requirement. State `later`: the feature does not exist yet; `out`: decided against."""

    row_id: str
    text: str
    state: State


def read_requirements() -> dict[str, Requirement]:
    text = (files("graphkeep.upkeep.doctor") / "requirements.toml").read_text()
    return {
        row_id: Requirement(row_id=row_id, text=row["text"], state=row.get("state", "implemented"))
        for row_id, row in tomllib.loads(text).items()
    }

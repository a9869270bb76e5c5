"""Hardening requirements: one table for the guide, the doctor and the tests."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

State = Literal["stands", "later", "out"]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A hardening requirement. State `later`: the feature does not exist yet; `out`: decided against."""

    row_id: str
    says: str
    state: State


def read_requirements() -> dict[str, Requirement]:
    text = (files("graphkeep.upkeep.doctor") / "requirements.toml").read_text()
    return {
        row_id: Requirement(row_id=row_id, says=row["says"], state=row.get("state", "stands"))
        for row_id, row in tomllib.loads(text).items()
    }

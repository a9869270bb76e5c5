"""The rows of the hardening guide: one table for the guide, the doctor and the tests."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

State = Literal["stands", "later", "out"]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """`later`: the part of the server that it speaks of is not here yet; `out`: decided against."""

    row_id: str
    says: str
    state: State


def read_requirements() -> dict[str, Requirement]:
    text = (files("graphkeep.upkeep.doctor") / "requirements.toml").read_text()
    return {
        row_id: Requirement(row_id=row_id, says=said["says"], state=said.get("state", "stands"))
        for row_id, said in tomllib.loads(text).items()
    }

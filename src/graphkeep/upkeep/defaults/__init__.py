"""Security defaults of each release, so that an upgrade never changes them silently.

Each table is a TOML file in this folder, named after the first release with these defaults. A data folder
records in `data/config/defaults.json` which release created it: that release's defaults apply to every setting
that is not set, until newer ones are adopted as lines of `custom.env`.
"""

import json
import tomllib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from graphkeep.graph.errors import UserInputError

FOLDER = Path(__file__).parent
NOTE = "data/config/defaults.json"


@dataclass(frozen=True, kw_only=True)
class AdoptedDefaults:
    """`adopted`: settings written to `custom.env` by adopting newer defaults, not by an administrator."""

    release: str
    adopted: dict[str, str]


def present_release() -> str:
    return version("graphkeep")


def release_order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".") if part.isdigit())


def defaults_of_release(release: str) -> dict[str, str]:
    """Defaults of a release: from its own table, or from the newest earlier one."""
    tables = sorted((path.stem for path in FOLDER.glob("*.toml")), key=release_order)
    fitting = [
        table for table in tables if release_order(table) <= release_order(release)
    ] or tables[:1]
    defaults: dict[str, str] = tomllib.loads((FOLDER / f"{fitting[-1]}.toml").read_text())[
        "defaults"
    ]
    return defaults


def read_adopted(home: Path) -> AdoptedDefaults:
    """Read the release and adopted settings of a home folder; without a record, the current release applies.

    Raises:
        UserInputError: the record cannot be read.
    """
    path = home / NOTE
    if not path.exists():
        return AdoptedDefaults(release=present_release(), adopted={})
    try:
        note = json.loads(path.read_text())
        return AdoptedDefaults(release=str(note["release"]), adopted=dict(note.get("adopted", {})))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UserInputError(
            f"{NOTE} cannot be read ({error}). Restore it from a backup, or delete it to use the "
            "current release's defaults."
        ) from error


def defaults_of(home: Path) -> dict[str, str]:
    """Defaults that apply in this home folder, by setting name."""
    return defaults_of_release(read_adopted(home).release)

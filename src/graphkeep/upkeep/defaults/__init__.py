"""The security defaults of each release, so that an upgrade changes none of them behind anybody's back.

A table is a data file beside this one, named by the first release that had these defaults. A data folder
remembers in `data/config/defaults.json` which release made it: where nobody said anything, that release's
defaults hold, until newer ones are adopted as lines of `custom.env`.
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
    """`adopted`: the lines that an adoption wrote into `custom.env`; nobody set them by hand."""

    release: str
    adopted: dict[str, str]


def present_release() -> str:
    return version("graphkeep")


def release_order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".") if part.isdigit())


def defaults_of_release(release: str) -> dict[str, str]:
    """The defaults that a release had: those of its own table, or of the newest one before it."""
    tables = sorted((one.stem for one in FOLDER.glob("*.toml")), key=release_order)
    fitting = [one for one in tables if release_order(one) <= release_order(release)] or tables[:1]
    found: dict[str, str] = tomllib.loads((FOLDER / f"{fitting[-1]}.toml").read_text())["defaults"]
    return found


def read_adopted(home: Path) -> AdoptedDefaults:
    """What the folder remembers; one without a note counts as made by the present release.

    Raises:
        UserInputError: the note cannot be read.
    """
    path = home / NOTE
    if not path.exists():
        return AdoptedDefaults(release=present_release(), adopted={})
    try:
        said = json.loads(path.read_text())
        return AdoptedDefaults(release=str(said["release"]), adopted=dict(said.get("adopted", {})))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UserInputError(
            f"{NOTE} cannot be read ({error}). Bring it back from a backup, or take it away: the present "
            "release's defaults hold then."
        ) from error


def defaults_of(home: Path) -> dict[str, str]:
    """What holds in this folder where nobody said anything, by name."""
    return defaults_of_release(read_adopted(home).release)

"""Adopt new security defaults: write them to `custom.env`, but never override an explicit setting."""

import os
from dataclasses import dataclass
from pathlib import Path

from graphkeep.accounts.actor import Actor
from graphkeep.server.config.apply_fixes import CUSTOM, apply_fixes
from graphkeep.server.config.env import KNOWN, Environment
from graphkeep.server.config.release import write_release
from graphkeep.upkeep.defaults import AdoptedDefaults, defaults_of, read_adopted
from graphkeep.upkeep.doctor.check import SetLine


@dataclass(frozen=True, kw_only=True)
class ChangedDefault:
    """A security default that changed since the release that this folder adopted.

    `now` is the value in effect. `override` is the source of an explicit setting, which stays; empty if there is none.
    """

    name: str
    former: str
    new: str
    guards: str
    now: str
    override: str


def changed_defaults(home: Path, portal: dict[str, str]) -> list[ChangedDefault]:
    """Security defaults that changed and are not in effect in this folder.

    `portal` holds the runtime settings that an Admin changed.
    """
    env = Environment(home, os.environ)
    record = read_adopted(home)
    changes = []
    for name, former in defaults_of(home).items():
        setting = KNOWN.get(name)
        if setting is None or setting.default == former:
            continue
        source = env.find(name)
        current, override = former, ""
        if source is not None:
            current, override = source.text, source.origin
            if source.origin == CUSTOM and record.adopted.get(name) == source.text:
                override = ""
        elif name in portal:
            current, override = portal[name], "the portal"
        if current != setting.default:
            changes.append(
                ChangedDefault(
                    name=name,
                    former=former,
                    new=setting.default,
                    guards=setting.guards,
                    now=current,
                    override=override,
                )
            )
    return changes


def adopt_defaults(home: Path, portal: dict[str, str], *, actor: Actor) -> list[str]:
    """Write the changed defaults to `custom.env`, and return one line per change; `undo_fixes` reverts them."""
    changes = [change for change in changed_defaults(home, portal) if not change.override]
    applied = apply_fixes(
        [SetLine(name=change.name, value=change.new) for change in changes], actor=actor
    )
    if applied:
        record = read_adopted(home)
        adopted = {**record.adopted, **{change.name: change.new for change in changes}}
        write_release(home, AdoptedDefaults(release=record.release, adopted=adopted))
    return applied

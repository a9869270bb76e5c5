"""Take newer security defaults over, as lines of `custom.env`, and leave what a person said alone."""

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
    """A default that differs from the one that this folder runs by; `kept` tells where a person said otherwise."""

    name: str
    former: str
    new: str
    guards: str
    now: str
    kept: str


def changed_defaults(home: Path, portal: dict[str, str]) -> list[ChangedDefault]:
    """Every security default that is another one today and does not hold here yet.

    `portal` has the live settings that an Admin chose.
    """
    env = Environment(home, os.environ)
    note = read_adopted(home)
    changes = []
    for name, former in defaults_of(home).items():
        setting = KNOWN.get(name)
        if setting is None or setting.default == former:
            continue
        source = env.find(name)
        now, kept = former, ""
        if source is not None:
            now, kept = source.text, source.origin
            if source.origin == CUSTOM and note.adopted.get(name) == source.text:
                kept = ""
        elif name in portal:
            now, kept = portal[name], "the portal"
        if now != setting.default:
            changes.append(
                ChangedDefault(
                    name=name,
                    former=former,
                    new=setting.default,
                    guards=setting.guards,
                    now=now,
                    kept=kept,
                )
            )
    return changes


def adopt_defaults(home: Path, portal: dict[str, str], *, actor: Actor) -> list[str]:
    """What was written into `custom.env`; `mending.undo` takes it back."""
    wanted = [one for one in changed_defaults(home, portal) if not one.kept]
    done = apply_fixes([SetLine(name=one.name, value=one.new) for one in wanted], actor=actor)
    if done:
        note = read_adopted(home)
        adopted = {**note.adopted, **{one.name: one.new for one in wanted}}
        write_release(home, AdoptedDefaults(release=note.release, adopted=adopted))
    return done

"""Carry out what the doctor or a preset proposes, and keep what stood before, so that it can be undone."""

import json
from typing import Any

from django.conf import settings

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.graph.errors import UserInputError
from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import write_config_file
from graphkeep.server.config.secrets import change_lines
from graphkeep.upkeep.doctor.check import Fix, SetLine, SetMode

CUSTOM = "data/config/custom.env"
NOTE = "data/config/undo.json"


def apply_fixes(fixes: list[Fix], *, actor: Actor) -> list[str]:
    """What was done, in words. What only a person can decide is left alone."""
    env = Environment(settings.HOME, {})
    lines: dict[str, str | None] = {}
    before: dict[str, Any] = {"lines": {}, "modes": {}}
    done = []
    for fix in dict.fromkeys(fixes):
        if isinstance(fix, SetMode):
            before["modes"][str(fix.path)] = fix.path.stat().st_mode & 0o7777
        elif isinstance(fix, SetLine):
            found = env.find(fix.name)
            is_ours = found is not None and found.origin == CUSTOM
            before["lines"][fix.name] = found.text if found is not None and is_ours else None
            lines[fix.name] = fix.value
        else:
            continue
        done.append(str(fix))
    if done:
        note = settings.HOME / NOTE
        stack = json.loads(note.read_text()) if note.exists() else []
        write_config_file(note, json.dumps([*stack, before]).encode())
        change_lines(settings.HOME, lines)
        for fix in fixes:
            if isinstance(fix, SetMode):
                fix.path.chmod(fix.mode)
        audit.record("server.mended", actor=actor, deeds=done)
    return done


def undo_fixes(*, actor: Actor) -> int:
    """Bring back what stood before the last time; how many things that were.

    Raises:
        UserInputError: nothing was changed.
    """
    note = settings.HOME / NOTE
    stack = json.loads(note.read_text()) if note.exists() else []
    if not stack:
        raise UserInputError("There is nothing to undo.")
    before = stack.pop()
    change_lines(settings.HOME, before["lines"])
    for path, mode in before["modes"].items():
        (settings.HOME / path).chmod(mode)
    write_config_file(note, json.dumps(stack).encode())
    audit.record("server.mending-undone", actor=actor, lines=sorted(before["lines"]))
    return len(before["lines"]) + len(before["modes"])

"""Apply the fixes that the doctor or a preset proposes, and store the former values for undo."""

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
    """Apply the automatic fixes and return one line for each; fixes that need a decision are skipped."""
    env = Environment(settings.HOME, {})
    lines: dict[str, str | None] = {}
    undo_entry: dict[str, Any] = {"lines": {}, "modes": {}}
    applied = []
    for fix in dict.fromkeys(fixes):
        if isinstance(fix, SetMode):
            undo_entry["modes"][str(fix.path)] = fix.path.stat().st_mode & 0o7777
        elif isinstance(fix, SetLine):
            source = env.find(fix.name)
            is_ours = source is not None and source.origin == CUSTOM
            undo_entry["lines"][fix.name] = source.text if source is not None and is_ours else None
            lines[fix.name] = fix.value
        else:
            continue
        applied.append(str(fix))
    if applied:
        undo_file = settings.HOME / NOTE
        undo_stack = json.loads(undo_file.read_text()) if undo_file.exists() else []
        write_config_file(undo_file, json.dumps([*undo_stack, undo_entry]).encode())
        change_lines(settings.HOME, lines)
        for fix in fixes:
            if isinstance(fix, SetMode):
                fix.path.chmod(fix.mode)
        audit.record("server.mended", actor=actor, deeds=applied)
    return applied


def undo_fixes(*, actor: Actor) -> int:
    """Revert the most recent `apply_fixes`; returns the number of restored settings and file modes.

    Raises:
        UserInputError: there is nothing to undo.
    """
    undo_file = settings.HOME / NOTE
    undo_stack = json.loads(undo_file.read_text()) if undo_file.exists() else []
    if not undo_stack:
        raise UserInputError("There is nothing to undo.")
    undo_entry = undo_stack.pop()
    change_lines(settings.HOME, undo_entry["lines"])
    for path, mode in undo_entry["modes"].items():
        (settings.HOME / path).chmod(mode)
    write_config_file(undo_file, json.dumps(undo_stack).encode())
    audit.record("server.mending-undone", actor=actor, lines=sorted(undo_entry["lines"]))
    return len(undo_entry["lines"]) + len(undo_entry["modes"])

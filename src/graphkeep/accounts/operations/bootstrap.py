"""Bootstrap: the sign-up of the first Admin, and the time window in which it is open."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from graphkeep.accounts.credentials.secret_hash import hash_secret
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import Instance
from graphkeep.graph.errors import NotAllowedError


class CodeNeededError(NotAllowedError):
    def __init__(self) -> None:
        super().__init__(
            "The first account needs the one-time code that the server printed on its console. "
            "graphkeep up  prints a new one."
        )


class ConsoleOnlyError(NotAllowedError):
    def __init__(self) -> None:
        super().__init__("The first account is made on the console:  graphkeep user create")


def open_bootstrap(*, is_local: bool) -> str:
    """Open sign-up at the start of an unclaimed server; the one-time code to print, if one is needed.

    On a local address sign-up stays open; elsewhere it closes after BOOTSTRAP_WINDOW seconds.
    """
    row = get_instance()
    if row.is_claimed or settings.BOOTSTRAP_MODE == "cli":
        return ""
    row.open_until = None
    row.code_hash = ""
    code = ""
    if settings.BOOTSTRAP_MODE == "code" or not is_local:
        code = secrets.token_hex(10)
        row.code_hash = hash_secret(code)
        minutes = 0 if settings.BOOTSTRAP_MODE == "code" else settings.BOOTSTRAP_WINDOW
        row.open_until = timezone.now() + timedelta(seconds=minutes)
    row.save(update_fields=["open_until", "code_hash"])
    return code


def needs_code(row: Instance) -> bool:
    """Whether the first sign-up needs the console's one-time code now."""
    if settings.BOOTSTRAP_MODE == "code":
        return True
    return row.open_until is not None and row.open_until <= timezone.now()


def check_bootstrap(row: Instance, code: str) -> None:
    """Check that this sign-up may become the first Admin; call it with the row locked.

    Raises:
        CodeNeededError: the window is over, and this is not the printed code.
        ConsoleOnlyError: the first account can only be created on the console.
    """
    if settings.BOOTSTRAP_MODE == "cli":
        raise ConsoleOnlyError
    is_match = bool(row.code_hash) and secrets.compare_digest(
        hash_secret(code.strip()), row.code_hash
    )
    if needs_code(row) and not is_match:
        raise CodeNeededError
    row.code_hash = ""
    row.open_until = None

"""Django, made ready: secrets made, settings read, database current."""

import ctypes
import os
import signal
import sys
import threading

import click

from graphkeep.server.config.env import home_folder
from graphkeep.server.config.release import record_release
from graphkeep.server.config.secrets import ensure_secrets
from graphkeep.server.process.group_permissions import is_shared, let_group_write

PR_SET_PDEATHSIG = 1


def prepare_configuration() -> None:
    """Make the secrets that are missing and refuse weak ones; only then can settings be read."""
    ensure_secrets(home_folder())
    record_release(home_folder())


def set_up_django() -> None:
    prepare_configuration()
    os.environ["DJANGO_SETTINGS_MODULE"] = "graphkeep.server.settings"
    import django
    from django.core.management import call_command

    django.setup()
    from graphkeep.server import settings

    for warning in settings.env.unknown_settings():
        click.echo(f"warning: {warning}", err=True)
    from graphkeep.server.process.database import reach_database

    reach_database()
    from graphkeep.upkeep.backup.restore import finish_restore

    if finish_restore(settings.DATA_DIR):
        click.echo("A restore that was interrupted is finished now.", err=True)
    if not settings.DATABASE_URL and is_shared(settings.HOME):
        let_group_write(settings.DATA_DIR / "db.sqlite3")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    from graphkeep.accounts.operations.reencrypt import check_keys

    check_keys()


def end_with_parent() -> None:
    """Be told the moment that the parent dies, also by a signal that it cannot catch (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def follow_parent(stopping: threading.Event) -> None:
    """A process whose supervisor died without a word ends too."""
    parent = os.getppid()
    while not stopping.wait(1.0):
        if os.getppid() != parent:
            stopping.set()

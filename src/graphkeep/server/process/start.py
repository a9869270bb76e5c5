"""Start Django: generate secrets, load settings, migrate the database."""

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
    """Generate missing secrets and reject weak ones; must run before settings are read.

    Raises:
        ConfigurationError: a secret is weak, or an encryption key is missing.
    """
    ensure_secrets(home_folder())
    record_release(home_folder())


def set_up_django() -> None:
    prepare_configuration()
    os.environ["DJANGO_SETTINGS_MODULE"] = "graphkeep.server.settings"
    import django
    from django.core.management import call_command

    django.setup()
    from graphkeep.server import settings

    for warning in (*settings.env.unknown_settings(), *settings.env.deprecated_settings()):
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
    """Receive SIGTERM when the parent dies, even from SIGKILL (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def follow_parent(stopping: threading.Event) -> None:
    """Set `stopping` when the supervisor died without stopping this process."""
    parent = os.getppid()
    while not stopping.wait(1.0):
        if os.getppid() != parent:
            stopping.set()

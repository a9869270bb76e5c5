"""`graphkeep migrate`: move a server to another database, from an older folder, or to another machine."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import click

from graphkeep.server.config.env import Environment, home_folder
from graphkeep.server.config.envfile import ConfigurationError, write_config_file
from graphkeep.server.config.secrets import MADE, change_lines
from graphkeep.server.process.running import running_server
from graphkeep.server.process.start import set_up_django

SECRETS = (*MADE, "DJANGO_SECRET_KEY_FALLBACKS")


@click.command()
@click.option(
    "--to",
    "database",
    type=click.Choice(["postgres", "sqlite"]),
    help="The database to move to.",
)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The home folder of an older server, which may be running.",
)
@click.option(
    "--to-server", "target", help="USER@HOST:FOLDER, an empty home folder on another machine."
)
@click.option(
    "--ssh",
    default="ssh -o BatchMode=yes",
    show_default=True,
    help="Command that connects to the other machine.",
)
@click.option(
    "--receive", is_flag=True, help="Receive a server; --to-server runs this on the other machine."
)
def migrate(
    database: str | None, folder: Path | None, target: str | None, ssh: str, *, receive: bool
) -> None:  # fmt: skip
    """Move all data of a server; the source is not changed."""
    if sum(map(bool, (database, folder, target, receive))) != 1:
        raise ConfigurationError("Use one of --to, --from and --to-server; see --help.")
    if target is None and running_server() is not None:
        raise ConfigurationError("A server is running: stop it with  graphkeep stop")
    if database == "postgres":
        to_postgres()
    elif database == "sqlite":
        to_sqlite()
    elif folder is not None:
        from_folder(folder)
    elif target is not None:
        to_server(target, ssh)
    else:
        receive_server()


def to_postgres() -> None:
    set_up_django()
    from django.conf import settings
    from django.db import connection

    from graphkeep.accounts import audit
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.reencrypt import check_keys
    from graphkeep.upkeep.migrate.rows import copy_of_sqlite, copy_rows, refuse_used

    source = settings.DATA_DIR / "db.sqlite3"
    if connection.vendor != "postgresql":
        raise ConfigurationError("Set DATABASE_URL=postgresql://… in data/config/custom.env.")
    if not source.exists():
        raise ConfigurationError(f"There is no {source} to move.")
    refuse_used("default")
    with copy_of_sqlite(source) as name:
        counts = copy_rows(name, "default")
    check_keys()
    audit.record("server.migrated", actor=CONSOLE, target="postgres", rows=sum(counts.values()))
    click.echo(
        f"{sum(counts.values())} rows copied to PostgreSQL. {source} is unchanged; delete it after you have checked the server."
    )


def to_sqlite() -> None:
    set_up_django()
    from django.conf import settings
    from django.db import connection

    from graphkeep.upkeep.migrate.rows import copy_rows, other_database, sqlite_words

    target = settings.DATA_DIR / "db.sqlite3"
    if connection.vendor != "postgresql":
        raise ConfigurationError("This server uses SQLite already: DATABASE_URL is empty.")
    if target.exists():
        raise ConfigurationError(f"{target} exists. Move it first; nothing was changed.")
    temporary_file = target.with_name(".migrating.sqlite3")
    temporary_file.unlink(missing_ok=True)
    with other_database(**sqlite_words(temporary_file)) as name:
        counts = copy_rows("default", name)
    temporary_file.replace(target)
    click.echo(
        f"{sum(counts.values())} rows copied to {target}. Remove DATABASE_URL from custom.env, and start the server."
    )


def from_folder(folder: Path) -> None:
    from graphkeep.upkeep.migrate.folder import STAGED, copy_files, data_folder, snapshot

    server_folder = home_folder()
    data = server_folder / "data"
    source = data_folder(folder, into=data)
    old_env, new_env = Environment(folder.resolve(), {}), Environment(server_folder, {})
    if old_env.text_of("DATABASE_URL"):
        raise ConfigurationError(
            f"{folder} uses PostgreSQL: move it with  graphkeep backup  and  graphkeep restore"
        )
    if is_used(data / "db.sqlite3"):
        raise ConfigurationError(
            f"{server_folder} has accounts already; the target must be empty. Nothing was changed."
        )
    custom_env = data / "config/custom.env"
    custom_env.parent.mkdir(parents=True, exist_ok=True)
    if not custom_env.exists():
        write_config_file(custom_env, (source / "config/custom.env").read_bytes())
    elif any(old_env.text_of(name) != new_env.text_of(name) for name in SECRETS):
        change_lines(server_folder, {name: old_env.text_of(name) or None for name in SECRETS})
    staged = data / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o750)
    snapshot(source / "db.sqlite3", staged / "db.sqlite3")
    copied, skipped = copy_files(source, data)
    if new_env.text_of("DATABASE_URL"):
        import_rows(staged / "db.sqlite3")
    else:
        for suffix in ("-wal", "-shm"):
            (data / f"db.sqlite3{suffix}").unlink(missing_ok=True)
        (staged / "db.sqlite3").replace(data / "db.sqlite3")
    shutil.rmtree(staged)
    set_up_django()
    from graphkeep.accounts import audit
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.backup.restore import upload_graphs

    upload_graphs(data / "graphs")
    audit.record("server.migrated", actor=CONSOLE, target=str(folder)[:200], files=copied + skipped)
    click.echo(
        f"{copied} files copied, {skipped} already present; {folder} is unchanged. Start with  graphkeep up"
    )


def import_rows(path: Path) -> None:
    set_up_django()
    from graphkeep.upkeep.migrate.rows import copy_of_sqlite, copy_rows, refuse_used

    refuse_used("default")
    with copy_of_sqlite(path) as name:
        copy_rows(name, "default")


def is_used(path: Path) -> bool:
    """Whether this database file has an account."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return bool(connection.execute("select 1 from accounts_user limit 1").fetchone())
        except sqlite3.OperationalError:
            return False


def to_server(target: str, ssh: str) -> None:
    set_up_django()
    import tempfile

    from django.conf import settings

    from graphkeep.accounts import audit
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.backup.create import create_backup
    from graphkeep.upkeep.migrate.transfer import own_secrets, send

    settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.TMP_DIR, prefix="backup-") as temporary_folder:
        archive = create_backup(Path(temporary_folder), actor=CONSOLE)
        output = send(Path(archive.address), own_secrets(SECRETS), target, ssh, actor=CONSOLE)
    audit.record("server.sent", actor=CONSOLE, target=target[:200], files=archive.file_count)
    click.echo(output)
    click.echo(
        "This server is unchanged. Later changes are not copied: stop this server, and start the other one."
    )


def receive_server() -> None:
    set_up_django()
    from django.db import connection

    from graphkeep.accounts import audit
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.backup.restore import restore_backup
    from graphkeep.upkeep.migrate.rows import refuse_used
    from graphkeep.upkeep.migrate.transfer import open_transfer

    refuse_used("default")
    secrets, stream = open_transfer()
    accepted = {name: text for name, text in secrets.items() if name in SECRETS}
    restored = restore_backup(
        stream,
        keys=accepted.get("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS", ""),
        before_swap=lambda: change_lines(home_folder(), accepted),
    )
    connection.close()
    # Another process, because this one still holds the former secrets.
    command = [sys.executable, "-m", "graphkeep", "secrets", "check"]
    check = subprocess.run(command, capture_output=True, text=True, check=False)
    if check.returncode != 0:
        raise ConfigurationError(
            f"The server was restored, but its secrets are not usable: {check.stderr.strip()[-400:]}"
        )
    audit.record("server.received", actor=CONSOLE, target=restored.made_at)
    click.echo(
        f"{restored.file_count} files of {restored.made_at[:19]} restored to {home_folder()}, tree {restored.tree_hash[:16]}"
    )

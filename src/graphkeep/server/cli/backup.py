"""`graphkeep backup`, `restore`, `reset`, `data` and `cache`: stored data, backups and restores."""

import json
import shutil
import time
from pathlib import Path

import click

from graphkeep.server.config.env import home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.process.running import running_server
from graphkeep.server.process.start import set_up_django

SETTLED_S = 60.0
TIMER = """# /etc/systemd/system/graphkeep-backup.timer
[Unit]
Description=A backup of Graphkeep each night

[Timer]
OnCalendar=*-*-* 02:30
RandomizedDelaySec=20min
Persistent=true

[Install]
WantedBy=timers.target

# /etc/systemd/system/graphkeep-backup.service
[Unit]
Description=A backup of Graphkeep

[Service]
Type=oneshot
ExecStart={command}

# or, by cron:
30 2 * * *  {command}
"""


@click.group(invoke_without_command=True)
@click.option("--to", "folder", help="A folder, s3://bucket/prefix or restic:REPOSITORY.")
@click.option(
    "--recipient", "recipients", multiple=True, help="An additional recipient: an age public key."
)
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Include custom.env; the backup then contains the server's secrets.",
)
@click.option(
    "--keep", type=int, default=0, help="Delete all but the newest N backups in that folder."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written.")
@click.pass_context
def backup(
    context: click.Context, folder: str | None, recipients: tuple[str, ...], keep: int, *,
    with_secrets: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Write the whole server into one encrypted backup while it runs."""
    if context.invoked_subcommand is not None:
        return
    set_up_django()
    from django.conf import settings

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.backup.create import create_backup, stored_files

    if folder is None and settings.RESTIC_REPOSITORY:
        folder = f"restic:{settings.RESTIC_REPOSITORY}"
    target: str | Path = folder or home_folder() / "data/backups"
    if dry_run or settings.DRY_RUN:
        files = stored_files()
        size = sum(path.stat().st_size for _, path in files)
        click.echo(
            f"would write the database and {len(files)} files ({size / 1e6:.1f} MB) to {target}"
        )
        return
    if isinstance(target, Path):
        target.mkdir(parents=True, exist_ok=True, mode=0o750)
    created = create_backup(
        target, actor=CONSOLE, recipients=recipients, with_secrets=with_secrets, keep=keep
    )
    click.echo(
        f"{created.address}  {created.file_count} files, {created.size_bytes / 1e6:.1f} MB, tree {created.tree_hash[:16]}"
    )
    if not with_secrets:
        click.echo("custom.env is not included: back up the secrets with  graphkeep secrets escrow")


@backup.command()
@click.option("--to", "folder", default="/var/backups/graphkeep", show_default=True)
def schedule(folder: str) -> None:
    """Print a systemd timer and a cron line; nothing is installed."""
    command = f"{Path(__file__).resolve().parents[4] / 'graphkeep'} backup --to {folder} --keep 14"
    click.echo(TIMER.format(command=command), nl=False)


@click.command()
@click.argument("file", required=False)
@click.option("--identity", type=click.Path(path_type=Path, exists=True), help="An age secret key.")
@click.option("--dry-run", is_flag=True, help="Check the file only.")
@click.option("--undo", is_flag=True, help="Restore the data from before the last restore.")
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
def restore(
    file: str | None, identity: Path | None, *, dry_run: bool, undo: bool, yes: bool
) -> None:
    """Replace the server's data with a backup; `--undo` restores the former data.

    FILE is a file, - for standard input, s3://bucket/prefix/NAME (or the newest below it), or restic:REPOSITORY.
    """
    if running_server() is not None and not dry_run:
        raise ConfigurationError("A server is running: stop it with  graphkeep stop")
    set_up_django()
    from graphkeep.accounts import audit
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.upkeep.backup.archive import tree_hash
    from graphkeep.upkeep.backup.restore import (
        check_backup,
        redraw_missing_graphs,
        restore_backup,
        undo_restore,
    )

    if undo:
        replaced_folder = undo_restore()
        set_up_django()
        redraw_missing_graphs()
        audit.record("backup.restore-undone", actor=CONSOLE, target=replaced_folder.name)
        click.echo(f"The former data is restored; the replaced data is in {replaced_folder}")
        return
    if file is None:
        raise ConfigurationError("Name the backup:  graphkeep restore FILE")
    key = identity.read_text().strip().splitlines()[-1] if identity else ""
    if dry_run:
        manifest = check_backup(file, identity=key)
        click.echo(
            f"intact: {len(manifest['files'])} files of {manifest['made_at'][:19]}, tree {tree_hash(manifest)[:16]}"
        )
        return
    if not yes:
        if file == "-":
            raise ConfigurationError("Standard input is the backup: add --yes")
        click.confirm(f"Replace everything below {home_folder()}/data with {file}?", abort=True)
    restored = restore_backup(file, identity=key)
    set_up_django()
    redraw_missing_graphs()
    audit.record("backup.restored", actor=CONSOLE, target=file, made_at=restored.made_at)
    click.echo(
        f"{restored.file_count} files of {restored.made_at[:19]} restored, tree {restored.tree_hash[:16]}"
    )
    click.echo(f"The former data is in {restored.snapshot}; graphkeep restore --undo restores it")


@click.group()
def data() -> None:
    """Show where the server stores data."""


@data.command("map")
@click.option("--json", "as_json", is_flag=True)
def data_map(*, as_json: bool) -> None:
    """List every location where the server stores data: its contents, protection, and whether backups contain it."""
    from graphkeep.upkeep.data_map import DATA_LOCATIONS

    if as_json:
        click.echo(json.dumps([vars(location) for location in DATA_LOCATIONS], indent=2))
        return
    for location in DATA_LOCATIONS:
        size = size_of(home_folder() / location.path)
        click.echo(
            f"{location.path:<18} {location.kind:<14} {size / 1e6:9.1f} MB  {location.holds}"
        )
        click.echo(f"{'':<18} protected: {location.protection}; in backups: {location.in_backups}")


def size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


@click.group()
def cache() -> None:
    """Manage caches."""


@cache.command()
def purge() -> None:
    """Delete caches; while a server is running, only unused files."""
    from graphkeep.upkeep.data_map import DATA_LOCATIONS

    is_running = running_server() is not None
    freed_bytes = 0
    for location in DATA_LOCATIONS:
        folder = home_folder() / location.path
        if location.kind != "cache" or not location.path.endswith("/"):
            continue
        if not is_running:
            freed_bytes += size_of(folder)
            shutil.rmtree(folder, ignore_errors=True)
        elif location.may_go_while_running:
            freed_bytes += drop_settled(folder)
    click.echo(f"{freed_bytes / 1e6:.1f} MB freed")


def drop_settled(folder: Path) -> int:
    """Delete files not modified in the last SETTLED_S seconds and return the bytes freed; a process that has one mapped keeps reading it."""
    freed_bytes = 0
    for file in folder.rglob("*"):
        try:
            status = file.stat()
            if file.is_file() and status.st_mtime < time.time() - SETTLED_S:
                file.unlink()
                freed_bytes += status.st_size
        except FileNotFoundError:
            continue
    return freed_bytes


@click.command()
@click.option("--yes-delete-everything", is_flag=True, required=True)
def reset(*, yes_delete_everything: bool) -> None:
    """Delete every account and graph, but not data/config and data/backups."""
    if running_server() is not None:
        raise ConfigurationError("A server is running: stop it with  graphkeep stop")
    set_up_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from graphkeep.site.runtime_settings import runtime_setting

    name = runtime_setting("SITE_DOMAIN") or "graphkeep"
    if click.prompt(f"This cannot be undone. Type the name of the site, {name}") != name:
        raise ConfigurationError("The name does not match; nothing was deleted.")
    for folder in (settings.STORE_DIR, settings.UPLOAD_DIR, settings.FRAMES_DIR, settings.TMP_DIR):
        shutil.rmtree(folder, ignore_errors=True)
    if connection.vendor == "sqlite":
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['NAME']}{suffix}").unlink(missing_ok=True)
    else:
        call_command("flush", verbosity=0, interactive=False)
    set_up_django()
    click.echo("All data is deleted; the next start initializes the server.")

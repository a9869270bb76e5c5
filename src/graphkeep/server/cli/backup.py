"""`graphkeep backup`, `restore`, `reset`, `data` and `cache`: what is kept here, and how it comes back."""

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
    "--recipient", "recipients", multiple=True, help="Who else opens it: an age public key."
)
@click.option(
    "--with-secrets", is_flag=True, help="Also custom.env; the file is then worth as much."
)
@click.option("--keep", type=int, default=0, help="Keep so many of the newest in that folder.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written.")
@click.pass_context
def backup(
    context: click.Context, folder: str | None, recipients: tuple[str, ...], keep: int, *,
    with_secrets: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Write the whole server into one encrypted backup, while it runs."""
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
    made = create_backup(
        target, actor=CONSOLE, recipients=recipients, with_secrets=with_secrets, keep=keep
    )
    click.echo(
        f"{made.address}  {made.file_count} files, {made.size_bytes / 1e6:.1f} MB, tree {made.tree_hash[:16]}"
    )
    if not with_secrets:
        click.echo("custom.env is not in it: put the secrets away by  graphkeep secrets escrow")


@backup.command()
@click.option("--to", "folder", default="/var/backups/graphkeep", show_default=True)
def schedule(folder: str) -> None:
    """Print a systemd timer and a cron line; nothing is installed."""
    command = f"{Path(__file__).resolve().parents[4] / 'graphkeep'} backup --to {folder} --keep 14"
    click.echo(TIMER.format(command=command), nl=False)


@click.command()
@click.argument("file", required=False)
@click.option("--identity", type=click.Path(path_type=Path, exists=True), help="An age secret key.")
@click.option("--dry-run", is_flag=True, help="Check the file, and change nothing.")
@click.option("--undo", is_flag=True, help="Bring back what stood before the last restore.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(
    file: str | None, identity: Path | None, *, dry_run: bool, undo: bool, yes: bool
) -> None:
    """Put a backup in the place of what stands; that is kept, and can be brought back.

    FILE is a file, - for standard input, s3://bucket/prefix/NAME (or the newest below it), or restic:REPOSITORY.
    """
    if running_server() is not None and not dry_run:
        raise ConfigurationError("A server runs here: end it with  graphkeep stop")
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
        kept = undo_restore()
        set_up_django()
        redraw_missing_graphs()
        audit.record("backup.restore-undone", actor=CONSOLE, target=kept.name)
        click.echo(f"What stood before stands again; what it replaced lies in {kept}")
        return
    if file is None:
        raise ConfigurationError("Say which backup:  graphkeep restore FILE")
    key = identity.read_text().strip().splitlines()[-1] if identity else ""
    if dry_run:
        manifest = check_backup(file, identity=key)
        click.echo(
            f"whole: {len(manifest['files'])} files of {manifest['made_at'][:19]}, tree {tree_hash(manifest)[:16]}"
        )
        return
    if not yes:
        if file == "-":
            raise ConfigurationError("Standard input holds the backup: say --yes")
        click.confirm(f"Replace everything below {home_folder()}/data by {file}?", abort=True)
    done = restore_backup(file, identity=key)
    set_up_django()
    redraw_missing_graphs()
    audit.record("backup.restored", actor=CONSOLE, target=file, made_at=done.made_at)
    click.echo(f"{done.file_count} files of {done.made_at[:19]} stand, tree {done.tree_hash[:16]}")
    click.echo(
        f"What stood before lies in {done.snapshot}; graphkeep restore --undo brings it back"
    )


@click.group()
def data() -> None:
    """What is kept where."""


@data.command("map")
@click.option("--json", "as_json", is_flag=True)
def data_map(*, as_json: bool) -> None:
    """Every place where this server keeps something, what it is and who can read it."""
    from graphkeep.upkeep.data_map import DATA_LOCATIONS

    if as_json:
        click.echo(json.dumps([vars(one) for one in DATA_LOCATIONS], indent=2))
        return
    for one in DATA_LOCATIONS:
        size = size_of(home_folder() / one.path)
        click.echo(f"{one.path:<18} {one.kind:<14} {size / 1e6:9.1f} MB  {one.holds}")
        click.echo(f"{'':<18} protected: {one.protection}; in backups: {one.in_backups}")


def size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


@click.group()
def cache() -> None:
    """What can be thrown away."""


@cache.command()
def purge() -> None:
    """Throw away what is only kept to be faster; while a server runs, what it does not work with now."""
    from graphkeep.upkeep.data_map import DATA_LOCATIONS

    is_running = running_server() is not None
    freed = 0
    for one in DATA_LOCATIONS:
        folder = home_folder() / one.path
        if one.kind != "cache" or not one.path.endswith("/"):
            continue
        if not is_running:
            freed += size_of(folder)
            shutil.rmtree(folder, ignore_errors=True)
        elif one.may_go_while_running:
            freed += drop_settled(folder)
    click.echo(f"{freed / 1e6:.1f} MB freed")


def drop_settled(folder: Path) -> int:
    """Files that nobody wrote a moment ago; whoever has one mapped keeps it."""
    freed = 0
    for one in folder.rglob("*"):
        try:
            found = one.stat()
            if one.is_file() and found.st_mtime < time.time() - SETTLED_S:
                one.unlink()
                freed += found.st_size
        except FileNotFoundError:
            continue
    return freed


@click.command()
@click.option("--yes-delete-everything", is_flag=True, required=True)
def reset(*, yes_delete_everything: bool) -> None:
    """Delete every account and graph; data/config and data/backups stay."""
    if running_server() is not None:
        raise ConfigurationError("A server runs here: end it with  graphkeep stop")
    set_up_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from graphkeep.site.runtime_settings import runtime_setting

    name = runtime_setting("SITE_DOMAIN") or "graphkeep"
    if click.prompt(f"This cannot be undone. Type the site's name, {name}") != name:
        raise ConfigurationError("That is not the name; nothing was deleted.")
    for folder in (settings.STORE_DIR, settings.UPLOAD_DIR, settings.FRAMES_DIR, settings.TMP_DIR):
        shutil.rmtree(folder, ignore_errors=True)
    if connection.vendor == "sqlite":
        connection.close()
        for tail in ("", "-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['NAME']}{tail}").unlink(missing_ok=True)
    else:
        call_command("flush", verbosity=0, interactive=False)
    set_up_django()
    click.echo("Empty: the next start is a first one.")

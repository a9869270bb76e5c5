"""Clean a machine image: remove everything that must be unique to one machine.

Each machine started from the image creates its own secrets, host keys and database. Settings in custom.env stay,
except secrets.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from graphkeep.server.config.envfile import entries, set_value, write_config_file

# Paths of the server, below its home; env files lose their secret lines only.
OF_SERVER = (
    "data/db.sqlite3*", "data/graphs", "data/uploads", "data/frames", "data/tmp", "data/logs", "data/backups",
    "data/snapshots", "data/caddy", "data/server.*", "data/config/postgres", "data/config/caddy/tls/*",
    "data/config/.secrets.lock", "data/config/*.bak", "data/config/*~", "data/config/.*.sw?",
)  # fmt: skip
# Paths of the machine, below its root.
OF_MACHINE = (
    "etc/ssh/ssh_host_*", "var/lib/dbus/machine-id", "var/lib/systemd/random-seed", "var/lib/systemd/credential.secret",
    "var/lib/cloud", "var/log/*", "var/tmp/*", "tmp/*", "var/lib/dhcp/*", "var/lib/NetworkManager/*lease*",
    "etc/ssl/private/*", "var/lib/docker/volumes/graphkeep_*", "var/cache/graphkeep/.cache", "var/spool/mail/*",
)  # fmt: skip
OF_PEOPLE = (
    ".*_history", ".viminfo", ".lesshst", ".wget-hsts", ".ssh/authorized_keys", ".ssh/known_hosts*",
    ".ssh/id_*", ".docker/config.json", ".netrc", ".git-credentials", ".config/gh", ".aws", ".cache",
)  # fmt: skip
EMPTIED = ("etc/machine-id",)  # systemd creates a new id if the file exists and is empty


def clean_image(root: Path, home: Path, secret_names: frozenset[str]) -> list[str]:
    """Remove what must be unique to one machine; returns the removed paths, and the removed lines of env files."""
    paths = [*find(home, OF_SERVER), *find(root, OF_MACHINE)]
    for user_home in (root / "root", *find(root, ("home/*",))):
        paths += find(user_home, OF_PEOPLE)
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name in EMPTIED:
        if (root / name).exists():
            (root / name).write_bytes(b"")
    removed = [f"/{path.relative_to(root)}" for path in paths]
    for env_file in (home / "data/config/custom.env", home / ".env"):
        removed += [
            f"/{env_file.relative_to(root)}: {name}"
            for name in remove_lines(env_file, secret_names)
        ]
    return removed


def find(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    """Paths in the folder that match; symbolic links themselves, and nothing outside of the folder."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            parent = path.parent.resolve()
            if parent == folder.resolve() or folder.resolve() in parent.parents:
                yield path


def remove_lines(path: Path, secret_names: frozenset[str]) -> list[str]:
    """Remove secrets from an env file; returns their names."""
    if not path.is_file():
        return []
    text = path.read_bytes().decode("utf-8-sig")
    names = [entry.name for entry in entries(text, path.name) if entry.name in secret_names]
    for name in dict.fromkeys(names):
        text = set_value(text, name, None)
    if names:
        write_config_file(path, text.encode())
    return list(dict.fromkeys(names))

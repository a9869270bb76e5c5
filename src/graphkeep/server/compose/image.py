"""A machine's image without anything that only one machine may have.

Every machine that starts from it makes secrets, host keys and a database of its own. What the administrator
said in custom.env stays, but for what is secret.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from graphkeep.server.config.envfile import entries, set_value, write_config_file

# Of the server, below its home; data/config is looked through line by line.
OF_SERVER = (
    "data/db.sqlite3*", "data/graphs", "data/uploads", "data/frames", "data/tmp", "data/logs", "data/backups",
    "data/snapshots", "data/caddy", "data/server.*", "data/config/postgres", "data/config/caddy/tls/*",
    "data/config/.secrets.lock", "data/config/*.bak", "data/config/*~", "data/config/.*.sw?",
)  # fmt: skip
# Of the machine, below its root.
OF_MACHINE = (
    "etc/ssh/ssh_host_*", "var/lib/dbus/machine-id", "var/lib/systemd/random-seed", "var/lib/systemd/credential.secret",
    "var/lib/cloud", "var/log/*", "var/tmp/*", "tmp/*", "var/lib/dhcp/*", "var/lib/NetworkManager/*lease*",
    "etc/ssl/private/*", "var/lib/docker/volumes/graphkeep_*", "var/cache/graphkeep/.cache", "var/spool/mail/*",
)  # fmt: skip
OF_PEOPLE = (
    ".*_history", ".viminfo", ".lesshst", ".wget-hsts", ".ssh/authorized_keys", ".ssh/known_hosts*",
    ".ssh/id_*", ".docker/config.json", ".netrc", ".git-credentials", ".config/gh", ".aws", ".cache",
)  # fmt: skip
EMPTIED = ("etc/machine-id",)  # systemd makes a new one where the file is there and empty


def clean_image(root: Path, home: Path, secret_names: frozenset[str]) -> list[str]:
    """Take away what only one machine may have; what was taken, as paths below the root."""
    taken = [*find(home, OF_SERVER), *find(root, OF_MACHINE)]
    for person in (root / "root", *find(root, ("home/*",))):
        taken += find(person, OF_PEOPLE)
    for path in taken:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name in EMPTIED:
        if (root / name).exists():
            (root / name).write_bytes(b"")
    said = [f"/{path.relative_to(root)}" for path in taken]
    for place in (home / "data/config/custom.env", home / ".env"):
        said += [
            f"/{place.relative_to(root)}: {name}" for name in remove_lines(place, secret_names)
        ]
    return said


def find(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    """What is there, links themselves and not what they lead to."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            inside = path.parent.resolve()
            if inside == folder.resolve() or folder.resolve() in inside.parents:
                yield path


def remove_lines(place: Path, secret_names: frozenset[str]) -> list[str]:
    """Take the secret lines out of an env file; their names."""
    if not place.is_file():
        return []
    text = place.read_bytes().decode("utf-8-sig")
    found = [one.name for one in entries(text, place.name) if one.name in secret_names]
    for name in dict.fromkeys(found):
        text = set_value(text, name, None)
    if found:
        write_config_file(place, text.encode())
    return list(dict.fromkeys(found))

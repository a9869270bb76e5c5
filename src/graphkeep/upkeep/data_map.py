"""Every location where the server stores data: its contents, lifetime, read access and coverage by backups."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["secret", "personal", "user data", "configuration", "cache", "log"]


@dataclass(frozen=True, kw_only=True)
class DataLocation:
    """A file or folder. `path` is relative to $GRAPHISTRY_HOME; a trailing slash means the entire folder."""

    path: str
    kind: Kind
    holds: str
    is_persistent: bool
    protection: str
    in_backups: str
    may_go_while_running: bool = False


DATA_LOCATIONS = (
    DataLocation(
        path="data/db.sqlite3", kind="personal", is_persistent=True,
        holds="accounts, rights, the audit trail, what is known of each graph",
        protection="passwords and tokens as hashes, stored secrets encrypted, mode 0640",
        in_backups="yes, as a consistent copy (PostgreSQL: as pg_dump)",
    ),
    DataLocation(
        path="data/graphs/", kind="user data", is_persistent=True,
        holds="the tables and positions of each graph",
        protection="plain files, because they are mapped: use disk encryption", in_backups="yes",
    ),
    DataLocation(
        path="data/uploads/", kind="user data", is_persistent=True,
        holds="each upload as it came", protection="plain files: use disk encryption",
        in_backups="yes",
    ),
    DataLocation(
        path="data/config/", kind="secret", is_persistent=True,
        holds="custom.env with the server's secrets, the Caddyfile, certificates",
        protection="mode 0600, or 0660 for the administrators' group",
        in_backups="only by --with-secrets; otherwise put them away by graphkeep secrets escrow",
    ),
    DataLocation(
        path="data/caddy/", kind="secret", is_persistent=True,
        holds="certificates that Caddy got by itself", protection="mode 0770",
        in_backups="no: Caddy gets them again",
    ),
    DataLocation(
        path="data/backups/", kind="user data", is_persistent=True,
        holds="backups that were written here", protection="encrypted (age), mode 0600",
        in_backups="no: copy them to another machine",
    ),
    DataLocation(
        path="data/snapshots/", kind="user data", is_persistent=True,
        holds="what stood before a restore", protection="as what it holds",
        in_backups="no: graphkeep restore --undo uses it",
    ),
    DataLocation(
        path="data/frames/", kind="cache", is_persistent=False,
        holds="positions of layouts that run, and whether somebody watches them",
        protection="plain files", in_backups="no",
        may_go_while_running=True,
    ),
    DataLocation(
        path="data/cache/", kind="cache", is_persistent=False,
        holds="copies of graphs that rest in an object store, by dataset and version; restic's own cache",
        protection="plain files: use disk encryption", in_backups="no", may_go_while_running=True,
    ),
    DataLocation(
        path="data/migrating/", kind="cache", is_persistent=False,
        holds="a database that arrives by graphkeep migrate --from, until all its files are here",
        protection="as the database", in_backups="no",
    ),
    DataLocation(
        path="data/tmp/", kind="cache", is_persistent=False,
        holds="bodies of requests while they arrive", protection="plain files", in_backups="no",
    ),
    DataLocation(
        path="data/reserve", kind="cache", is_persistent=False,
        holds="nothing: room for the database, given up when the disk is full",
        protection="no data", in_backups="no",
    ),
    DataLocation(
        path="data/logs/", kind="log", is_persistent=False,
        holds="the log of a server in the background", protection="no secrets at any level",
        in_backups="no",
    ),
    DataLocation(
        path="data/advisories.sqlite3", kind="configuration", is_persistent=True,
        holds="known weaknesses of the parts of this server, as they were imported",
        protection="public knowledge, from a trusted signer, mode 0640",
        in_backups="no: import it again",
    ),
    DataLocation(
        path="data/server.json", kind="cache", is_persistent=False,
        holds="which server runs here", protection="no secrets", in_backups="no",
    ),
    DataLocation(
        path="data/server.request", kind="cache", is_persistent=False,
        holds="a restart or an end that another administrator asked for", protection="no secrets",
        in_backups="no",
    ),
    DataLocation(
        path=".cache/", kind="cache", is_persistent=False,
        holds="compiled layout kernels", protection="no data", in_backups="no",
    ),
)  # fmt: skip


def location_of(path: str) -> DataLocation | None:
    """The data location that contains a file; None if no location does. `path` is relative to the home folder."""
    for location in DATA_LOCATIONS:
        inside = path.startswith(location.path) if location.path.endswith("/") else False
        if (
            inside
            or path == location.path
            or path in {f"{location.path}-wal", f"{location.path}-shm"}
        ):
            return location
    return None

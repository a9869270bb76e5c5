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
        holds="accounts, rights, the audit log, metadata of each graph",
        protection="passwords and tokens as hashes, stored secrets encrypted, mode 0640",
        in_backups="yes, as a consistent copy (PostgreSQL: as pg_dump)",
    ),
    DataLocation(
        path="data/graphs/", kind="user data", is_persistent=True,
        holds="the tables and positions of each graph",
        protection="unencrypted files (memory-mapped): use disk encryption", in_backups="yes",
    ),
    DataLocation(
        path="data/uploads/", kind="user data", is_persistent=True,
        holds="each upload as received", protection="unencrypted files: use disk encryption",
        in_backups="yes",
    ),
    DataLocation(
        path="data/config/", kind="secret", is_persistent=True,
        holds="custom.env with the server's secrets, the Caddyfile, certificates",
        protection="mode 0600, or 0660 for the administrators' group",
        in_backups="only with --with-secrets; otherwise use graphkeep secrets escrow",
    ),
    DataLocation(
        path="data/caddy/", kind="secret", is_persistent=True,
        holds="certificates that Caddy obtained", protection="mode 0770",
        in_backups="no: Caddy obtains them again",
    ),
    DataLocation(
        path="data/backups/", kind="user data", is_persistent=True,
        holds="local backups", protection="encrypted (age), mode 0600",
        in_backups="no: copy them to another machine",
    ),
    DataLocation(
        path="data/snapshots/", kind="user data", is_persistent=True,
        holds="the data before a restore", protection="as the original data",
        in_backups="no: graphkeep restore --undo uses it",
    ),
    DataLocation(
        path="data/frames/", kind="cache", is_persistent=False,
        holds="positions of running layouts, and whether a viewer is connected",
        protection="plain files", in_backups="no",
        may_go_while_running=True,
    ),
    DataLocation(
        path="data/cache/", kind="cache", is_persistent=False,
        holds="copies of graphs in an object store, by dataset and version; restic's cache",
        protection="unencrypted files: use disk encryption", in_backups="no", may_go_while_running=True,
    ),
    DataLocation(
        path="data/migrating/", kind="cache", is_persistent=False,
        holds="a database that graphkeep migrate --from imports, until all of its files are copied",
        protection="as the database", in_backups="no",
    ),
    DataLocation(
        path="data/tmp/", kind="cache", is_persistent=False,
        holds="request bodies during an upload", protection="plain files", in_backups="no",
    ),
    DataLocation(
        path="data/reserve", kind="cache", is_persistent=False,
        holds="nothing: disk space reserved for the database, released when the disk is full",
        protection="no data", in_backups="no",
    ),
    DataLocation(
        path="data/logs/", kind="log", is_persistent=False,
        holds="the log of a background server", protection="no secrets at any level",
        in_backups="no",
    ),
    DataLocation(
        path="data/advisories.sqlite3", kind="configuration", is_persistent=True,
        holds="imported advisories for the components of this server",
        protection="public data from a trusted signer, mode 0640",
        in_backups="no: import it again",
    ),
    DataLocation(
        path="data/server.json", kind="cache", is_persistent=False,
        holds="the running server's address and process ids", protection="no secrets", in_backups="no",
    ),
    DataLocation(
        path="data/server.request", kind="cache", is_persistent=False,
        holds="a restart or stop requested by another administrator", protection="no secrets",
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

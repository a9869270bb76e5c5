"""Database of imported advisories, and matching against this install.

It is a separate SQLite file, not part of the server's database: public data that each import replaces.
"""

import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.supply.checksums import LIST, check_folder
from graphkeep.upkeep.supply.component import Component
from graphkeep.upkeep.supply.osv import Affected, affects, fixed_in, read_advisory
from graphkeep.upkeep.supply.signature import PublicKey, check_file, read_keys

DATABASE_FILE = "advisories.sqlite3"
SIGNERS = "config/advisories.signers"
STALE_DAYS = 30
MAX_RECORD_BYTES = 16 << 20
MAX_COUNT = 2_000_000
TABLES = """
CREATE TABLE advisories (ecosystem TEXT, name TEXT, advisory TEXT);
CREATE TABLE snapshots (source TEXT, ecosystem TEXT, count INTEGER, as_of TEXT, signer TEXT, imported_at TEXT);
"""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """`as_of`: modification time of the newest advisory, independent of the import time."""

    ecosystem: str
    count: int
    as_of: datetime
    signer: str
    imported_at: datetime


@dataclass(frozen=True, kw_only=True)
class Match:
    component: Component
    advisory: Affected
    fixed: str
    is_affected: bool

    def __str__(self) -> str:
        fix = f"fixed in {self.fixed}" if self.fixed else "no fix yet"
        return f"{self.component}: {self.advisory.advisory_id} ({fix})"


def trusted_signers(data: Path) -> list[PublicKey]:
    path = data / SIGNERS
    if not path.exists():
        raise UserInputError("No signing key is trusted yet:  graphkeep advisories trust KEY.pub")
    return read_keys(path)


def import_records(files: list[Path], data: Path, *, accept_older: bool = False) -> list[Snapshot]:
    """Replace the advisory database with these zips or folders, after verifying and parsing all of them.

    Raises:
        UserInputError: a source is unsigned, damaged or invalid; the existing database is unchanged.
    """
    keys = trusted_signers(data)
    path = data / DATABASE_FILE
    fresh = path.with_name(f".{DATABASE_FILE}.new")
    fresh.unlink(missing_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        fresh.touch(mode=0o640)
        with closing(sqlite3.connect(fresh)) as database:
            database.executescript(TABLES)
            for file in files:
                signer = check_source(file, keys)
                newest: dict[str, list[str]] = {}
                database.executemany(
                    "INSERT INTO advisories VALUES (?, ?, ?)", rows(records(file), newest)
                )
                if not newest:
                    raise UserInputError(f"{file.name} contains no advisory of PyPI or npm.")
                database.executemany(
                    "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (file.name, ecosystem, len(times), max(times), signer.fingerprint, now)
                        for ecosystem, times in newest.items()
                    ],
                )
            database.execute("CREATE INDEX by_name ON advisories (ecosystem, name)")
            database.commit()
        refuse_older(path, fresh, accept_older=accept_older)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return snapshots(data)


def check_source(file: Path, keys: list[PublicKey]) -> PublicKey:
    if file.is_dir():
        return check_folder(file, keys=keys, purpose="graphkeep-advisories")
    return check_file(file, keys=keys, purpose="graphkeep-advisories")


def records(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each record, without unpacking to disk."""
    if file.is_dir():
        for path in sorted(file.rglob("*.json")):
            if path.name != LIST:
                yield f"{file.name}/{path.relative_to(file)}", bounded(path.name, path.stat().st_size, path.read_bytes)  # fmt: skip
        return
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise UserInputError(f"{file.name} is neither a folder nor a zip file.") from None
    with archive:
        if len(archive.infolist()) > MAX_COUNT:
            raise UserInputError(f"{file.name} contains more than {MAX_COUNT} records.")
        for member in archive.infolist():
            if not member.filename.endswith(".json"):
                continue
            name = f"{file.name}/{member.filename}"
            try:
                yield name, bounded(name, member.file_size, partial(archive.read, member))
            except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:
                raise UserInputError(f"{name} cannot be unpacked: {error}") from None


def bounded(name: str, size: int, read: Callable[[], bytes]) -> bytes:
    if size > MAX_RECORD_BYTES:
        raise UserInputError(f"{name} is larger than an advisory may be.")
    return read()


def rows(
    records: Iterable[tuple[str, bytes]], newest: dict[str, list[str]]
) -> Iterator[tuple[str, str, str]]:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for name, text in records:
        try:
            advisories = read_advisory(json.loads(text))
            if any(parse_time(advisory.modified) > tomorrow for advisory in advisories):
                raise UserInputError("its date is in the future")
        except (UserInputError, ValueError) as error:
            raise UserInputError(f"{name}: {error}") from None
        for advisory in advisories:
            newest.setdefault(advisory.ecosystem, []).append(
                parse_time(advisory.modified).isoformat(timespec="seconds")
            )
            yield advisory.ecosystem, advisory.name, json.dumps(asdict(advisory))


def parse_time(text: str) -> datetime:
    """Parse an ISO 8601 time as UTC, with any number of fractional digits."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def refuse_older(path: Path, fresh: Path, *, accept_older: bool) -> None:
    existing = {snapshot.ecosystem: snapshot for snapshot in read_snapshots(path)}
    for snapshot in read_snapshots(fresh):
        current = existing.get(snapshot.ecosystem)
        if current is not None and snapshot.as_of < current.as_of and not accept_older:
            raise UserInputError(
                f"The advisories of {snapshot.ecosystem} are of {snapshot.as_of:%Y-%m-%d}, older than the imported ones"
                f" ({current.as_of:%Y-%m-%d}). Use --older to import them."
            )


def snapshots(data: Path) -> list[Snapshot]:
    return read_snapshots(data / DATABASE_FILE)


def read_snapshots(path: Path) -> list[Snapshot]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as database:
        results = database.execute(
            "SELECT ecosystem, sum(count), max(as_of), max(signer), max(imported_at) FROM snapshots"
            " GROUP BY ecosystem ORDER BY ecosystem"
        ).fetchall()
    return [
        Snapshot(
            ecosystem=ecosystem,
            count=count,
            as_of=parse_time(as_of),
            signer=signer,
            imported_at=parse_time(imported_at),
        )
        for ecosystem, count, as_of, signer, imported_at in results
    ]


def match_advisories(components: list[Component], data: Path) -> list[Match]:
    """Match every advisory on a component, with whether the installed version is affected."""
    path = data / DATABASE_FILE
    if not path.exists():
        return []
    matches = []
    with closing(sqlite3.connect(path)) as database:
        for component in components:
            cursor = database.execute(
                "SELECT advisory FROM advisories WHERE ecosystem = ? AND name = ?",
                (component.ecosystem, component.name),
            )
            for (text,) in cursor.fetchall():
                advisory = stored(json.loads(text))
                matches.append(
                    Match(
                        component=component,
                        advisory=advisory,
                        fixed=fixed_in(advisory, component),
                        is_affected=affects(advisory, component),
                    )
                )
    return sorted(matches, key=lambda match: (match.component.name, match.advisory.advisory_id))


def stored(value: dict[str, Any]) -> Affected:
    lists = {
        "aliases": tuple(value["aliases"]),
        "versions": tuple(value["versions"]),
        "ranges": tuple(tuple((kind, text) for kind, text in events) for events in value["ranges"]),
    }
    fields: dict[str, Any] = {**value, **lists}
    return Affected(**fields)

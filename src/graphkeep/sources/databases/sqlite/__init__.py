"""SQLite files below the administrator's folder, asked in SQL."""

from functools import partial

from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.file_sandbox.session import FileSession
from graphkeep.sources.databases.sqlite.check import check

KIND = ConnectorKind(
    name="sqlite",
    title="SQLite",
    description="Tables of a SQLite file on this server, asked in SQL.",
    fields=(
        SettingField(
            name="file", label="File", kind="file", is_required=True,
            help="Its path below the folder that an administrator names in CONNECTOR_FILES_DIR.",
        ),
    ),
    can_reduce=True,
    languages=("sql",),
    restrictions=("tables",),
    check=check,
    endpoints=lambda _: (),
    open=partial(
        FileSession,
        runner="graphkeep.sources.databases.file_sandbox.sqlite_entry",
        siblings=("-wal", "-shm", "-journal"),
    ),
    example_query="SELECT source, destination, count(*) AS flows FROM connections GROUP BY source, destination",
)  # fmt: skip

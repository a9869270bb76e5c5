"""DuckDB files, and folders of Parquet and CSV files, below the administrator's folder, asked in SQL."""

from functools import partial

from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.duckdb.check import check
from graphkeep.sources.databases.file_sandbox.session import FileSession

KIND = ConnectorKind(
    name="duckdb",
    title="DuckDB, Parquet and CSV",
    description="A DuckDB file on this server, or a folder whose Parquet and CSV files are tables, asked in SQL.",
    fields=(
        SettingField(
            name="file", label="File or folder", kind="file", is_required=True,
            help="Its path below the folder that an administrator names in CONNECTOR_FILES_DIR.",
        ),
    ),
    can_reduce=True,
    languages=("sql",),
    restrictions=("tables",),
    check=check,
    endpoints=lambda _: (),
    open=partial(
        FileSession, runner="graphkeep.sources.databases.file_sandbox.duckdb_entry", siblings=(".wal",)
    ),
    example_query="SELECT source, destination, count(*) AS flows FROM connections GROUP BY source, destination",
)  # fmt: skip

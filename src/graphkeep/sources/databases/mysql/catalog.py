"""What the account can read, from the information schema."""

from itertools import groupby

from pymysql.connections import Connection

from graphkeep.sources.databases.connector_kind import SourceColumn, SourceSchema, SourceTable

MAX_TABLES = 2000
MAX_COLUMNS = 40_000
SYSTEM = "('mysql', 'information_schema', 'performance_schema', 'sys')"
TABLES = f"""
    SELECT table_schema, table_name, table_type FROM information_schema.tables
    WHERE table_schema NOT IN {SYSTEM} ORDER BY 1, 2 LIMIT {MAX_TABLES + 1}
"""  # noqa: S608 - made of constants
COLUMNS = f"""
    SELECT table_schema, table_name, column_name, column_type FROM information_schema.columns
    WHERE table_schema NOT IN {SYSTEM} ORDER BY 1, 2, ordinal_position LIMIT {MAX_COLUMNS}
"""  # noqa: S608


def readable_tables(connection: Connection) -> SourceSchema:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        cursor.execute(COLUMNS)
        columns = {
            names: tuple(SourceColumn(name=str(name), type=str(kind)) for *_, name, kind in group)
            for names, group in groupby(cursor.fetchall(), key=lambda row: (row[0], row[1]))
        }
    return SourceSchema(
        tables=tuple(
            SourceTable(
                name=str(name),
                container=str(database),
                kind="view" if "VIEW" in str(kind) else "table",
                columns=columns.get((database, name), ()),
            )
            for database, name, kind in tables[:MAX_TABLES]
        ),
        is_cut=len(tables) > MAX_TABLES,
    )

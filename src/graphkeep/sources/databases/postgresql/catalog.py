"""What the role can read, from the catalog of PostgreSQL."""

from itertools import groupby

import psycopg

from graphkeep.sources.databases.connector_kind import SourceColumn, SourceSchema, SourceTable
from graphkeep.sources.databases.stages import ConnectorError

MAX_TABLES = 2000
KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}
TABLES = """
    SELECT c.oid, n.nspname, c.relname, c.relkind::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%%'
      AND n.nspname <> 'information_schema' AND NOT c.relispartition
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname LIMIT %s
"""
COLUMNS = """
    SELECT attrelid, attname, pg_catalog.format_type(atttypid, atttypmod)
    FROM pg_catalog.pg_attribute
    WHERE attrelid = ANY(%s) AND attnum > 0 AND NOT attisdropped
      AND pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT')
    ORDER BY attrelid, attnum
"""


def readable_tables(connection: psycopg.Connection) -> SourceSchema:
    tables = connection.execute(TABLES, (MAX_TABLES + 1,)).fetchall()
    listed = tables[:MAX_TABLES]
    rows = connection.execute(COLUMNS, ([oid for oid, *_ in listed],)).fetchall()
    columns = {
        oid: tuple(SourceColumn(name=name, type=kind) for _, name, kind in group)
        for oid, group in groupby(rows, key=lambda row: row[0])
    }
    return SourceSchema(
        tables=tuple(
            SourceTable(name=name, container=schema, kind=KINDS[kind], columns=columns.get(oid, ()))
            for oid, schema, name, kind in listed
        ),
        is_cut=len(tables) > MAX_TABLES,
    )


def refuse_no_schema(connection: psycopg.Connection, schema: str) -> None:
    """Raises ConnectorError: the role may not look into the schema, or there is none."""
    row = connection.execute(
        "SELECT pg_catalog.has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = %s",
        (schema,),
    ).fetchone()
    if row is None:
        raise ConnectorError(
            "permission", f"There is no schema `{schema}`.", advice="Check the setting `schema`."
        )
    if not row[0]:
        raise ConnectorError(
            "permission",
            f"The role may not use the schema `{schema}`.",
            advice=f"GRANT USAGE ON SCHEMA {schema} to the role, and SELECT on its tables.",
        )

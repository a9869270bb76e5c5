"""What the role of a connector may do in PostgreSQL beyond reading the tables of its schema."""

from typing import Any

import psycopg

from graphkeep.sources.databases.connector_kind import AuditFinding
from graphkeep.sources.databases.sql.account_findings import listed

ATTRIBUTES = {
    "superuser": (
        "rolsuper",
        "is a superuser: no rule of the database holds for it",
        "NOSUPERUSER",
    ),
    "createrole": ("rolcreaterole", "may create and change roles", "NOCREATEROLE"),
    "createdb": ("rolcreatedb", "may create databases", "NOCREATEDB"),
    "bypassrls": ("rolbypassrls", "passes row-level security", "NOBYPASSRLS"),
    "replication": ("rolreplication", "may copy the whole server by replication", "NOREPLICATION"),
}
MEMBERSHIPS = {
    "server-files": (("pg_read_server_files", "pg_write_server_files"), "reads or writes files of the server"),
    "server-programs": (("pg_execute_server_program",), "runs programs on the server"),
    "reads-all": (("pg_read_all_data",), "reads all tables of all schemas"),
    "signals": (("pg_signal_backend",), "ends the sessions of others"),
    "monitoring": (("pg_read_all_settings", "pg_read_all_stats", "pg_monitor"), "reads the server's settings or the queries of others"),
}  # fmt: skip
ROLE = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_catalog.pg_roles WHERE rolname = current_user"
USER_SCHEMAS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
MEMBER_OF = """
    SELECT rolname FROM pg_catalog.pg_roles
    WHERE rolname = ANY(ARRAY['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program',
      'pg_read_all_data', 'pg_write_all_data', 'pg_signal_backend', 'pg_read_all_settings', 'pg_read_all_stats',
      'pg_monitor'])
      AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
"""
OTHER_ROLES = """
    WITH RECURSIVE held AS (
      SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member
      WHERE r.rolname = current_user
      UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN held ON m.member = held.roleid
    )
    SELECT r.rolname || CASE WHEN r.rolsuper THEN ' (superuser)' ELSE '' END
    FROM pg_catalog.pg_roles r JOIN held ON held.roleid = r.oid
    WHERE r.rolname <> ALL(ARRAY['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program',
      'pg_read_all_data', 'pg_signal_backend', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables',
      'pg_monitor'])
    ORDER BY 1 LIMIT 100
"""
DEFINER_FUNCTIONS = f"""
    SELECT n.nspname || '.' || p.proname FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND {USER_SCHEMAS} AND p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
    ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
WRITABLE = f"""
    SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'f') AND {USER_SCHEMAS}
      AND (pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
    ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
CREATES = f"""
    SELECT 'schema ' || n.nspname FROM pg_catalog.pg_namespace n
    WHERE {USER_SCHEMAS} AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')
    UNION ALL
    SELECT 'database ' || datname FROM pg_catalog.pg_database
    WHERE datname = pg_catalog.current_database() AND pg_catalog.has_database_privilege(oid, 'CREATE')
    ORDER BY 1 LIMIT 100
"""  # noqa: S608
OTHER_SCHEMAS = f"""
    SELECT DISTINCT n.nspname FROM pg_catalog.pg_namespace n
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
    WHERE {USER_SCHEMAS} AND n.nspname <> $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
    ORDER BY 1 LIMIT 100
"""  # noqa: S608
OWNED = f"""
    SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE {USER_SCHEMAS} AND pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
    UNION ALL
    SELECT 'schema ' || n.nspname FROM pg_catalog.pg_namespace n
    WHERE {USER_SCHEMAS} AND pg_catalog.pg_has_role(current_user, n.nspowner, 'USAGE')
    UNION ALL
    SELECT 'database ' || datname FROM pg_catalog.pg_database
    WHERE datname = pg_catalog.current_database() AND pg_catalog.pg_has_role(current_user, datdba, 'USAGE')
    ORDER BY 1 LIMIT 100
"""  # noqa: S608


def account_findings(connection: psycopg.Connection, schema: str) -> tuple[AuditFinding, ...]:
    """One finding a check, in a fixed order; `is_excess` where the role may do more than it needs."""
    cursor = psycopg.RawCursor(connection)
    role = cursor.execute(ROLE).fetchone() or ()
    held = dict(zip((column for column, *_ in ATTRIBUTES.values()), role, strict=True))
    findings = [
        finding(check, held[column], f"The role {text}.", f"ALTER ROLE … {word}.")
        for check, (column, text, word) in ATTRIBUTES.items()
    ]
    member_of = set(names(cursor, MEMBER_OF))
    for check, (roles, text) in MEMBERSHIPS.items():
        excess = sorted(member_of.intersection(roles))
        findings.append(
            finding(check, excess, f"The role {text} ({listed(excess)}).", f"REVOKE {listed(excess)} from the role.")
        )  # fmt: skip
    other_roles = names(cursor, OTHER_ROLES)
    findings.append(
        finding("roles", other_roles, f"The role may act as other roles: {listed(other_roles)}.",
                "REVOKE them from the role; NOINHERIT does not keep it from SET ROLE.")
    )  # fmt: skip
    definers = names(cursor, DEFINER_FUNCTIONS)
    findings.append(
        finding("definer-functions", definers, f"The role may run functions with their owners' rights: {listed(definers)}.",
                "REVOKE EXECUTE on them from PUBLIC; one of a row can be called like a column.")
    )  # fmt: skip
    writable = names(cursor, WRITABLE)
    findings.append(
        finding("writes", writable, f"The role may change tables: {listed(writable)}.",
                "REVOKE INSERT, UPDATE, DELETE, TRUNCATE on them from the role.")
    )  # fmt: skip
    creates = names(cursor, CREATES)
    findings.append(
        finding("creates", creates, f"The role may create objects in: {listed(creates)}.",
                "REVOKE CREATE on them from the role and from PUBLIC.")
    )  # fmt: skip
    others = names(cursor, OTHER_SCHEMAS, schema)
    findings.append(
        finding("other-schemas", others, f"The role also reads the schemas: {listed(others)}.",
                "REVOKE USAGE on them from the role, or list the allowed schemas in the connector's policy.")
    )  # fmt: skip
    owned = names(cursor, OWNED)
    findings.append(
        finding("ownership", owned, f"The role owns, and so may change or drop: {listed(owned)}.",
                "Give them another owner (ALTER … OWNER TO).")
    )  # fmt: skip
    return tuple(findings)


def finding(check: str, excess: Any, message: str, advice: str) -> AuditFinding:
    if excess:
        return AuditFinding(check=check, is_excess=True, message=message, advice=advice)
    return AuditFinding(
        check=check, is_excess=False, message=f"The role has no excess right of the kind {check}."
    )


def names(cursor: psycopg.RawCursor, text: str, *parameters: str) -> list[str]:
    return [row[0] for row in cursor.execute(text, parameters).fetchall()]

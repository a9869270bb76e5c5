"""What the token's account may do in a workspace beyond reading: its groups, entitlements and privileges."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from graphkeep.sources.databases.connector_kind import AuditFinding
from graphkeep.sources.databases.sql.account_findings import account_finding

finding = partial(
    account_finding,
    advice="Use a token of a service principal with SELECT on its tables and CAN USE on the warehouse alone.",
)
READING = {"SELECT", "USE CATALOG", "USE SCHEMA", "BROWSE", "USE_CATALOG", "USE_SCHEMA"}
OWNING = {"OWN", "ALL PRIVILEGES", "ALL_PRIVILEGES", "MANAGE"}
NAMING = {"USE CATALOG", "USE SCHEMA", "BROWSE", "USE_CATALOG", "USE_SCHEMA"}
BY_CHECK: dict[str, tuple[set[str], str]] = {
    "routines": ({"EXECUTE"}, "may run functions, which do what their owner may do"),
    "files": ({"READ VOLUME", "READ_VOLUME", "READ FILES", "READ_FILES"}, "reads files of volumes"),
    "creates": (
        {"CREATE TABLE", "CREATE_TABLE", "CREATE SCHEMA", "CREATE_SCHEMA", "CREATE VIEW", "CREATE_VIEW", "CREATE FUNCTION",
         "CREATE_FUNCTION", "CREATE VOLUME", "CREATE_VOLUME", "CREATE MODEL", "CREATE_MODEL", "CREATE MATERIALIZED VIEW",
         "CREATE_MATERIALIZED_VIEW"},
        "may create objects",
    ),
}  # fmt: skip
OTHERS = {kind for kinds, _ in BY_CHECK.values() for kind in kinds}
ENTITLEMENTS = {
    "clusters": ("allow-cluster-create", "may create clusters, which run any program"),
    "instance-pools": ("allow-instance-pool-create", "may create pools of machines"),
    "workspace": ("workspace-access", "may use notebooks of the workspace, which run any program"),
}


def privileges_query(catalog: str, groups: Sequence[str]) -> str:
    """The privileges of the account and of its groups, on tables, schemas and the catalog, as type, schema and name."""
    name = "`" + catalog.replace("`", "``") + "`"
    texts = ("'" + group.replace("\\", "\\\\").replace("'", "\\'") + "'" for group in groups)
    holders = f"(grantee = current_user() OR grantee IN ({', '.join(texts)}))"
    tables = f"{name}.information_schema"
    return (
        f"SELECT privilege_type, table_schema, table_name FROM {tables}.table_privileges WHERE {holders} "  # noqa: S608 - quoted
        f"UNION SELECT privilege_type, schema_name, '*' FROM {tables}.schema_privileges WHERE {holders} "
        f"UNION SELECT privilege_type, '*', '*' FROM {tables}.catalog_privileges WHERE {holders}"
    )


def groups_of(person: Mapping[str, Any]) -> list[str]:
    """The groups of an account, and the one that all accounts are in."""
    return sorted(
        {"account users", *(str(group.get("display")) for group in person.get("groups") or ())}
    )


def account_findings(
    person: Mapping[str, Any], privileges: Sequence[Sequence[Any]], schema: str
) -> tuple[AuditFinding, ...]:
    """One finding a check, in a fixed order. `privileges`: type, schema and table; `*` for a right on a schema or catalog."""
    groups = set(groups_of(person))
    held = {str(one.get("value")) for one in person.get("entitlements") or ()}
    findings = [
        finding("superuser", sorted(groups & {"admins"}), "administers the workspace"),
        *(
            finding(check, sorted(held & {value}), text)
            for check, (value, text) in ENTITLEMENTS.items()
        ),
    ]
    rights = [(str(kind).upper(), f"{container}.{table}") for kind, container, table in privileges]
    changes = sorted(
        f"{kind} on {table}" for kind, table in rights if kind not in READING | OWNING | OTHERS
    )
    owned = sorted(f"{kind} on {table}" for kind, table in rights if kind in OWNING)
    others = sorted(
        {
            table for kind, table in rights
            if kind not in NAMING and table.partition(".")[0].lower() != schema.lower()
        }
    )  # fmt: skip
    for check, (kinds, text) in BY_CHECK.items():
        held_kinds = sorted(f"{kind} on {table}" for kind, table in rights if kind in kinds)
        findings.append(finding(check, held_kinds, text))
    findings.append(finding("writes", changes, "may change tables"))
    findings.append(finding("ownership", owned, "owns tables, or has all rights on them"))
    findings.append(finding("other-schemas", others, "also reads other schemas"))
    return tuple(findings)

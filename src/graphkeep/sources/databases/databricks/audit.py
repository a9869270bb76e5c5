"""What the token's account may do in a workspace beyond reading: its groups, entitlements and privileges."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.sources.databases.connector_kind import AuditFinding

MAX_NAMES = 5
READING = {"SELECT", "USE CATALOG", "USE SCHEMA", "BROWSE", "USE_CATALOG", "USE_SCHEMA"}
OWNING = {"OWN", "ALL PRIVILEGES", "ALL_PRIVILEGES", "MANAGE"}
ENTITLEMENTS = {
    "clusters": ("allow-cluster-create", "may create clusters, which run any program"),
    "instance-pools": ("allow-instance-pool-create", "may create pools of machines"),
    "workspace": ("workspace-access", "may use notebooks of the workspace, which run any program"),
}


def privileges_query(catalog: str) -> str:
    name = "`" + catalog.replace("`", "``") + "`"
    return (
        "SELECT DISTINCT privilege_type, table_schema, table_name "  # noqa: S608 - quoted
        f"FROM {name}.information_schema.table_privileges WHERE grantee = current_user()"
    )


def account_findings(
    person: Mapping[str, Any], privileges: Sequence[Sequence[Any]], schema: str
) -> tuple[AuditFinding, ...]:
    """One finding a check, in a fixed order. `privileges`: type, schema and table of each right on a table."""
    groups = {str(group.get("display")) for group in person.get("groups") or ()}
    held = {str(one.get("value")) for one in person.get("entitlements") or ()}
    findings = [
        finding("superuser", sorted(groups & {"admins"}), "administers the workspace"),
        *(
            finding(check, sorted(held & {value}), text)
            for check, (value, text) in ENTITLEMENTS.items()
        ),
    ]
    rights = [(str(kind).upper(), f"{container}.{table}") for kind, container, table in privileges]
    changes = sorted(f"{kind} on {table}" for kind, table in rights if kind not in READING | OWNING)
    owned = sorted(f"{kind} on {table}" for kind, table in rights if kind in OWNING)
    others = sorted(
        {table for _, table in rights if table.partition(".")[0].lower() != schema.lower()}
    )
    findings.append(finding("writes", changes, "may change tables"))
    findings.append(finding("ownership", owned, "owns tables, or has all rights on them"))
    findings.append(finding("other-schemas", others, "also reads other schemas"))
    return tuple(findings)


def finding(check: str, excess: Sequence[str], text: str) -> AuditFinding:
    if not excess:
        return AuditFinding(
            check=check,
            is_excess=False,
            message=f"The account has no excess right of the kind {check}.",
        )
    listed = ", ".join(excess[:MAX_NAMES]) + (", …" if len(excess) > MAX_NAMES else "")
    return AuditFinding(
        check=check, is_excess=True, message=f"The account {text}: {listed}.",
        advice="Use a token of a service principal with SELECT on its tables and CAN USE on the warehouse alone.",
    )  # fmt: skip

"""What an account may do, by the security plugin of OpenSearch or the security of Elasticsearch."""

from collections.abc import Mapping
from typing import Any

from graphkeep.sources.databases.connector_kind import AuditFinding

RECIPE = "Use a role with read and view_index_metadata on the connector's indexes alone, as its page shows."
# OpenSearch's own roles that do more than read, by the finding that they make.
ROLES = {
    "all_access": "superuser", "admin": "superuser", "superuser": "superuser",
    "security_manager": "security", "security_rest_api_access": "security", "security_rest_api_full_access": "security",
    "manage_snapshots": "snapshots", "snapshot_management_full_access": "snapshots",
    "kibana_server": "writes", "logstash": "writes",
    "readall": "other-indexes", "readall_and_monitor": "other-indexes",
}  # fmt: skip
# Elasticsearch's privileges that must not be there, by the finding that they make.
CLUSTER = {
    "all": "superuser", "manage_security": "security", "manage_api_key": "security", "grant_api_key": "security",
    "manage_own_api_key": "security", "manage": "administration", "manage_ingest_pipelines": "administration",
    "manage_pipeline": "administration", "manage_index_templates": "administration", "manage_ilm": "administration",
    "create_snapshot": "snapshots",
}  # fmt: skip
INDEX = ("write", "delete", "create_index", "delete_index", "manage")


def elasticsearch_findings(
    cluster: Mapping[str, bool], indexes: Mapping[str, Mapping[str, bool]]
) -> list[AuditFinding]:
    """By `_security/user/_has_privileges`; `indexes` are the privileges for the pattern `*` and for the connector's indexes."""
    held: dict[str, str] = {}
    for name, check in CLUSTER.items():
        if cluster.get(name):
            held.setdefault(check, name)
    findings = [
        excess(check, f"The account has the cluster's privilege {name}.")
        for check, name in held.items()
    ]
    everywhere = indexes.get("*", {})
    writes = {
        pattern: [name for name in INDEX if held.get(name)] for pattern, held in indexes.items()
    }
    changed = next((pattern for pattern in sorted(writes) if writes[pattern]), "")
    if changed:
        what = "every index" if changed == "*" else f"the index `{changed}`"
        findings.append(
            excess("writes", f"The account can change {what}: {', '.join(writes[changed])}.")
        )
    if everywhere.get("read"):
        findings.append(excess("other-indexes", "The account can read every index."))
    return findings or [fine()]


def opensearch_findings(info: Mapping[str, Any]) -> list[AuditFinding]:
    """By `_plugins/_security/authinfo`: the names of roles, which an administrator can look up."""
    roles = sorted({*info.get("roles", ()), *info.get("backend_roles", ())})
    excessive: dict[str, str] = {}
    for role in roles:
        name = role.lower()
        check = ROLES.get(name) or ("administration" if name.endswith("_full_access") else "")
        if check and name != "point_in_time_full_access":
            excessive.setdefault(check, role)
    if excessive:
        return [
            excess(check, f"The account has the role {role}.") for check, role in excessive.items()
        ]
    named = ", ".join(role for role in roles if role != "own_index") or "none"
    return [
        AuditFinding(
            check="roles", is_excess=False, message=f"The account's roles: {named}.",
            advice="OpenSearch tells an account the names of its roles only; compare them with the recipe.",
        )
    ]  # fmt: skip


def anonymous() -> AuditFinding:
    return AuditFinding(
        check="anonymous", is_excess=True,
        message="The server asks nobody to sign in: whoever reaches it may write.",
        advice="Turn on the security plugin, and give the connector a role of its own.",
    )  # fmt: skip


def fine() -> AuditFinding:
    return AuditFinding(check="writes", is_excess=False, message="The account cannot write.")


def excess(check: str, message: str) -> AuditFinding:
    return AuditFinding(check=check, is_excess=True, message=message, advice=RECIPE)

"""What an account may do, by the security plugin of OpenSearch or the security of Elasticsearch."""

from collections.abc import Mapping
from typing import Any

from graphkeep.sources.databases.connector_kind import AuditFinding

RECIPE = "Use a role with read and view_index_metadata on the connector's indexes alone, as its page shows."
ADMIN_ROLES = {"all_access", "admin", "superuser", "security_manager", "manage_snapshots", "kibana_server", "logstash"}  # fmt: skip
# Elasticsearch's privileges that must not be there, by the finding that they make.
CLUSTER = {
    "all": "superuser", "manage_security": "security", "manage": "administration",
    "manage_api_key": "security", "create_snapshot": "snapshots", "manage_ingest_pipelines": "administration",
}  # fmt: skip
INDEX = ("write", "delete", "create_index", "manage")


def elasticsearch_findings(
    cluster: Mapping[str, bool], indexes: Mapping[str, Mapping[str, bool]]
) -> list[AuditFinding]:
    """By `_security/user/_has_privileges`; `indexes` are the privileges for the pattern `*`."""
    held: dict[str, str] = {}
    for name, check in CLUSTER.items():
        if cluster.get(name):
            held.setdefault(check, name)
    findings = [
        excess(check, f"The account has the cluster's privilege {name}.")
        for check, name in held.items()
    ]
    everywhere = indexes.get("*", {})
    writes = [name for name in INDEX if everywhere.get(name)]
    if writes:
        findings.append(
            excess("writes", f"The account can change every index: {', '.join(writes)}.")
        )
    if everywhere.get("read"):
        findings.append(excess("other-indexes", "The account can read every index."))
    return findings or [fine()]


def opensearch_findings(info: Mapping[str, Any]) -> list[AuditFinding]:
    """By `_plugins/_security/authinfo`: the names of roles, which an administrator can look up."""
    roles = sorted({*info.get("roles", ()), *info.get("backend_roles", ())})
    excessive = [role for role in roles if role.lower() in ADMIN_ROLES]
    if excessive:
        return [excess("superuser", f"The account has the role {excessive[0]}.")]
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

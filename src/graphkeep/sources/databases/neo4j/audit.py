"""What an account may do at a Neo4j server, from its roles and privileges."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphkeep.sources.databases.connector_kind import AuditFinding

RECIPE = "Use a role of its own with MATCH on the graph and ACCESS to the database, as the connector's page shows."
READS = {"access", "match", "read", "traverse", "show_index", "show_constraint", "execute", "execute_function"}  # fmt: skip
WRITING_ROLES = {"editor", "publisher", "architect"}
CHECKS = (
    ("load", "server-files", "load files and addresses from the server (LOAD CSV)"),
    ("boosted", "boosted-procedures", "run procedures with more rights than its own"),
    ("execute_admin", "admin-procedures", "run administration procedures"),
    ("transaction", "other-transactions", "see or end the transactions of others"),
    ("impersonate", "impersonation", "act as other users"),
)
MANAGES = ("user", "role", "privilege", "database", "alias", "server", "dbms", "index", "constraint", "token", "all")  # fmt: skip


def role_findings(roles: Iterable[str] | None) -> list[AuditFinding]:
    """What the roles alone say; `roles` is None where the server has none (Neo4j Community)."""
    if roles is None:
        return [
            AuditFinding(
                check="roles", is_excess=True,
                message="This server has no roles: each account may write and administer.",
                advice="The connector sends only queries that read; for a second control use a server with roles.",
            )
        ]  # fmt: skip
    names = {role.lower() for role in roles}
    findings = [
        AuditFinding(
            check="superuser", is_excess="admin" in names,
            message="The account is an administrator." if "admin" in names else "The account is no administrator.",
            advice=RECIPE if "admin" in names else "",
        )
    ]  # fmt: skip
    writing = sorted(names & WRITING_ROLES)
    if writing:
        findings.append(excess("writes", f"The account can write: it has the role {writing[0]}."))
    return findings


def privilege_findings(privileges: Iterable[Mapping[str, Any]]) -> list[AuditFinding]:
    """What privileges say, as SHOW CURRENT USER PRIVILEGES lists them: access, action, resource, graph."""
    granted = [
        (str(row["action"]).lower(), str(row.get("graph", "")))
        for row in privileges
        if str(row["access"]).upper() == "GRANTED"
    ]
    findings = []
    actions = sorted({action for action, _ in granted if action not in READS})
    for part, check, what in CHECKS:
        if any(part in action for action in actions):
            findings.append(excess(check, f"The account can {what}."))
    rest = [action for action in actions if not any(part in action for part, *_ in CHECKS)]
    managing = [action for action in rest if any(word in action for word in MANAGES)]
    writing = [action for action in rest if action not in managing]
    if managing:
        findings.append(
            excess("administration", f"The account can administer: {', '.join(managing[:10])}.")
        )
    if writing:
        findings.append(excess("writes", f"The account can write: {', '.join(writing[:10])}."))
    else:
        findings.append(
            AuditFinding(check="writes", is_excess=False, message="The account cannot write.")
        )
    if any(
        graph == "*" and action in READS - {"execute", "execute_function"}
        for action, graph in granted
    ):
        findings.append(excess("other-databases", "The account can read every database of the server."))  # fmt: skip
    return findings


def not_told() -> AuditFinding:
    return AuditFinding(
        check="writes", is_excess=False,
        message="Whether the account can write cannot be told: this server does not list privileges.",
        advice="Check the account at the server. The connector itself sends only queries that read.",
    )  # fmt: skip


def excess(check: str, message: str) -> AuditFinding:
    return AuditFinding(check=check, is_excess=True, message=message, advice=RECIPE)

"""What the account of a connector may do beyond reading, from SHOW GRANTS; its password hashes are never kept."""

import re
from dataclasses import dataclass
from functools import partial

from pymysql.connections import Connection

from graphkeep.sources.databases.connector_kind import AuditFinding
from graphkeep.sources.databases.sql.account_findings import account_finding

finding = partial(
    account_finding, advice="REVOKE what is named from the account; SELECT on its tables is enough."
)
GRANT = re.compile(r"GRANT (?P<rights>.+?) ON (?P<target>(?:\w+ )?\S+?) TO ", re.IGNORECASE)
ROLE = re.compile(r"GRANT (?P<role>[`'\"][^`'\"]+[`'\"](?:@\S+)?) TO ", re.IGNORECASE)
COLUMNS = re.compile(r"\s*\([^)]*\)")
READING = {"SELECT", "USAGE", "SHOW VIEW"}
CHECKS: dict[str, tuple[set[str], str]] = {
    "superuser": ({"ALL PRIVILEGES", "ALL", "SUPER"}, "has all rights, or the right SUPER"),
    "writes": ({"INSERT", "UPDATE", "DELETE", "DELETE HISTORY"}, "may change rows"),
    "creates": (
        {
            "CREATE", "DROP", "ALTER", "INDEX", "CREATE VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EVENT", "TRIGGER",
            "REFERENCES", "CREATE TEMPORARY TABLES", "CREATE TABLESPACE",
        },
        "may create, change or drop objects",
    ),
    "server-files": ({"FILE"}, "reads and writes files of the server"),
    "accounts": ({"CREATE USER", "GRANT OPTION", "CREATE ROLE", "DROP ROLE"}, "may create accounts or pass on rights"),
    "processes": ({"PROCESS", "CONNECTION ADMIN", "SHOW DATABASES"}, "sees the queries or databases of others, or ends their sessions"),
    "replication": (
        {"REPLICATION SLAVE", "REPLICATION CLIENT", "BINLOG MONITOR", "REPLICATION REPLICA", "SLAVE MONITOR", "BINLOG ADMIN"},
        "may copy the server by replication",
    ),
    "routines": ({"EXECUTE"}, "may run stored routines, which do what their owner may do"),
    "locks": ({"LOCK TABLES"}, "may lock tables"),
}  # fmt: skip
KNOWN = READING.union(*(rights for rights, _ in CHECKS.values()))


@dataclass(frozen=True, kw_only=True)
class Grant:
    rights: frozenset[str]
    target: str  # `*.*`, `net.*` or `net.hosts`


def account_findings(connection: Connection, database: str) -> tuple[AuditFinding, ...]:
    """One finding a check, in a fixed order; `is_excess` where the account may do more than it needs."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW GRANTS")
        lines = [str(line) for (line,) in cursor.fetchall()]
    grants, roles = parse_grants(lines)
    findings = [
        finding(check, targets_with(grants, rights), text)
        for check, (rights, text) in CHECKS.items()
    ]
    others = sorted(
        {
            grant.target for grant in grants
            if grant.rights & {"SELECT", "ALL PRIVILEGES", "ALL"}
            and grant.target.partition(".")[0] != database
        }
    )  # fmt: skip
    findings.append(finding("other-databases", others, "also reads other databases"))
    unknown = sorted({right for grant in grants for right in grant.rights - KNOWN})
    findings.append(finding("administration", unknown, "has rights of an administrator"))
    findings.append(finding("roles", roles, "has roles, whose rights SHOW GRANTS may leave out"))
    return tuple(findings)


def parse_grants(lines: list[str]) -> tuple[list[Grant], list[str]]:
    """Rights by target, and the roles, of lines of SHOW GRANTS."""
    grants, roles = [], []
    for line in lines:
        match = GRANT.match(line)
        if match:
            rights = {
                right.strip().upper() for right in COLUMNS.sub("", match["rights"]).split(",")
            }
            if "WITH GRANT OPTION" in line.upper():
                rights.add("GRANT OPTION")
            target = re.sub(r"[`\"\\]", "", match["target"])
            grants.append(Grant(rights=frozenset(rights), target=target))
        elif role := ROLE.match(line):
            roles.append(re.sub(r"[`'\"]", "", role["role"]))
    return grants, roles


def targets_with(grants: list[Grant], rights: set[str]) -> list[str]:
    """`RIGHT on target` of each right among these."""
    return sorted(
        f"{right} on {grant.target}" for grant in grants for right in grant.rights & rights
    )

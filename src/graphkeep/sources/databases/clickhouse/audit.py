"""What the account of a connector may do in ClickHouse beyond reading, from SHOW GRANTS."""

import re
from collections.abc import Sequence
from functools import partial

from graphkeep.sources.databases.connector_kind import AuditFinding
from graphkeep.sources.databases.sql.account_findings import account_finding

finding = partial(
    account_finding,
    advice="REVOKE what is named; SELECT on its tables and a profile with readonly = 2 are enough.",
)
# SHOW GRANTS lists ACCESS MANAGEMENT as its parts, such as CREATE USER and ALTER ROW POLICY.
OF_ACCOUNTS = re.compile(
    r"\b(ACCESS|USERS?|ROLES?|QUOTAS?|POLICY|POLICIES|PROFILES?|TOKEN|DEFINER|SQL SECURITY|IMPERSONATE|NAMED COLLECTIONS?)\b"
)
GRANT = re.compile(r"GRANT (?P<rights>.+) ON (?P<target>\S+) TO ")
ROLE = re.compile(r"GRANT (?P<roles>[^()]+) TO ")
COLUMNS = re.compile(r"\([^)]*\)")
CHECKS: dict[str, tuple[tuple[str, ...], str]] = {
    "superuser": (("ALL", "CURRENT GRANTS"), "has all rights"),
    "writes": (("INSERT", "ALTER", "UPDATE", "DELETE", "OPTIMIZE", "MOVE PARTITION"), "may change rows"),
    "creates": (("CREATE", "DROP", "UNDROP", "TRUNCATE", "ATTACH", "DETACH", "TABLE ENGINE"), "may create or drop objects"),
    "sources": (
        ("SOURCES", "FILE", "URL", "REMOTE", "MONGO", "REDIS", "MYSQL", "POSTGRES", "SQLITE", "ODBC", "JDBC", "HDFS", "S3",
         "HIVE", "AZURE", "KAFKA", "NATS", "RABBITMQ", "READ", "WRITE"),
        "opens files of the server or connections from it",
    ),
    "accounts": ((), "manages accounts, roles or stored credentials"),
    "administration": (("SYSTEM", "KILL", "BACKUP", "CLUSTER", "INTROSPECTION", "ADDRESSTOLINE", "DISPLAYSECRETSINSHOWANDSELECT"), "administers the server"),
    "dictionaries": (("DICTGET",), "reads dictionaries"),
}  # fmt: skip


def account_findings(grants: str, database: str, *, is_read_only: bool) -> tuple[AuditFinding, ...]:
    """One finding a check, in a fixed order, from the text of SHOW GRANTS and the setting `readonly` of the account."""
    rights: list[tuple[str, str]] = []
    roles: list[str] = []
    for line in grants.splitlines():
        if match := GRANT.match(line):
            words = COLUMNS.sub("", match["rights"]).split(",")
            rights += [(word.strip().upper(), match["target"]) for word in words]
            if "WITH GRANT OPTION" in line:
                rights.append(("ACCESS MANAGEMENT", match["target"]))
        elif match := ROLE.match(line):
            roles += [role.strip() for role in match["roles"].split(",")]
    findings = [
        finding(
            check,
            sorted(
                f"{right} on {target}" for right, target in rights if is_of(right, check, words)
            ),
            text,
        )
        for check, (words, text) in CHECKS.items()
    ]
    others = sorted(
        {
            target for right, target in rights
            if right in {"SELECT", "ALL"} and target.partition(".")[0].strip("`") != database
        }
    )  # fmt: skip
    findings.append(finding("other-databases", others, "also reads other databases"))
    findings.append(finding("roles", roles, "has roles, whose rights SHOW GRANTS does not list"))
    profile = [] if is_read_only else ["readonly = 0"]
    findings.append(
        finding("settings-profile", profile, "has a settings profile that allows writes")
    )
    return tuple(findings)


def is_of(right: str, check: str, words: Sequence[str]) -> bool:
    if OF_ACCOUNTS.search(right):
        return check == "accounts"
    return any(right == word or right.startswith(f"{word} ") for word in words)

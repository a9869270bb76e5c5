"""ClickHouse's own access control, in chdb: what an account may do, and what SHOW GRANTS says of it.

chdb stores no accounts, so CREATE USER is not run; accounts are declared in the file of its settings, with the text of their
GRANTs. The one that asks is always `default`. A program of its own, since chdb ends with its process.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class ClickHouseAccount:
    """`grants`: GRANT … without its TO; `settings`: those of its profile."""

    grants: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    may_manage: bool = False


def ask_as(
    folder: Path, accounts: Mapping[str, ClickHouseAccount], statements: Sequence[str]
) -> list[str]:
    """What `default` is answered, statement by statement; a refusal is ClickHouse's error, from `Code: `."""
    path = folder / "users.xml"
    path.write_text(users_file(path, accounts))
    done = subprocess.run(
        [sys.executable, "-m", "tests.database_servers.clickhouse_accounts", str(folder / "data")],
        input=json.dumps({"settings": str(path), "statements": list(statements)}),
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers: list[str] = json.loads(done.stdout)
    return answers


def users_file(path: Path, accounts: Mapping[str, ClickHouseAccount]) -> str:
    profiles = "".join(
        f"<{name}>"
        + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in account.settings.items())
        + f"</{name}>"
        for name, account in accounts.items()
    )
    users = "".join(user_element(name, account) for name, account in accounts.items())
    return (
        f"<clickhouse><profiles>{profiles}</profiles><quotas><default/></quotas>"
        f"<roles><reader/></roles><users>{users}</users>"
        f"<user_directories><users_xml><path>{path}</path></users_xml></user_directories></clickhouse>"
    )


def user_element(name: str, account: ClickHouseAccount) -> str:
    grants = "".join(f"<query>{escape(grant)}</query>" for grant in account.grants)
    rights = (
        "<access_management>1</access_management>"
        if account.may_manage
        else f"<grants>{grants}</grants>"
    )
    return (
        f"<{name}><password></password><networks><ip>::/0</ip></networks><profile>{name}</profile>"
        f"<quota>default</quota>{rights}</{name}>"
    )


def main() -> None:
    from chdb import session

    asked = json.load(sys.stdin)
    database = session.Session(f"{sys.argv[1]}?config-file={asked['settings']}")
    answers = []
    for statement in asked["statements"]:
        try:
            answers.append(str(database.query(statement, "TabSeparatedRaw")))
        except RuntimeError as error:
            answers.append(str(error).split("\n")[0])
    print(json.dumps(answers))


if __name__ == "__main__":
    main()

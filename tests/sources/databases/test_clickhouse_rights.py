"""The account of the page on ClickHouse, and accounts with one right more, held by ClickHouse's own access control."""

import re

import pytest

from graphkeep.sources.databases.clickhouse.audit import account_findings
from tests.database_servers.clickhouse_accounts import ClickHouseAccount, ask_as
from tests.sources.databases.pages.recipes import recipe

ADMIN = ClickHouseAccount(may_manage=True)
LEAST = ("GRANT SELECT ON net.hosts", "GRANT SELECT ON net.flows")
TABLES = (
    "CREATE DATABASE net", "CREATE DATABASE hr",
    "CREATE TABLE net.hosts (id Int32) ENGINE = MergeTree ORDER BY id",
    "CREATE TABLE net.flows (id Int32) ENGINE = MergeTree ORDER BY id",
    "CREATE TABLE hr.salaries (id Int32) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO net.hosts VALUES (1)",
)  # fmt: skip
EXCESS = {
    "superuser": "GRANT ALL ON *.*",
    "writes": "GRANT INSERT ON net.hosts",
    "writes by ALTER": "GRANT ALTER UPDATE(id) ON net.hosts",
    "creates": "GRANT CREATE TABLE ON net.*",
    "creates by TRUNCATE": "GRANT TRUNCATE ON net.hosts",
    "sources": "GRANT URL ON *.*",
    "sources by FILE": "GRANT FILE ON *.*",
    "accounts": "GRANT ACCESS MANAGEMENT ON *.*",
    "accounts by GRANT OPTION": "GRANT SELECT ON net.hosts WITH GRANT OPTION",
    "administration": "GRANT SYSTEM FLUSH LOGS ON *.*",
    "administration by KILL": "GRANT KILL QUERY ON *.*",
    "dictionaries": "GRANT dictGet ON net.*",
    "other-databases": "GRANT SELECT ON hr.salaries",
    "roles": "GRANT reader",
}


def recipe_of_the_page():
    """The GRANTs without their TO, the settings of the profile, and all statements."""
    statements = recipe("connect-clickhouse.md")
    grants = [one.partition(" TO ")[0] for one in statements if one.startswith("GRANT")]
    (profile,) = [one for one in statements if one.startswith("CREATE SETTINGS PROFILE")]
    return grants, dict(re.findall(r"(\w+) = (\d+)", profile)), statements


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clickhouse-rights")
    assert all("Code:" not in answer for answer in ask_as(folder, {"default": ADMIN}, TABLES))
    return folder


def test_clickhouse_reads_each_statement_of_the_page(folder):
    *_, statements = recipe_of_the_page()
    quoted = [text.replace("\\", "\\\\").replace("'", "\\'") for text in statements]

    answers = ask_as(
        folder, {"default": ADMIN}, [f"SELECT formatQuery('{text}')" for text in quoted]
    )

    assert [answer.split()[0] for answer in answers] == ["CREATE", "CREATE", "GRANT", "GRANT"]


def test_the_account_of_the_page_reads_its_tables_and_nothing_else(folder):
    grants, settings, _ = recipe_of_the_page()
    account = ClickHouseAccount(grants=grants, settings=settings)
    refused = (
        "SELECT * FROM hr.salaries", "INSERT INTO net.hosts VALUES (2)", "DROP TABLE net.hosts",
        "TRUNCATE TABLE net.hosts", "CREATE TABLE net.x (id Int32) ENGINE = Memory", "SELECT * FROM file('/etc/passwd')",
        "SELECT * FROM url('http://192.0.2.1/', CSV)", "CREATE USER mallory", "SYSTEM FLUSH LOGS",
    )  # fmt: skip

    answers = ask_as(
        folder, {"default": account}, ["SELECT * FROM net.hosts", "SHOW GRANTS", *refused]
    )

    assert answers[0].strip() == "1"
    findings = account_findings(answers[1], "net", is_read_only=settings["readonly"] != "0")
    assert [finding for finding in findings if finding.is_excess] == []
    assert [answer.partition("(ACCESS_DENIED)")[1] for answer in answers[2:]] == [
        "(ACCESS_DENIED)"
    ] * len(refused)


def test_sh65_the_audit_warns_about_each_excess_right(folder):
    accounts = {
        f"account_{number}": ClickHouseAccount(grants=[*LEAST, grant])
        for number, grant in enumerate(EXCESS.values())
    }

    answers = ask_as(
        folder, {"default": ADMIN, **accounts}, [f"SHOW GRANTS FOR {name}" for name in accounts]
    )

    for name, answer in zip(EXCESS, answers, strict=True):
        found = account_findings(answer, "net", is_read_only=True)
        excess = {finding.check for finding in found if finding.is_excess}
        assert name.partition(" ")[0] in excess, (name, answer)
        if not name.startswith("superuser"):
            assert excess == {name.partition(" ")[0]}, (name, answer)

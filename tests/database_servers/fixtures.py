"""Servers of databases, one of each for all tests of a run; a server's driver is imported when it starts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.database_servers.arcadedb import ArcadeServer
    from tests.database_servers.clickhouse import ClickHouseServer
    from tests.database_servers.mariadb import MariaDbServer
    from tests.database_servers.opensearch import OpenSearchServer
    from tests.database_servers.postgresql import PostgreSqlServer
    from tests.database_servers.taxii import TaxiiServer
    from tests.doubles.databricks import Databricks
    from tests.doubles.search_security import SignedIn
    from tests.doubles.splunk import SplunkDouble
    from tests.sources.databases.http.json_service import Service


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgreSqlServer]":
    from tests.database_servers.postgresql import running_postgresql

    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> "Iterator[MariaDbServer]":
    from tests.database_servers.mariadb import running_mariadb

    with running_mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def arcadedb_server(tmp_path_factory) -> "Iterator[ArcadeServer]":
    from tests.database_servers.arcadedb import running_arcadedb

    with running_arcadedb(tmp_path_factory.mktemp("arcadedb")) as server:
        yield server


@pytest.fixture(scope="session")
def opensearch_server() -> "Iterator[OpenSearchServer]":
    from tests.database_servers.opensearch import running_opensearch

    with running_opensearch() as server:
        yield server


@pytest.fixture(scope="session")
def opensearch_with_sign_in(opensearch_server) -> "Iterator[SignedIn]":
    """The real server behind a double of its sign-in."""
    from dataclasses import replace

    from tests.doubles.search_security import SignedIn
    from tests.sources.databases.http.json_service import json_service

    with json_service(SignedIn(opensearch_server).answer) as service:
        yield replace(SignedIn(opensearch_server), port=service.server_port)


@pytest.fixture(scope="session")
def taxii_server() -> "Iterator[TaxiiServer]":
    from tests.database_servers.taxii import running_taxii

    with running_taxii() as server:
        yield server


@pytest.fixture(scope="session")
def virustotal_double() -> "Iterator[Service]":
    from tests.doubles import virustotal
    from tests.sources.databases.http.json_service import json_service

    with json_service(virustotal.answer) as service:
        yield service


@pytest.fixture(scope="session")
def database_files(tmp_path_factory) -> "Path":
    from tests.database_servers.files import make_files

    return make_files(tmp_path_factory.mktemp("database-files"))


@pytest.fixture(scope="session")
def clickhouse_server() -> "Iterator[ClickHouseServer]":
    from tests.database_servers.clickhouse import running_clickhouse

    with running_clickhouse() as server:
        yield server


@pytest.fixture(scope="session")
def splunk_double() -> "Iterator[SplunkDouble]":
    from tests.doubles.splunk import SplunkDouble

    double = SplunkDouble({"net": [{"n": str(n)} for n in range(3_000)]})
    yield double
    double.close()


@pytest.fixture(scope="session")
def databricks_double(tmp_path_factory) -> "Iterator[Databricks]":
    from tests.doubles.databricks import running_databricks

    with running_databricks(tmp_path_factory.mktemp("databricks")) as double:
        yield double

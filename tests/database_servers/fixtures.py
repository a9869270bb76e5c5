"""Servers of databases, one of each for all tests of a run; a server's driver is imported when it starts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database_servers.arcadedb import ArcadeServer
    from tests.database_servers.mariadb import MariaDbServer
    from tests.database_servers.opensearch import OpenSearchServer
    from tests.database_servers.postgresql import PostgreSqlServer


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

"""A real PostgreSQL as a bridge's source: rows come at a pace, and the server's own log counts what it executed."""

import re
import secrets
from collections import Counter

import pyarrow as pa

from graphkeep.bridge.protocol.frames import Ask
from graphkeep.bridge.protocol.source_request import SourceRequest, encode_request
from graphkeep.sources.databases.query import QueryLimits, SourceQuery
from tests.sources.databases.pages.recipes import recipe

PASSWORD = "choose-a-long-password"  # as in the recipe
# Statements are logged when their execution begins, so those that were cut or cancelled count too.
OPTIONS = "-c log_statement=all"
PAGES = """
CREATE FUNCTION public.pace(n bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN IF n % 1000 = 999 THEN PERFORM pg_sleep(0.05); END IF; RETURN true; END $$;
CREATE VIEW public.paced AS SELECT n FROM (SELECT generate_series(0::bigint, 999999) AS n) AS s WHERE public.pace(n);
CREATE TABLE public.salaries (n bigint); INSERT INTO public.salaries VALUES (1);
GRANT SELECT ON public.paced, public.salaries TO graphkeep_reader;
"""
EXECUTED = re.compile(r'DECLARE "graphkeep".*?\bAS "?(q\w+)', re.DOTALL)


def prepare(server):
    """The role of the recipe, with SELECT on the paced view besides."""
    for statement in recipe("connect-postgresql.md"):
        server.run(statement)
    server.run(PAGES)


def settings_lines(prefix, server, authority_path):
    """The lines of connector.env for a slot of this server."""
    values = {
        "KIND": "postgresql", "HOST": server.host, "PORT": server.port, "DATABASE": server.database,
        "USER": "graphkeep_reader", "PASSWORD": PASSWORD, "CA_CERTIFICATES_FILE": authority_path,
        "ALLOWED_TABLES": "public.paced",
    }  # fmt: skip
    return [f"{prefix}_{name}={value}" for name, value in values.items()]


def paced_query(name, rows, table="paced"):
    """`name`, a `q` with letters and digits, is the query's own in the server's log."""
    return f"SELECT n AS {name} FROM {table} LIMIT {rows}"


def executions(server):
    """How often the server executed each query, by its log."""
    return Counter(EXECUTED.findall((server.folder / "log").read_text()))


def running_backends(server):
    """How many connections of the bridge's account the server has."""
    text = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'graphkeep_reader'"
    return server.ask(text)[0][0]


def sql_ask(text):
    query = SourceQuery(language="sql", text=text)
    request = SourceRequest(kind="postgresql", query=query, limits=QueryLimits(max_rows=1_000_000))
    return Ask(
        query_id=secrets.token_hex(16), operation="query", request=encode_request(request), deadline_s=30,
    )  # fmt: skip


def column(batches):
    return pa.Table.from_batches(list(batches)).column(0).to_pylist()

"""This server as a source: a person reads what they may see, and nothing else exists."""

import json

import pyarrow as pa
import pytest

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.queries import personal_organization
from graphkeep.connectors.execution.results import read_rows
from graphkeep.connectors.execution.sessions import source_session
from graphkeep.connectors.operations.grants import Grant, set_grants
from graphkeep.connectors.operations.manage import ConnectorFields, create_connector
from graphkeep.connectors.operations.run_query import run_query_here
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.upload import store_table
from graphkeep.datasets.storage import graph_store
from graphkeep.sources.databases.query import SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(alice, charlie):
    connector = create_connector(
        ConnectorFields(name="here"), kind_name="this_server", organization=None, actor=CONSOLE
    )
    grants = [Grant(username=name, right="ask") for name in ("alice", "charlie")]
    set_grants(connector, grants, actor=CONSOLE)
    return connector


@pytest.fixture
def graph(alice):
    made = Dataset.objects.create(
        owner=alice.user, organization=personal_organization(alice.user), privacy="private",
        prepared_version=1,
    )  # fmt: skip
    edges = pa.table({"source": ["a", "b"], "destination": ["b", "c"], "bytes": [1, 2]})
    graph_store().put_table(made.dataset_id, "edges", edges)
    return made


@pytest.fixture
def file(alice):
    made = File.objects.create(
        owner=alice.user, organization=personal_organization(alice.user), file_type="arrow"
    )
    store_table(made, pa.table({"ip": ["10.0.0.1"]}))
    return made


def ask(connector, actor, **asked):
    query = SourceQuery(language="json", text=json.dumps(asked))
    return run_query_here(connector, query, actor=actor)


def test_the_owner_reads_the_tables_of_a_graph_and_a_file(here, graph, file, alice):
    run = ask(here, alice, graph=graph.dataset_id, columns=["source", "bytes"])
    assert (run.state, run.message) == ("done", "")
    assert read_rows(run, 0, 10).to_pydict() == {"source": ["a", "b"], "bytes": [1, 2]}
    assert read_rows(ask(here, alice, file=file.file_id), 0, 10).to_pydict() == {"ip": ["10.0.0.1"]}
    with source_session(here, actor=alice) as session:
        names = {(table.kind, table.name) for table in session.schema().tables}
    assert names == {("graph", "nodes"), ("graph", "edges"), ("file", file.file_id)}


def test_for_a_stranger_a_private_graph_is_as_one_that_does_not_exist(here, graph, file, charlie):
    asked = [{"graph": graph.dataset_id}, {"file": file.file_id}, {"graph": "0" * 32}]
    runs = [ask(here, charlie, **each) for each in asked]

    assert {(run.state, run.stage, run.message) for run in runs} == {
        ("failed", "permission", "There is no such graph or file, or it is not ready yet.")
    }
    with source_session(here, actor=charlie) as session:
        assert session.schema().tables == ()
    Dataset.objects.filter(pk=graph.pk).update(privacy="public")
    assert ask(here, charlie, graph=graph.dataset_id).state == "done"


@pytest.mark.parametrize(
    "text",
    ["graph", "[]", '{"graph": 5}', '{"graph": "a", "table": "secrets"}', '{"graph": "a", "where": 1}',
     '{"columns": []}', '{"file": "a", "table": "nodes"}', '{"file": "a", "columns": "x"}'],
)  # fmt: skip
def test_what_is_no_such_query_is_refused(here, alice, text):
    with pytest.raises(QueryRefusedError):
        run_query_here(here, SourceQuery(language="json", text=text), actor=alice)


def test_an_unknown_column_is_named(here, graph, alice):
    run = ask(here, alice, graph=graph.dataset_id, columns=["weight"])

    assert run.message == "There is no column 'weight'; there are: source, destination, bytes."

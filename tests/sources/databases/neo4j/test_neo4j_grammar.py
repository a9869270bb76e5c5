"""The recipe of the page, and what the connector sends, as Neo4j's own parser reads it. There is no Neo4j server in these tests."""

import json
import subprocess
from pathlib import Path

from graphkeep.server.cli.checkout import BIN
from graphkeep.sources.databases.neo4j import KIND
from tests.sources.databases.kinds import check
from tests.sources.databases.neo4j.cypher_queries import HONEST, LABELS
from tests.sources.databases.pages.recipes import recipe

SCRIPT = Path(__file__).with_name("lint.cjs")
UNLABELED = (
    "MATCH (n) WHERE n.name = 'a' OR n.name IS NULL RETURN n.name",
    "MATCH (a)-[r]->() RETURN r",
    "MATCH (a:Host)-[*1..3]->(b) WHERE a.name <> b.name RETURN b",
    "MATCH (a:Host) OPTIONAL MATCH (a)-->(b) WHERE b.name STARTS WITH 'x' RETURN a, b",
    "MATCH p = shortestPath((a:Host)-[*]-(b:Host)) RETURN p",
)


def errors_of(statements: list[str]) -> dict[str, list[str]]:
    """What Neo4j's parser and semantic analysis say against statements, for those with an error."""
    done = subprocess.run(
        [BIN / "node", SCRIPT],
        input=json.dumps(statements),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(done.stdout)
    return {text: found for text, found in zip(statements, answers, strict=True) if found}


def test_neo4j_reads_each_statement_of_the_page():
    statements = [one.rstrip(";") for one in recipe("connect-neo4j.md", "cypher")]

    assert len(statements) == 5
    assert errors_of(statements) == {}
    wrong = ["CREATE ROLE", "GRANT MATCHES {*} ON GRAPH net TO x", "GRANT ROLE TO x"]
    assert list(errors_of(wrong)) == wrong


def test_neo4j_reads_what_is_sent_with_and_without_restricted_labels():
    sent = [
        check(KIND, "cypher", text, allowed=allowed).text
        for text in (*HONEST, *UNLABELED)
        for allowed in ({}, {"labels": LABELS})
    ]

    assert errors_of(sent) == {}

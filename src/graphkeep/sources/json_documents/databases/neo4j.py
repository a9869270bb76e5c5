"""Exports of Neo4j and its kin: APOC's lines, the browser's query results, the HTTP and Query APIs, paths."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.databases.property_graph import EntityCollector, holds_graph
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and holds_graph(documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Nodes and relationships of the database",
        reason="The file holds nodes and relationships of a graph database, each once, with their properties.",
    )
    EntityCollector(graph).add_all(documents)
    return graph.result(title=("name",))


NEO4J = Vocabulary(name="neo4j", matches=matches, read=read)

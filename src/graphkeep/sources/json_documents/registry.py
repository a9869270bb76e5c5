"""The vocabularies of JSON that this server knows, the most particular first."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.json_documents.databases.graphson import GRAPHSON
from graphkeep.sources.json_documents.databases.json_ld import JSON_LD
from graphkeep.sources.json_documents.databases.neo4j import NEO4J
from graphkeep.sources.json_documents.databases.sparql import SPARQL
from graphkeep.sources.json_documents.graphs.adjacency import ADJACENCY
from graphkeep.sources.json_documents.graphs.cx import CX
from graphkeep.sources.json_documents.graphs.cytoscape import CYTOSCAPE
from graphkeep.sources.json_documents.graphs.geojson import GEOJSON
from graphkeep.sources.json_documents.graphs.graphology import GRAPHOLOGY
from graphkeep.sources.json_documents.graphs.json_api import JSON_API
from graphkeep.sources.json_documents.graphs.json_graph import JSON_GRAPH
from graphkeep.sources.json_documents.graphs.node_link import NODE_LINK
from graphkeep.sources.json_documents.graphs.topojson import TOPOJSON
from graphkeep.sources.json_documents.graphs.tree import TREE
from graphkeep.sources.json_documents.graphs.visjs import VISJS
from graphkeep.sources.json_documents.observability.spans import TRACES
from graphkeep.sources.json_documents.security.azurehound import AZUREHOUND
from graphkeep.sources.json_documents.security.bloodhound import BLOODHOUND
from graphkeep.sources.json_documents.security.misp import MISP
from graphkeep.sources.json_documents.security.opengraph import OPENGRAPH
from graphkeep.sources.json_documents.security.stix import STIX
from graphkeep.sources.json_documents.software.cyclonedx import CYCLONEDX
from graphkeep.sources.json_documents.software.lock_files import LOCK_FILES
from graphkeep.sources.json_documents.software.spdx import SPDX
from graphkeep.sources.json_documents.software.spdx3 import SPDX3
from graphkeep.sources.json_documents.vocabulary import Vocabulary

VOCABULARIES = (
    STIX, BLOODHOUND, AZUREHOUND, OPENGRAPH, MISP, CYCLONEDX, SPDX, SPDX3, LOCK_FILES, TRACES, JSON_API, GEOJSON, TOPOJSON, SPARQL, CX, CYTOSCAPE, GRAPHSON,
    NEO4J, GRAPHOLOGY, JSON_GRAPH, VISJS, NODE_LINK, JSON_LD, ADJACENCY, TREE,
)  # fmt: skip


def find_vocabulary(documents: Sequence[Any]) -> tuple[Vocabulary, Sequence[Any]] | None:
    """The vocabulary of these documents, or of those in a file that is one list."""
    candidates = [documents]
    if len(documents) == 1 and isinstance(documents[0], list) and documents[0]:
        candidates = [documents[0]]
    for vocabulary in VOCABULARIES:
        for candidate in candidates:
            if candidate and vocabulary.matches(candidate):
                return vocabulary, candidate
    return None

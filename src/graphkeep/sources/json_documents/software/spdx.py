"""SPDX 2: the document, its packages, files and snippets are nodes; relationships are edges."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

PARTS = (
    "packages",
    "files",
    "snippets",
    "relationships",
    "documentDescribes",
    "hasExtractedLicensingInfos",
)
NOTHING = ("NONE", "NOASSERTION")


def sbom_of(document: Any) -> dict[str, Any] | None:
    """The SPDX document; GitHub wraps it as `sbom`."""
    for content in (mapping_of(document), mapping_of(mapping_of(document).get("sbom"))):
        if isinstance(content.get("spdxVersion"), str):
            return dict(content)
    return None


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(sbom_of(document) is not None for document in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="SPDX packages and relationships",
        reason="This is an SPDX document: packages and files are nodes, its relationships edges.",
    )
    for document in documents:
        read_sbom(graph, sbom_of(document) or {})
    return graph.result(title=("name",))


def read_sbom(graph: GraphBuilder, document: dict[str, Any]) -> None:
    root = text_of(document.get("SPDXID")) or "SPDXRef-DOCUMENT"
    details = {name: value for name, value in document.items() if name not in (*PARTS, "SPDXID")}
    graph.add_node(root, details, name=text_of(document.get("name")), type="document")
    for part, kind in (("packages", "package"), ("files", "file"), ("snippets", "snippet")):
        for entry in list_of(document.get(part)):
            add_element(graph, entry, kind)
    for described in list_of(document.get("documentDescribes")):
        graph.add_edge(root, described, type="DESCRIBES")
    for entry in list_of(document.get("relationships")):
        add_relationship(graph, entry)


def add_element(graph: GraphBuilder, entry: Any, kind: str) -> None:
    if not isinstance(entry, dict):
        graph.leave_out(f"entries that are no {kind}s", entry)
        return
    attributes = {
        name: value for name, value in entry.items() if name not in ("SPDXID", "hasFiles", "type")
    }
    name = text_of(first_of(entry, ("name", "fileName")))
    node_id = graph.add_node(entry.get("SPDXID"), attributes, name=name, type=kind)
    for file in list_of(entry.get("hasFiles")):
        graph.add_edge(node_id, file, type="CONTAINS")


def add_relationship(graph: GraphBuilder, entry: Any) -> None:
    if not isinstance(entry, dict):
        graph.leave_out("entries that are no relationships", entry)
        return
    source, target = entry.get("spdxElementId"), entry.get("relatedSpdxElement")
    if target in NOTHING:
        graph.leave_out("relationships to nothing (NONE, NOASSERTION)", entry)
        return
    rest = {
        name: value
        for name, value in entry.items()
        if name not in ("spdxElementId", "relatedSpdxElement", "relationshipType")
    }
    is_described = entry.get("relationshipType") == "DESCRIBES" and any(
        (edge["source"], edge["target"], edge["type"]) == (source, target, "DESCRIBES")
        for edge in graph.edges[:100]
    )
    if not is_described:
        graph.add_edge(source, target, rest, type=entry.get("relationshipType"))


SPDX = Vocabulary(name="spdx", matches=matches, read=read)

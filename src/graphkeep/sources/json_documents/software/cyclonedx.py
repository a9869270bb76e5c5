"""CycloneDX: components, services and vulnerabilities are nodes; dependencies, nesting and effects are edges."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import (
    first_of,
    list_of,
    mapping_of,
    mappings_of,
    text_of,
)
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def is_bom(document: Any) -> bool:
    content = mapping_of(document)
    return content.get("bomFormat") == "CycloneDX" or (
        isinstance(content.get("components"), list)
        and isinstance(content.get("dependencies"), list)
        and "specVersion" in content
    )


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_bom, documents))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="CycloneDX components and dependencies",
        reason="This is a CycloneDX bill of materials: components and services are nodes, and an edge goes to "
        "what each depends on.",
    )
    for document in documents:
        read_bom(graph, document)
    return graph.result(title=("name",))


def read_bom(graph: GraphBuilder, document: dict[str, Any]) -> None:
    main = mapping_of(document.get("metadata")).get("component")
    if main is not None:
        add_component(graph, main, None, "component")
    for entry in list_of(document.get("components")):
        add_component(graph, entry, None, "component")
    for entry in list_of(document.get("services")):
        add_component(graph, entry, None, "service")
    for entry in list_of(document.get("dependencies")):
        if not isinstance(entry, dict):
            graph.leave_out("entries that are no dependencies", entry)
            continue
        for name, kind in (("dependsOn", "dependsOn"), ("provides", "provides")):
            for target in list_of(entry.get(name)):
                graph.add_edge(entry.get("ref"), ref_of(target), type=kind)
    for entry in list_of(document.get("vulnerabilities")):
        add_vulnerability(graph, entry)


def ref_of(value: Any) -> Any:
    return value.get("ref") if isinstance(value, dict) else value


def component_id(entry: dict[str, Any]) -> str | None:
    """The reference of a component; where it has none, what identifies it."""
    identifier = text_of(first_of(entry, ("bom-ref", "purl", "cpe")))
    if identifier is not None:
        return identifier
    parts = [text_of(entry.get(name)) for name in ("group", "name", "version")]
    return (
        "/".join(part for part in parts[:2] if part) + (f"@{parts[2]}" if parts[2] else "") or None
    )


def add_component(graph: GraphBuilder, entry: Any, parent: Any, kind: str) -> None:
    pending = [(entry, parent, kind)]
    while pending:
        entry, parent, kind = pending.pop()
        if not isinstance(entry, dict):
            graph.leave_out("entries that are no components", entry)
            continue
        attributes = {
            name: value
            for name, value in entry.items()
            if name not in ("bom-ref", "components", "services")
        }
        node_id = graph.add_node(
            component_id(entry), attributes,
            name=text_of(entry.get("name")), type=text_of(entry.get("type")) or kind,
        )  # fmt: skip
        if parent is not None and node_id is not None:
            graph.add_edge(parent, node_id, type="contains")
        inner = [(each, node_id, "component") for each in list_of(entry.get("components"))]
        inner += [(each, node_id, "service") for each in list_of(entry.get("services"))]
        pending.extend(reversed(inner))


def add_vulnerability(graph: GraphBuilder, entry: Any) -> None:
    if not isinstance(entry, dict):
        graph.leave_out("entries that are no vulnerabilities", entry)
        return
    attributes = {
        name: value for name, value in entry.items() if name not in ("affects", "id", "bom-ref")
    }
    node_id = graph.add_node(
        text_of(first_of(entry, ("bom-ref", "id"))), attributes,
        name=text_of(entry.get("id")), type="vulnerability",
    )  # fmt: skip
    for affected in mappings_of(entry.get("affects")):
        graph.add_edge(node_id, affected.get("ref"), type="affects")


CYCLONEDX = Vocabulary(name="cyclonedx", matches=matches, read=read)

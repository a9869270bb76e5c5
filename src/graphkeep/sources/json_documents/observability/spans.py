"""Traces of OpenTelemetry and Jaeger: spans are nodes, and each is joined to the span that it is a child of.

https://opentelemetry.io/docs/specs/otlp/ and https://www.jaegertracing.io/docs/latest/architecture/apis/
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, mapping_of, mappings_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

RESOURCE_SPANS = ("resourceSpans", "resource_spans")
SCOPE_SPANS = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")


def is_open_telemetry(document: Any) -> bool:
    return bool(mappings_of(first_of(mapping_of(document), RESOURCE_SPANS)))


def traces_of(document: Any) -> list[dict[str, Any]]:
    """The traces of a Jaeger answer, or the only one of a file: objects with spans and processes."""
    content = mapping_of(document)
    return [
        each
        for each in mappings_of(content.get("data", document))
        if "processes" in each and any("spanID" in span for span in mappings_of(each.get("spans")))
    ]


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(is_open_telemetry(each) or traces_of(each) for each in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Spans and their children",
        reason="These are traces: spans are nodes, and an edge goes from each span to those that it began.",
    )
    for document in documents:
        if is_open_telemetry(document):
            add_open_telemetry(graph, document)
        for trace in traces_of(document):
            add_jaeger(graph, trace)
    return graph.result()


def add_open_telemetry(graph: GraphBuilder, document: Mapping[str, Any]) -> None:
    for resource_spans in mappings_of(first_of(document, RESOURCE_SPANS)):
        resource = attributes_of(mapping_of(resource_spans.get("resource")).get("attributes"))
        for scope in mappings_of(first_of(resource_spans, SCOPE_SPANS)):
            for span in mappings_of(scope.get("spans")):
                add_open_telemetry_span(graph, span, text_of(resource.get("service.name")))


def add_open_telemetry_span(
    graph: GraphBuilder, span: Mapping[str, Any], service: str | None
) -> None:
    begin, end = (number_of(span.get(name)) for name in ("startTimeUnixNano", "endTimeUnixNano"))
    kind = span.get("kind")
    node_id = graph.add_node(
        first_of(span, ("spanId", "span_id")), attributes_of(span.get("attributes")),
        name=text_of(span.get("name")), service=service, trace=first_of(span, ("traceId", "trace_id")),
        kind=KINDS[kind] if type(kind) is int and 0 <= kind < len(KINDS) else text_of(kind),
        time=None if begin is None else time_of(begin // 1000),
        duration_ms=None if begin is None or end is None else (end - begin) / 1e6,
        status=text_of(mapping_of(span.get("status")).get("code")),
    )  # fmt: skip
    parent = first_of(span, ("parentSpanId", "parent_span_id"))
    if node_id is not None and text_of(parent) and set(str(parent)) != {"0"}:
        graph.add_edge(parent, node_id, type="child")
    for link in mappings_of(span.get("links")):
        if node_id is not None:
            graph.add_edge(first_of(link, ("spanId", "span_id")), node_id, type="link")


def add_jaeger(graph: GraphBuilder, trace: Mapping[str, Any]) -> None:
    processes = mapping_of(trace.get("processes"))
    for span in mappings_of(trace.get("spans")):
        process = mapping_of(processes.get(str(span.get("processID"))))
        begin, duration = number_of(span.get("startTime")), number_of(span.get("duration"))
        tags = {str(tag.get("key")): tag.get("value") for tag in mappings_of(span.get("tags"))}
        node_id = graph.add_node(
            span.get("spanID"), tags,
            name=text_of(span.get("operationName")), service=text_of(process.get("serviceName")),
            trace=span.get("traceID"), time=None if begin is None else time_of(begin),
            duration_ms=None if duration is None else duration / 1000,
        )  # fmt: skip
        references = mappings_of(span.get("references"))
        if not references and span.get("parentSpanID"):
            references = [{"refType": "CHILD_OF", "spanID": span["parentSpanID"]}]
        for reference in references:
            kind = "child" if reference.get("refType") == "CHILD_OF" else "follows"
            if node_id is not None:
                graph.add_edge(reference.get("spanID"), node_id, type=kind)


def attributes_of(entries: Any) -> dict[str, Any]:
    """Keys and values of OpenTelemetry: `{"key": "http.method", "value": {"stringValue": "GET"}}`."""
    return {
        str(entry.get("key")): next(iter(mapping_of(entry.get("value")).values()), None)
        for entry in mappings_of(entries)
    }


def number_of(value: Any) -> int | None:
    try:
        return None if isinstance(value, bool) else int(value)
    except (OverflowError, TypeError, ValueError):
        return None


def time_of(microseconds: int) -> str | None:
    try:
        return (EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


TRACES = Vocabulary(name="traces", matches=matches, read=read)

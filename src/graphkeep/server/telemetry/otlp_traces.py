"""Traces to an OpenTelemetry collector, if one is configured: OTLP over HTTP, in JSON.

They pass through the egress gateway, so air gap stops them at once. The library is loaded only if traces are on.
"""

import base64
import json
import logging
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from django.conf import settings

from graphkeep.egress.http import host_and_port, send_request
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.site.egress_endpoints import TRACES
from graphkeep.site.mail import GATEWAY
from graphkeep.telemetry.tracing import set_tracer

logger = logging.getLogger(__name__)
TIMEOUT_S = 5.0
PATH = "/v1/traces"


def are_configured() -> bool:
    return bool(settings.ENABLE_OPEN_TELEMETRY and settings.OTEL_ENDPOINT)


def open_traces(process_name: str) -> None:
    if not are_configured():
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class ThroughTheGateway(SpanExporter):
        def export(self, spans: Sequence[Any]) -> SpanExportResult:
            try:
                is_accepted = post(as_otlp(spans))
            except EgressForbiddenError:
                return SpanExportResult.FAILURE  # the gateway has logged the refusal
            except OSError as error:
                logger.warning("the trace collector does not respond: %s", type(error).__name__)
                return SpanExportResult.FAILURE
            return SpanExportResult.SUCCESS if is_accepted else SpanExportResult.FAILURE

        def shutdown(self) -> None:
            """Nothing to close: each upload has its own connection."""

        def force_flush(self, timeout_millis: int = 0) -> bool:
            return True

    # Not `Resource.create`: its detectors would collect facts about the machine.
    resource = Resource(
        {"service.name": f"graphkeep-{process_name}", "service.version": version("graphkeep")}
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(ThroughTheGateway(), schedule_delay_millis=2000))
    set_tracer(provider.get_tracer("graphkeep"))


def post(body: bytes) -> bool:
    address = settings.OTEL_ENDPOINT.rstrip("/")
    host, port = host_and_port(address)
    GATEWAY.allow(Endpoint(component=TRACES, host=host, port=port, may_be_inside=True))
    response = send_request(
        GATEWAY,
        TRACES,
        address if address.endswith(PATH) else address + PATH,
        method="POST",
        body=body,
        headers=headers(),
        timeout_s=TIMEOUT_S,
    )
    if response.status >= 300:
        logger.warning("the trace collector returned %d", response.status)
    return response.status < 300


def headers() -> dict[str, str]:
    fields = {"Content-Type": "application/json"}
    if settings.OTEL_USERNAME:
        pair = f"{settings.OTEL_USERNAME}:{settings.OTEL_PASSWORD}".encode()
        fields["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return fields


def as_otlp(spans: Sequence[Any]) -> bytes:
    """The JSON encoding of OTLP: ids in hex, times in nanoseconds as text."""
    resource = spans[0].resource.attributes if spans else {}
    scope = {"scope": {"name": "graphkeep"}, "spans": [as_value(span) for span in spans]}
    resource_spans = {"resource": {"attributes": attributes(resource)}, "scopeSpans": [scope]}
    return json.dumps({"resourceSpans": [resource_spans]}).encode()


def as_value(span: Any) -> dict[str, Any]:
    return {
        "traceId": f"{span.context.trace_id:032x}",
        "spanId": f"{span.context.span_id:016x}",
        "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "name": span.name,
        "kind": 2 if span.name.startswith("request") else 1,
        "startTimeUnixNano": str(span.start_time),
        "endTimeUnixNano": str(span.end_time),
        "attributes": attributes(span.attributes or {}),
        "status": {"code": span.status.status_code.value, "message": span.status.description or ""},
    }


def attributes(span_attributes: Any) -> list[dict[str, Any]]:
    return [{"key": key, "value": value_of(value)} for key, value in span_attributes.items()]


def value_of(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": str(value)}

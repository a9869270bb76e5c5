"""Tracing: OpenTelemetry spans, and no cost until a tracer is set.

A span's attributes name the kind and the amount of work; never a person, and never a value of the data.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# Any other attribute is dropped before export.
ALLOWED_ATTRIBUTES = frozenset(
    {
        "http.request.method", "http.response.status_code", "http.route", "job.kind", "job.outcome",
        "node_count", "edge_count", "size_bytes", "format", "request_id",
    }
)  # fmt: skip
PARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_tracer: list[Any] = []


def set_tracer(tracer: Any) -> None:
    """Make all further spans with this OpenTelemetry tracer."""
    _tracer[:] = [tracer]


def is_enabled() -> bool:
    """Whether spans are made in this process."""
    return bool(_tracer)


class Span:
    """A span whose attributes can be set while the work runs."""

    def __init__(self, inner: Any = None) -> None:
        self.inner = inner

    def set_attributes(self, **attributes: str | float) -> None:
        if self.inner is not None:
            for key, value in allowed(attributes).items():
                self.inner.set_attribute(key, value)


@contextmanager
def span(name: str, parent: str = "", /, **attributes: str | float) -> Iterator[Span]:
    """Run the block within a span; `parent` is the W3C traceparent header of a trusted sender.

    In attribute names `__` stands for a dot.
    """
    if not _tracer:
        yield Span()
        return
    from opentelemetry.trace import Status, StatusCode

    span_manager = _tracer[0].start_as_current_span(
        name,
        context=context_of(parent),
        attributes=allowed(attributes),
        record_exception=False,  # an exception's text may hold what people typed
        set_status_on_exception=False,
    )
    with span_manager as otel_span:
        try:
            yield Span(otel_span)
        except BaseException as error:
            otel_span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def allowed(attributes: Mapping[str, str | float]) -> dict[str, str | float]:
    """The attributes that may be exported, with dots in their names."""
    named_attributes = {key.replace("__", "."): value for key, value in attributes.items()}
    return {key: value for key, value in named_attributes.items() if key in ALLOWED_ATTRIBUTES}


def context_of(parent: str) -> Any:
    """The OpenTelemetry context of a traceparent header; none if it is malformed."""
    if not PARENT.fullmatch(parent):
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})

"""What takes how long, and within what: spans, handed to whoever was opened for them; nothing until then.

A span's words say what kind of work it is and how much; never whose, and never a value out of the data.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# The words that a span may carry. What is not listed does not leave.
WORDS = frozenset(
    {
        "http.request.method", "http.response.status_code", "http.route", "job.kind", "job.outcome",
        "node_count", "edge_count", "size_bytes", "format", "request_id",
    }
)  # fmt: skip
PARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_tracer: list[Any] = []


def open_spans(tracer: Any) -> None:
    """From now on spans are made by this tracer of OpenTelemetry's."""
    _tracer[:] = [tracer]


def are_told() -> bool:
    return bool(_tracer)


class Span:
    """What the work learns about itself on the way."""

    def __init__(self, inner: Any = None) -> None:
        self.inner = inner

    def say(self, **words: str | float) -> None:
        if self.inner is not None:
            for key, value in allowed(words).items():
                self.inner.set_attribute(key, value)


@contextmanager
def span(name: str, parent: str = "", /, **words: str | float) -> Iterator[Span]:
    """`parent` is a W3C traceparent that somebody trusted sent."""
    if not _tracer:
        yield Span()
        return
    from opentelemetry.trace import Status, StatusCode

    began = _tracer[0].start_as_current_span(
        name,
        context=context_of(parent),
        attributes=allowed(words),
        record_exception=False,  # an exception's text may hold what people typed
        set_status_on_exception=False,
    )
    with began as inner:
        try:
            yield Span(inner)
        except BaseException as error:
            inner.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def allowed(words: Mapping[str, str | float]) -> dict[str, str | float]:
    said = {key.replace("__", "."): value for key, value in words.items()}
    return {key: value for key, value in said.items() if key in WORDS}


def context_of(parent: str) -> Any:
    if not PARENT.fullmatch(parent):
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})

"""What an `ask` frame holds: the kind, the query as it was asked, the limits, and what the bridge does not know itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from graphkeep.bridge.protocol.frames import FrameError
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.sources.databases.query import MARKINGS, QueryLimits, SourceQuery
from graphkeep.sources.databases.reduction_wire import reduction_from_json, reduction_to_json


@dataclass(frozen=True, kw_only=True)
class SourceRequest:
    """`settings` and `secrets` count only where the bridge has none of its own."""

    kind: str
    query: SourceQuery | None = None
    limits: QueryLimits = field(default_factory=QueryLimits)
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    secrets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


def encode_request(request: SourceRequest) -> dict[str, Any]:
    query = request.query
    return {
        "kind": request.kind,
        "query": query
        and {
            "language": query.language,
            "text": query.text,
            "parameters": dict(query.parameters),
            "since": query.since,
            "until": query.until,
            "marking": query.marking,
            **({"reduction": reduction_to_json(query.reduction)} if query.reduction else {}),
        },
        "limits": {
            "max_rows": request.limits.max_rows,
            "max_bytes": request.limits.max_bytes,
            "max_seconds": request.limits.max_seconds,
        },
        "settings": dict(request.settings),
        "secrets": dict(request.secrets),
    }


def decode_request(values: Mapping[str, Any]) -> SourceRequest:
    """Raises FrameError: a field is missing, or of another type than it should be."""
    try:
        query = values["query"] and SourceQuery(
            **{
                **values["query"],
                "reduction": reduction_from_json(values["query"].get("reduction")),
            }
        )
        request = SourceRequest(
            kind=values["kind"],
            query=query,
            limits=QueryLimits(**values["limits"]),
            settings=values["settings"],
            secrets=values["secrets"],
        )
        is_valid = has_valid_types(values) and is_within_bounds(request.limits)
    except (KeyError, TypeError, AttributeError, InvalidFieldError) as error:
        raise FrameError("A request lacks a field, or has one that is not known.") from error
    if not is_valid:
        raise FrameError("A request has an invalid field.")
    return request


def has_valid_types(values: Mapping[str, Any]) -> bool:
    query = values["query"]
    is_valid_query = query is None or (
        isinstance(query["language"], str)
        and isinstance(query["text"], str)
        and isinstance(query["parameters"], dict)
        and query["marking"] in MARKINGS
        and all(isinstance(query[name], datetime | None) for name in ("since", "until"))
    )
    return (
        is_valid_query
        and isinstance(values["kind"], str)
        and isinstance(values["settings"], dict)
        and isinstance(values["secrets"], dict)
        and all(isinstance(secret, str) for secret in values["secrets"].values())
    )


def is_within_bounds(limits: QueryLimits) -> bool:
    return (
        0 < limits.max_rows < 1 << 40
        and 0 < limits.max_bytes < 1 << 50
        and 0 < limits.max_seconds <= 86_400
    )

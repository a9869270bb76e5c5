"""Which requests the policy of an HTTP connector allows."""

import json
from dataclasses import asdict
from typing import Any

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.http.pack import Pack
from graphkeep.sources.databases.http.request import PLACE, RequestTemplate, bind, parse_request
from graphkeep.sources.databases.http_client.client import has_dot_segments
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
    is_allowed,
)
from graphkeep.sources.databases.stages import QueryRefusedError

REQUEST_LANGUAGE, PACK_LANGUAGE = "request", "pack"


def check(
    pack: Pack, query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """The requests of a query, with their values bound. `text` of the result is JSON for `HttpSession`.

    GET goes to the paths that the policy names, or to all if it names none. POST may change something at the source,
    so it goes only to a path that the policy names, or that a pack names for reading.

    Raises:
        QueryRefusedError: the text is no request, a value does not fit, or a path is not allowed.
    """
    is_of_pack = query.language == PACK_LANGUAGE
    template = pack_request(pack, query.text) if is_of_pack else written_request(query.text)
    patterns = policy.allowed.get("paths")
    requests = bind(template, query.parameters)
    base_path = (settings["base_path"] or "").rstrip("/")
    sent = []
    for request in requests:
        path = base_path + request.path
        check_path(path, template.method, patterns, is_of_pack=is_of_pack)
        sent.append(
            {"path": path, "query": request.query, "body": request.body, "add": request.add}
        )
    plan: dict[str, Any] = asdict(template)
    for name in ("path", "query", "body", "add"):
        del plan[name]
    plan |= {
        "requests": sent,
        "patterns": patterns,
        "base_path": base_path,
        "is_lookup": bool(PLACE.search(template.path)),
    }
    names = tuple(dict.fromkeys(f"paths: {template.method} {each['path']}" for each in sent))
    return CheckedQuery(language=query.language, text=json.dumps(plan), names=names)


def written_request(text: str) -> RequestTemplate:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryRefusedError(
            f"A request is written as JSON: {error}.", position=getattr(error, "pos", None)
        ) from error
    return parse_request(content)


def pack_request(pack: Pack, text: str) -> RequestTemplate:
    name = text.strip()
    if name not in pack.requests:
        nearest = nearest_name(name, list(pack.requests))
        advice = (
            f"Did you mean '{nearest}'?" if nearest else f"There are: {', '.join(pack.requests)}."
        )
        raise QueryRefusedError(f"{pack.title} has no request '{name[:40]}'.", advice=advice)
    return pack.requests[name].template


def check_path(
    path: str, method: str, patterns: tuple[str, ...] | None, *, is_of_pack: bool
) -> None:
    """Raises QueryRefusedError: the path is not one of the policy's."""
    if has_dot_segments(path):
        raise QueryRefusedError("The path has a segment '.' or '..'.")
    if patterns is None:
        if method == "POST" and not is_of_pack:
            raise QueryRefusedError(
                f"POST to `{path}` is not allowed here: POST goes only to paths that the policy names.",
                advice="A manager of this connector adds the path to the policy's `paths`, if it only reads.",
            )
        return
    if not is_allowed(path, patterns):
        raise QueryRefusedError(
            f"Path `{path}` is not allowed here; allowed: {', '.join(patterns) or 'none'}."
        )

"""The request for the next page: by a link, a cursor or a number in the answer; never to another host or path."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from graphkeep.sources.databases.http_client.client import PATH, has_dot_segments
from graphkeep.sources.databases.query import is_allowed
from graphkeep.sources.databases.stages import ConnectorError

Query = list[tuple[str, str]]


def next_page(
    plan: Mapping[str, Any],
    answer: Any,
    path: str,
    query: Query,
    *,
    base_url: str,
    page: int,
    row_count: int,
) -> tuple[str, Query] | None:
    """Path and query of the page after `page` (from 0), which had `row_count` rows; None after the last.

    Raises:
        ConnectorError: of the stage `policy`, where a link leads to another host, or to a path that is not allowed.
    """
    paging = plan["paging"]
    if not paging:
        return None
    if "next" in paging:
        link = value_at(answer, paging["next"])
        return follow(str(link), path, plan, base_url) if link else None
    if "cursor" in paging:
        cursor = value_at(answer, paging["cursor"])
        if cursor in (None, "", False) or (paging["parameter"], str(cursor)) in query:
            return None
        return path, with_parameter(query, paging["parameter"], str(cursor))
    if row_count < paging.get("page_size", 1):
        return None
    return path, page_query(paging, query, page + 1)


def first_query(plan: Mapping[str, Any], query: Query) -> Query:
    """The query of the first page: with its number, where pages are asked for by number."""
    return page_query(plan["paging"], query, 0) if "page" in plan["paging"] else query


def page_query(paging: Mapping[str, Any], query: Query, page: int) -> Query:
    query = with_parameter(query, paging["page"], str(paging.get("start", 1) + page))
    if "size" in paging and "page_size" in paging:
        query = with_parameter(query, paging["size"], str(paging["page_size"]))
    return query


def with_parameter(query: Query, name: str, value: str) -> Query:
    return [(key, old) for key, old in query if key != name] + [(name, value)]


def follow(link: str, path: str, plan: Mapping[str, Any], base_url: str) -> tuple[str, Query]:
    base = urlsplit(base_url)
    try:
        address = urlsplit(link)
        port = address.port or {"https": 443, "http": 80}.get(address.scheme)
    except ValueError as error:
        raise ConnectorError("policy", "The link to the next page is no address.") from error
    is_relative = not address.scheme and not address.netloc
    if not is_relative and (
        address.scheme != base.scheme
        or (address.hostname or "") != base.hostname
        or port != base.port
        or "@" in address.netloc
    ):
        raise ConnectorError(
            "policy", "The link to the next page leads to another host. It is not followed."
        )
    new_path = address.path or path
    allowed = plan["patterns"] or ([f"{plan['base_path']}/*"] if plan["base_path"] else ["/*"])
    is_plain = PATH.fullmatch(new_path) and not has_dot_segments(new_path)
    if not is_plain or new_path.startswith("//") or not is_allowed(new_path, allowed):
        raise ConnectorError(
            "policy", "The link to the next page leads to a path that is not allowed."
        )
    return new_path, parse_qsl(address.query, keep_blank_values=True, max_num_fields=100)


def value_at(answer: Any, path: str) -> Any:
    """The value at a dotted path, None if there is none; a number is the place in a list."""
    for name in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(name)
        elif isinstance(answer, Sequence) and not isinstance(answer, str) and name.isdigit():
            answer = answer[int(name)] if int(name) < len(answer) else None
        else:
            return None
    return answer

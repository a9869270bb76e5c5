"""What an answer of success says: its rows, or that it is none."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from graphkeep.sources.databases.http.paging import value_at
from graphkeep.sources.databases.http.request import dotted
from graphkeep.sources.databases.http_client import RateLimitError
from graphkeep.sources.databases.http_client.errors import retry_time
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.json_documents.tables.find_records import at_path

QUOTA_WORDS = ("quota", "rate limit", "ratelimit", "rate_limit", "too many requests", "throttl")
MAX_ERROR = 300


def check_answer(
    content: Any, headers: Mapping[str, str], plan: Mapping[str, Any], host: str
) -> None:
    """Services report errors, a used-up quota among them, with status 200 too.

    Raises:
        RateLimitError: the body says that a quota or rate limit is reached.
        ConnectorError: the body holds another error.
    """
    if not isinstance(content, dict):
        return
    error = value_at(content, plan["error"]) if plan["error"] else None
    if error in (None, "", [], {}, False):
        has_rows = plan["records"] and value_at(content, plan["records"]) is not None
        if plan["error"] or has_rows or plan["jq"]:
            return
        error = next((content[name] for name in ("error", "errors") if content.get(name)), None)
        if error is None:
            return
    text = error if isinstance(error, str) else json.dumps(error)
    if any(word in text.lower() for word in QUOTA_WORDS):
        raise RateLimitError(
            f"{host} answers that its rate limit or quota is reached.",
            retry_at=retry_time(headers, datetime.now(UTC)),
        )
    raise ConnectorError("query", f"{host} answers with an error: {text[:MAX_ERROR]}")


def rows_at(content: Any, path: str) -> list[Any]:
    """The rows at a dotted path; lists on the way are joined. An object without a path is one row.

    Raises:
        ConnectorError: nothing is there.
    """
    if not path:
        return content if isinstance(content, list) else [content]
    rows = at_path(content, dotted(path))
    if not rows and value_at(content, path) is None:
        names = ", ".join(sorted(content)[:20]) if isinstance(content, dict) else "a list"
        raise ConnectorError(
            "query", f"The answer has nothing at '{path}'.", advice=f"At its top it has: {names}."
        )
    return rows

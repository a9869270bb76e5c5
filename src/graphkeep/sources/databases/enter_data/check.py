"""The limits of entered rows, checked before anything is read."""

import json
from typing import Any

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError

LANGUAGES = ("json", "csv", "jq")
EVENTS = "events"
MAX_ROWS = 10_000
MAX_BYTES = 16 << 20


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """JSON rows, CSV with a header, or a jq program whose input is the parameter `events`.

    Nothing is sent anywhere, so no restriction and no marking applies.

    Raises:
        QueryRefusedError: there are more than 10,000 rows or 16 MiB, or they are not JSON.
    """
    unknown = set(query.parameters) - ({EVENTS} if query.language == "jq" else set())
    if unknown:
        raise QueryRefusedError(f"There is no parameter '{min(unknown)}' here.")
    data = query.parameters.get(EVENTS) if query.language == "jq" else query.text
    text = data if isinstance(data, str) else json.dumps(data)
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise QueryRefusedError(
            f"Entered data has at most {MAX_BYTES >> 20} MiB. Upload a file instead."
        )
    if query.language == "csv":
        check_count(text.count("\n"))
        return CheckedQuery(language="csv", text=text)
    rows = rows_of(text)
    check_count(len(rows))
    if query.language == "json":
        return CheckedQuery(language="json", text=json.dumps(rows))
    return CheckedQuery(language="jq", text=query.text, parameters={EVENTS: text})


def rows_of(text: str) -> list[Any]:
    """The rows of a JSON text: a list, one object, or a value on each line. Raises QueryRefusedError."""
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise QueryRefusedError("This JSON is nested too deeply.") from error
    except ValueError as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            position = getattr(error, "pos", None)
            raise QueryRefusedError(f"This is not JSON: {error}.", position=position) from error
    return data if isinstance(data, list) else [data]


def check_count(count: int) -> None:
    if count > MAX_ROWS:
        raise QueryRefusedError(
            f"Entered data has at most {MAX_ROWS:,} rows; these are {count:,}. Upload a file instead."
        )

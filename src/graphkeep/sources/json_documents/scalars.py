"""Values of JSON that vocabularies expect to be of a type, and that files write otherwise."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

EXTENDED = frozenset(
    ("$oid", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$date", "$uuid")
)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def clean(text: str) -> str:
    """A text that has UTF-8: half a surrogate pair, which a JSON escape may write, has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def clean_name(name: str) -> str:
    """A text that can name a column: the database stores no character of code 0."""
    return clean(name).replace("\x00", "\ufffd")


def text_of(value: Any) -> str | None:
    """A text or number as text; None for anything else and for blank text."""
    if isinstance(value, str):
        return clean(value) if value.strip() else None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    return None


def json_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return str(value)
    return clean(json.dumps(value, ensure_ascii=False, default=str))


def id_of(value: Any) -> Any:
    """A text or number that can be an id; None otherwise."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    return None


def mapping_of(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """A list as it is, nothing as no entries, anything else as its only entry."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def mappings_of(value: Any) -> list[dict[str, Any]]:
    return [each for each in list_of(value) if isinstance(each, dict)]


def first_of(content: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first value of these names that is neither missing nor blank."""
    for name in names:
        value = content.get(name)
        if value is not None and value != "":
            return value
    return None


def is_records(value: Any) -> bool:
    """Whether this is a list that holds objects, and hardly anything else."""
    if not isinstance(value, list) or not value:
        return False
    count = sum(isinstance(each, dict) for each in value)
    return count * 2 > len(value)


def unwrapped(value: dict[str, Any]) -> Any:
    """The scalar of MongoDB's extended JSON (`{"$oid": …}`) and of Neo4j's `{low, high}`; else the object."""
    if len(value) == 1:
        ((name, content),) = value.items()
        if name in EXTENDED:
            return extended_value(name, content, value)
    elif len(value) == 2 and value.keys() == {"low", "high"}:
        low, high = value["low"], value["high"]
        if type(low) is int and type(high) is int:
            return (high << 32) | (low & 0xFFFFFFFF) if abs(high) < 2**31 else value
    return value


def extended_value(name: str, content: Any, value: dict[str, Any]) -> Any:
    if name == "$date":
        if isinstance(content, dict):
            content = content.get("$numberLong")
        try:
            moment = EPOCH + dt.timedelta(milliseconds=int(content))
        except (OverflowError, TypeError, ValueError):
            return content if isinstance(content, str) else value
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(content, dict | list):
        return value
    if name in {"$numberLong", "$numberInt"}:
        try:
            return int(content)
        except (TypeError, ValueError):
            return content
    if name == "$numberDouble":
        try:
            return float(content)
        except (TypeError, ValueError):
            return content
    return content

"""Values as JSON that keeps their types: times, dates, decimals and bytes are tagged objects."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

TAGS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "$datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "$date": (date, date.isoformat, date.fromisoformat),
    "$time": (time, time.isoformat, time.fromisoformat),
    "$seconds": (timedelta, timedelta.total_seconds, lambda value: timedelta(seconds=value)),
    "$decimal": (Decimal, str, Decimal),
    "$uuid": (UUID, str, UUID),
    "$bytes": (bytes, lambda value: b64encode(value).decode(), b64decode),
}
MAP = "$map"  # of an object whose own key could be taken for a tag


def encode_value(value: Any) -> Any:
    """The JSON form of a value.

    Raises:
        TypeError: the value is of a type that cannot travel.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [encode_value(item) for item in value]
    if isinstance(value, Mapping):
        items = {str(key): encode_value(item) for key, item in value.items()}
        return {MAP: items} if any(key.startswith("$") for key in items) else items
    for tag, (kind, encode, _) in TAGS.items():
        if isinstance(value, kind):
            return {tag: encode(value)}
    raise TypeError(f"A value of type {type(value).__name__} cannot be sent over the bridge.")


def decode_value(value: Any) -> Any:
    """Raises ValueError: a tag holds no value of its type."""
    if isinstance(value, list):
        return [decode_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, inner),) = value.items()
        if tag == MAP and isinstance(inner, dict):
            return {key: decode_value(item) for key, item in inner.items()}
        if tag in TAGS:
            try:
                return TAGS[tag][2](inner)
            except (TypeError, ArithmeticError, AttributeError) as error:
                raise ValueError(f"{tag} holds no such value.") from error
    return {key: decode_value(item) for key, item in value.items()}

"""Bound values on their way into a sandbox process, as JSON."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

READERS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
    "bytes": bytes.fromhex,
    "seconds": lambda text: timedelta(seconds=float(text)),
}


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as they are, others as `[type, text]`."""
    return {name: write(value) for name, value in values.items()}


def write(value: Any) -> Any:
    match value:
        case datetime():
            return ["datetime", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case time():
            return ["time", value.isoformat()]
        case timedelta():
            return ["seconds", str(value.total_seconds())]
        case Decimal():
            return ["decimal", str(value)]
        case bytes():
            return ["bytes", value.hex()]
        case _:
            return value


def from_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that `to_wire` wrote."""
    return {
        name: READERS[value[0]](value[1]) if isinstance(value, list) else value
        for name, value in values.items()
    }

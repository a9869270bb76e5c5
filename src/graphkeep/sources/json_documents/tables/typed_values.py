"""Records of DynamoDB, whose values each name their type: `{"S": "Ann"}`, `{"N": "12"}`."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"})
SAMPLE = 1000
MAX_DEPTH = 40


def are_typed(records: Sequence[dict[str, Any]]) -> bool:
    """Whether each value of each record is an object of one type and its value."""
    sample = records[:SAMPLE]
    return any(sample) and all(is_typed(value) for record in sample for value in record.values())


def is_typed(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((kind, content),) = value.items()
    if kind in {"S", "N", "B"}:
        return isinstance(content, str)
    if kind in {"BOOL", "NULL"}:
        return isinstance(content, bool)
    return kind in TYPES and isinstance(content, dict if kind == "M" else list)


def without_types(value: Any, depth: int = 0) -> Any:
    """The value itself; numbers keep all their digits."""
    if not is_typed(value) or depth > MAX_DEPTH:
        return value
    ((kind, content),) = value.items()
    if kind == "N":
        return number_of(content)
    if kind == "NS":
        return [number_of(each) if isinstance(each, str) else each for each in content]
    if kind == "NULL":
        return None
    if kind == "M":
        return {name: without_types(inner, depth + 1) for name, inner in content.items()}
    if kind == "L":
        return [without_types(inner, depth + 1) for inner in content]
    return content


def number_of(text: str) -> Any:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    if not number.is_finite():
        return text
    if number == number.to_integral_value() and number.adjusted() < 19 and "." not in text:
        return int(number)
    return float(number)

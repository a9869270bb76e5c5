"""Values as JSON that a browser reads without a change."""

import math
from typing import Any

MAX_EXACT = 2**53  # JSON numbers are doubles in a browser


def browser_value(value: Any) -> Any:
    """Whole numbers beyond 2^53 as text of all their digits, NaN and infinities as None, in lists and objects too."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if -MAX_EXACT <= value <= MAX_EXACT else str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        is_large_id = value.is_integer() and MAX_EXACT < abs(value) < 2**64
        return str(int(value)) if is_large_id else value
    if isinstance(value, dict):
        return {key: browser_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [browser_value(item) for item in value]
    return value

"""Numbers of JSON with all their digits."""

import math
from decimal import Decimal

from graphkeep.graph.values.numbers import comes_back

MAX_SAFE_LENGTH = 16  # so many characters of a float always come back from it
MAX_INTEGER_LENGTH = 4300  # Python reads no longer ones
MAX_DECIMAL_LENGTH = 10_000


def exact_number(text: str) -> float | Decimal | str:
    """The float of a text; the decimal number, or the text, where a float would say something else."""
    value = float(text)
    if len(text) <= MAX_SAFE_LENGTH and not math.isinf(value):
        return value
    if len(text) > MAX_DECIMAL_LENGTH:
        return text
    return value if not math.isinf(value) and comes_back(text) else Decimal(text)


def exact_integer(text: str) -> int | str:
    return int(text) if len(text) <= MAX_INTEGER_LENGTH else text

"""Numbers of JSON with all their digits."""

from decimal import Decimal

MAX_SAFE_LENGTH = 17  # so many characters of a float always come back from the nearest one


class LongNumber(float):
    """A float that is not what its text says: `text` has more digits than a float holds."""

    __slots__ = ("text",)
    text: str


def exact_float(text: str) -> float:
    """The float of a text; a LongNumber where they differ."""
    value = float(text)
    if len(text) <= MAX_SAFE_LENGTH and "e" not in text and "E" not in text:
        return value
    if value in (float("inf"), float("-inf")) or Decimal(repr(value)) != Decimal(text):
        value = LongNumber(text)
        value.text = text
    return value


def text_of_long_integer(text: str) -> int | str:
    """An integer; its text where it has over 4300 digits, which Python refuses to read."""
    return int(text) if len(text) <= 4300 else text

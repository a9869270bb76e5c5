"""Values of `connector.env` as text: what each type accepts, and how a mistake is named."""

import re
from datetime import timedelta

from graphkeep.graph.errors import UserInputError, nearest_name

UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


def unknown_name(name: str, prefix: str, known: list[str]) -> str:
    full = [f"{prefix}_{each}" if prefix else each for each in known]
    nearest = nearest_name(name, full)
    advice = f" Did you mean {nearest}?" if nearest else ""
    return f"{name} is not known.{advice}"


def parse_boolean(name: str, text: str) -> bool:
    if text.lower() not in {"", "true", "false", "1", "0", "yes", "no"}:
        raise UserInputError(f"{name} is true or false.")
    return text.lower() in {"true", "1", "yes"}


def parse_integer(name: str, text: str, minimum: int | None, maximum: int | None) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise UserInputError(f"{name} is a whole number.") from error
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise UserInputError(f"{name} is between {minimum} and {maximum}.")
    return number


def parse_duration(name: str, text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,9})(s|min|h|d)", text)
    if match is None:
        raise UserInputError(f"{name} is a number with s, min, h or d, such as 7d.")
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def parse_list(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())

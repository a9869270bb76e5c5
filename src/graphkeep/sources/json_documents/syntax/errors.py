"""What is wrong in a text that is not JSON, in words and with the line."""

import json
import re

QUOTE_LENGTH = 40
OPENINGS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
MAX_SCANNED = 4 << 20


def line_of(text: str, position: int) -> int:
    """The line of a character, counted from 1."""
    return text.count("\n", 0, position) + 1


def describe_error(text: str, error: json.JSONDecodeError, *, first_line: int = 1) -> str:
    position = min(error.pos, len(text))
    line = line_of(text, position) + first_line - 1
    column = position - text.rfind("\n", 0, position)
    return f"line {line}, column {column}: {reason_of(text, position, error.msg)}"


def reason_of(text: str, position: int, message: str) -> str:
    rest = text[position : position + QUOTE_LENGTH]
    first = rest.lstrip()[:1]
    if not rest.strip():
        return unclosed(text)
    if "Unterminated string" in message:
        return "the text that begins there has no closing quote."
    if first == "'":
        return "texts and names need double quotes, not single ones."
    if rest.lstrip().startswith(("//", "/*", "#")):
        return "JSON has no comments."
    if message.startswith("Expecting property name"):
        return f"a name in double quotes belongs there, not {quoted(rest)}."
    if message.startswith("Expecting ',' delimiter"):
        return f"a comma or a closing bracket belongs there, not {quoted(rest)}."
    if message.startswith("Expecting ':' delimiter"):
        return f"a colon belongs there, not {quoted(rest)}."
    if message.startswith("Expecting value"):
        return f"a value belongs there, not {quoted(rest)}."
    return f"{message[:1].lower()}{message[1:]}."


def quoted(rest: str) -> str:
    text = rest.strip().split("\n")[0]
    return f"'{text[:20]}'"


def unclosed(text: str) -> str:
    """The end of a text that is cut off, with the line of the bracket that is open."""
    openings: list[tuple[str, int]] = []
    for match in OPENINGS.finditer(text[:MAX_SCANNED]):
        if match[0] in "[{":
            openings.append((match[0], match.start()))
        elif match[0] in "]}" and openings:
            openings.pop()
    if not openings or len(text) > MAX_SCANNED:
        return "the text ends in the middle of a value."
    bracket, start = openings[-1]
    return f"the text ends, and the '{bracket}' of line {line_of(text, start)} is still open."

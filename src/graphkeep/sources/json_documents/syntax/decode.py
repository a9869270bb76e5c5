"""The bytes of a JSON file as text, whatever encoding they are in."""

import codecs
import re

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Alternative, Repair

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
REPLACEMENT = "\ufffd"
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
MAX_LINES = 10


def decode(content: bytes, encoding: str | None, repairs: list[Repair]) -> str:
    """The text of a file, without a byte order mark; what could not be decoded is a repair.

    Raises:
        UnreadableFileError: there is no such encoding.
    """
    if encoding is not None:
        return decode_as(content, encoding, repairs)
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return decode_as(content[len(mark) :], name, repairs)
    guess = encoding_by_zeros(content[:4])
    if guess is not None:
        return decode_as(content, guess, repairs)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return decode_damaged(content, repairs)


def encoding_by_zeros(head: bytes) -> str | None:
    """The UTF-16 or UTF-32 that the first two characters show, as both are ASCII in JSON (RFC 4627)."""
    return {
        "0001": "utf-32-be",
        "1000": "utf-32-le",
        "0101": "utf-16-be",
        "1010": "utf-16-le",
    }.get("".join("1" if byte else "0" for byte in head))


def decode_as(content: bytes, encoding: str, repairs: list[Repair]) -> str:
    try:
        text = content.decode(encoding, errors="replace")
    except (LookupError, ValueError) as error:
        raise UnreadableFileError(f"There is no encoding '{encoding}'; try utf-8.") from error
    text = text.removeprefix("\ufeff")
    report_replacements(text, encoding, repairs)
    return text


def decode_damaged(content: bytes, repairs: list[Repair]) -> str:
    """UTF-8 where few of its longer sequences are damaged, Windows-1252 where most are."""
    text = content.decode("utf-8", errors="replace")
    bad_count = text.count(REPLACEMENT)
    good_count = len(NOT_ASCII.findall(text)) - bad_count
    if good_count > bad_count or bad_count == 1:
        report_replacements(text, "utf-8", repairs)
        return text
    guess = content.decode("cp1252", errors="replace")
    before, after, lines = examples_of(text, guess)
    repairs.append(
        Repair(
            code="encoding-guessed",
            message="The file is not UTF-8, as JSON must be; it is read as Windows-1252.",
            count=bad_count,
            lines=lines,
            before=before,
            after=after,
            alternative=Alternative(label="Read as UTF-8", parser_options={"encoding": "utf-8"}),
        )
    )
    return guess


def report_replacements(text: str, encoding: str, repairs: list[Repair]) -> None:
    count = text.count(REPLACEMENT)
    if count == 0:
        return
    before, _, lines = examples_of(text, text)
    repairs.append(
        Repair(
            code="bytes-replaced",
            message=f"{count} bytes are not {encoding}; they are shown as {REPLACEMENT}.",
            count=count,
            lines=lines,
            before=before,
            after=before,
            alternative=Alternative(
                label="Read as Windows-1252", parser_options={"encoding": "cp1252"}
            ),
        )
    )


def examples_of(damaged: str, guess: str) -> tuple[str, str, tuple[int, ...]]:
    """The first damaged line before and after, and the numbers of the first ten."""
    lines: list[int] = []
    position, line, line_start = 0, 1, 0
    before = after = ""
    while len(lines) < MAX_LINES:
        found = damaged.find(REPLACEMENT, position)
        if found < 0:
            break
        line += damaged.count("\n", line_start, found)
        line_start = found
        if not lines:
            before = damaged[max(found - 40, 0) : found + 40].strip()
            after = guess.split("\n", line)[line - 1][:80].strip()
        lines.append(line)
        end = damaged.find("\n", found)
        position = len(damaged) if end < 0 else end
    return before, after, tuple(lines)

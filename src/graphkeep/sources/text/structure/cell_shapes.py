"""What a cell looks like by itself: empty, number, time, address, word, phrase or anything else."""

import re
from enum import IntEnum
from functools import lru_cache


class Shape(IntEnum):
    EMPTY = 0
    NUMBER = 1
    TIME = 2
    ADDRESS = 3  # of a host, page, mailbox; a UUID or hash
    WORD = 4
    PHRASE = 5
    OTHER = 6


MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]m)?"
ZONE = r"(?: ?(?:z|utc|gmt|[ecmp][sd]t|cest|cet|[+-]\d{2}:?\d{2}))?"
DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}[ -]{MONTH}[ -]\d{{2,4}}|{MONTH} \d{{1,2}},? \d{{4}})"
)
TIME = re.compile(rf"(?:{DATE}(?:[t ]+{CLOCK}{ZONE})?|{CLOCK}{ZONE})", re.IGNORECASE)
NUMBER = re.compile(
    r"[+-]?(?:[$€£¥] ?)?[+-]?(?:\d+(?:[.,]\d+)?|\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d+)?(?: ?[%€$£¥])?",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?"
    r"|(?=.*[a-f])(?!.*::.*::)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128}"
    r"|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5})",
    re.IGNORECASE,
)
WORD = re.compile(r"(?=.*\w)[\w@#~.:]?[\w.\-@/#~*+()\[\]<>$]*[\w)\]>*~$.]")
MIN_HASH_LENGTH = 32
DIGITS = frozenset("0123456789")
PHRASE = re.compile(r"[\w(\[][\w.\-@/#~*+()&'\u2019:,%?! ]*")


@lru_cache(maxsize=65536)
def shape_of(cell: str) -> Shape:
    text = cell.strip()
    if not text:
        return Shape.EMPTY
    if len(text) < MIN_HASH_LENGTH and text.isascii() and text.isalnum():
        # Without a sign between them, letters and digits are neither a time nor an address.
        return Shape.NUMBER if text[0] in DIGITS and NUMBER.fullmatch(text) else Shape.WORD
    if len(text) > 200:
        return Shape.PHRASE if PHRASE.match(text) else Shape.OTHER
    for pattern, shape in (
        (NUMBER, Shape.NUMBER),
        (TIME, Shape.TIME),
        (ADDRESS, Shape.ADDRESS),
        (WORD, Shape.WORD),
        (PHRASE, Shape.PHRASE),
    ):
        if pattern.fullmatch(text):
            return shape
    return Shape.OTHER


@lru_cache(maxsize=65536)
def outline_of(cell: str) -> str:
    """The classes of characters in a cell, runs as one: `nm0001` is `a9`, `Title 1` is `Aa 9`, `MG-8769` is `A-9`."""
    outline: list[str] = []
    for character in cell[:64]:
        kind = (
            "9" if character.isdigit() else
            "A" if character.isupper() else
            "a" if character.isalpha() else
            character
        )  # fmt: skip
        if not outline or outline[-1] != kind:
            outline.append(kind)
    return "".join(outline)

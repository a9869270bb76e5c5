"""Tokens of the DOT language: names, strings, HTML strings and punctuation.

https://graphviz.org/doc/info/lang.html
"""

import re
from typing import Literal, NamedTuple

from graphkeep.graph.errors import UnreadableFileError

TokenKind = Literal["id", "string", "html", "mark", "end"]

SPACE = re.compile(r"(?:\s++|//[^\n]*|/\*.*?\*/|(?m:^)#[^\n]*)++", re.DOTALL)
TOKEN = re.compile(
    r"(?P<id>[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))"
    r'|(?P<string>"(?:[^"\\]|\\.)*+")|(?P<mark>->|--|[{}\[\];,:=+])',
    re.DOTALL,
)
ANGLE = re.compile(r"[<>]")


class Token(NamedTuple):
    kind: TokenKind
    text: str
    start: int

    def is_mark(self, *marks: str) -> bool:
        return self.kind == "mark" and self.text in marks

    def is_word(self, *words: str) -> bool:
        return self.kind == "id" and self.text.lower() in words


class Tokens:
    """The tokens of a text one after another, of which the next can be looked at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.next = self.scan()

    def take(self) -> Token:
        token = self.next
        self.next = self.scan()
        return token

    def scan(self) -> Token:
        space = SPACE.match(self.text, self.position)
        if space is not None:
            self.position = space.end()
        start = self.position
        if start >= len(self.text):
            return Token("end", "", start)
        match = TOKEN.match(self.text, start)
        if match is not None:
            self.position = match.end()
            if match.lastgroup == "string":
                text = match[0][1:-1].replace("\\\n", "").replace('\\"', '"')
                return Token("string", text, start)
            return Token("mark" if match.lastgroup == "mark" else "id", match[0], start)
        if self.text[start] == "<":
            return self.scan_html(start)
        raise self.error(start, f"'{self.text[start : start + 20]}' is not expected")

    def scan_html(self, start: int) -> Token:
        depth = 0
        for match in ANGLE.finditer(self.text, start):
            depth += 1 if match[0] == "<" else -1
            if depth == 0:
                self.position = match.end()
                return Token("html", self.text[start + 1 : match.start()], start)
        raise self.error(start, "an HTML string is not closed")

    def line_at(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def error(self, position: int, reason: str) -> UnreadableFileError:
        return UnreadableFileError(f"The DOT is broken in line {self.line_at(position)}: {reason}.")

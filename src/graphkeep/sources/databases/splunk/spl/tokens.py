r"""The tokens of SPL. What reaches beyond the text is refused: macros and comments in backticks, subsearches in
brackets, and backslashes outside of quotes, which could hide a pipe.
"""

import re
from dataclasses import dataclass
from typing import Literal

from graphkeep.sources.databases.stages import QueryRefusedError

TokenKind = Literal["word", "string", "quoted field", "parameter", "symbol", "end"]
MAX_LENGTH = 20_000
SPACE = re.compile(r"[ \t\r\n]+")
WORD = re.compile(r"\w+")
STRING = re.compile(r'"((?:[^"\\\x00-\x08\x0b\x0c\x0e-\x1f]|\\.)*)"', re.DOTALL)
QUOTED_FIELD = re.compile(r"'([^'\\\x00-\x1f]*)'")
PARAMETER = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(?!\w*\$)")
SYMBOL = re.compile(r"!=|<=|>=|==|::|[-=<>!(),|*./:@%#{}~;&+?^]")
REASONS = {
    "`": "macros and comments in backticks are not allowed: write out what they stand for",
    "[": "subsearches are not allowed: ask twice, and put values of the first result into the second",
    "]": "there is no subsearch that ends here",
    "\\": 'a backslash is allowed in quotes only, as in user="DOMAIN\\\\name"',
    "$": "`$name` stands for a value; other uses of `$` are not allowed",
    '"': "a quote does not end",
    "'": "a quote does not end",
}


@dataclass(frozen=True)
class Token:
    """`text` as it stands in the query; `follows`: no blank stands before it."""

    kind: TokenKind
    text: str
    position: int
    follows: bool = False

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.text in symbols


def tokenize(text: str) -> list[Token]:
    """The tokens and one of the kind `end`.

    Raises:
        QueryRefusedError: the text is too long, or has what is not allowed anywhere.
    """
    if len(text) > MAX_LENGTH:
        raise QueryRefusedError(f"The query is longer than {MAX_LENGTH:,} characters.")
    tokens: list[Token] = []
    position, follows = 0, False
    patterns: tuple[tuple[TokenKind, re.Pattern[str]], ...] = (
        ("string", STRING), ("quoted field", QUOTED_FIELD), ("parameter", PARAMETER),
        ("word", WORD), ("symbol", SYMBOL),
    )  # fmt: skip
    while position < len(text):
        if blank := SPACE.match(text, position):
            position, follows = blank.end(), False
            continue
        for kind, pattern in patterns:
            if match := pattern.match(text, position):
                tokens.append(Token(kind, match[0], position, follows))
                position, follows = match.end(), True
                break
        else:
            raise refusal(text[position], position)
    return [*tokens, Token("end", "", position)]


def refusal(character: str, position: int) -> QueryRefusedError:
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    reason = REASONS.get(character, "this character is no part of SPL")
    return QueryRefusedError(f"`{shown}`: {reason}.", position=position)


def quoted(value: object) -> str:
    """A value as a literal of SPL: a number as it is, a text in quotes, a list as its members in parentheses.

    Raises:
        QueryRefusedError: it is of another kind, or has control characters.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        if not value or any(isinstance(each, (list, tuple)) for each in value):
            raise QueryRefusedError("A list of values is empty or nested.")
        return "(" + ", ".join(quoted(each) for each in value) + ")"
    text = value.isoformat() if hasattr(value, "isoformat") else value
    if not isinstance(text, str) or re.search(r"[\x00-\x1f\x7f]", text):
        raise QueryRefusedError("A value is no text or number, or has control characters.")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

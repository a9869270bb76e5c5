r"""The tokens of a Cypher query, and their text as it is sent.

Servers differ in how they treat `\u` escapes outside of strings, non-ASCII letters and dashes. Nothing of that kind is
sent: an escape outside of a string is refused, a name beyond ASCII is quoted, other characters are refused.
"""

import re
from dataclasses import dataclass
from typing import Literal

from graphkeep.sources.databases.stages import QueryRefusedError

TokenKind = Literal["name", "quoted name", "string", "number", "parameter", "symbol", "end"]
MAX_LENGTH = 100_000
MAX_NAME_LENGTH = 500
RESERVED_PREFIX = "_gk"
ESCAPES = {"\\": "\\", "'": "'", '"': '"', "`": "`", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}  # fmt: skip
SPACE = re.compile(r"(?:[ \t\r\n\f]|//[^\r\n]*|/\*.*?\*/)+", re.DOTALL)
NAME = re.compile(r"[^\W\d]\w*")
PARAMETER = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|`([^`\\]+)`)")
NUMBER = re.compile(
    r"0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_0-9])",
    re.ASCII,
)
SYMBOL = re.compile(r"<>|<=|>=|=~|\.\.|[-+*/%^=<>.,:;()\[\]{}|&!]")
# Texts of these characters are sent as they are; all others are bound as parameters.
PLAIN_STRING = re.compile(r"[A-Za-z0-9 _.,:;@/+*#%=<>?!()\[\]{}|&~^-]{0,500}")
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Token:
    """`value`: the name, the decoded string or the digits; `position`: of its first character, from 0."""

    kind: TokenKind
    value: str
    position: int

    @property
    def word(self) -> str:
        """The keyword that an unquoted name may be, in capitals; "" for anything else."""
        is_ascii = self.kind == "name" and self.value.isascii()
        return self.value.upper() if is_ascii else ""

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.value in symbols


def tokenize(text: str) -> list[Token]:
    """The tokens, without blanks and comments, and one of the kind `end`.

    Raises:
        QueryRefusedError: a character that is no part of Cypher, or a text that does not end.
    """
    if len(text) > MAX_LENGTH:
        raise QueryRefusedError(f"The query is longer than {MAX_LENGTH:,} characters.")
    tokens = []
    position = 0
    while True:
        blank = SPACE.match(text, position)
        position = blank.end() if blank else position
        if position == len(text):
            break
        token, position = next_token(text, position)
        tokens.append(token)
    return [*tokens, Token("end", "", len(text))]


def next_token(text: str, position: int) -> tuple[Token, int]:
    character = text[position]
    if character in "'\"":
        value, end = read_string(text, position)
        return Token("string", value, position), end
    if character == "`":
        value, end = read_quoted_name(text, position)
        return Token("quoted name", value, position), end
    if match := PARAMETER.match(text, position):
        return Token("parameter", match[1] or match[2], position), match.end()
    if match := NUMBER.match(text, position):
        return Token("number", match[0], position), match.end()
    if match := NAME.match(text, position):
        return Token("name", check_name(match[0], position), position), match.end()
    if match := SYMBOL.match(text, position):
        return Token("symbol", match[0], position), match.end()
    if text.startswith("/*", position):
        raise QueryRefusedError("A comment does not end: `*/` is missing.", position=position)
    if character == "\\":
        raise QueryRefusedError(
            "A backslash is allowed in a string only: write the character itself.",
            position=position,
        )
    raise QueryRefusedError(f"`{printable(character)}` is no part of Cypher.", position=position)


def read_string(text: str, start: int) -> tuple[str, int]:
    quote, position = text[start], start + 1
    parts: list[str] = []
    while position < len(text):
        character = text[position]
        if character == quote:
            return "".join(parts), position + 1
        if character != "\\":
            parts.append(character)
            position += 1
            continue
        part, position = read_escape(text, position)
        parts.append(part)
    raise QueryRefusedError("A string does not end: its quote is missing.", position=start)


def read_escape(text: str, position: int) -> tuple[str, int]:
    letter = text[position + 1 : position + 2]
    if letter in ESCAPES:
        return ESCAPES[letter], position + 2
    length = {"u": 4, "U": 8}.get(letter, 0)
    digits = text[position + 2 : position + 2 + length]
    is_code = bool(length) and re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digits)
    if not is_code or int(digits, 16) > 0x10FFFF or 0xD800 <= int(digits, 16) < 0xE000:
        raise QueryRefusedError(
            f"`\\{printable(letter)}` is no escape of a Cypher string.", position=position
        )
    return chr(int(digits, 16)), position + 2 + length


def read_quoted_name(text: str, start: int) -> tuple[str, int]:
    match = re.compile(r"`((?:[^`\\]|``)+)`(?!`)").match(text, start)
    if match is None:
        raise QueryRefusedError(
            "A quoted name is empty, does not end, or holds a backslash.", position=start
        )
    return check_name(match[1].replace("``", "`"), start), match.end()


def check_name(name: str, position: int) -> str:
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise QueryRefusedError(
            "A name is too long or holds control characters.", position=position
        )
    if name.lower().startswith(RESERVED_PREFIX):
        raise QueryRefusedError(
            f"Names that begin with `{RESERVED_PREFIX}` are the server's own: choose another for `{name}`.",
            position=position,
        )
    return name


def printed_name(name: str) -> str:
    """A name as it is sent: quoted, unless it is a plain word that no clause begins with."""
    if PLAIN_NAME.fullmatch(name) and name.upper() not in KEYWORDS:
        return name
    return "`" + name.replace("`", "``") + "`"


def printable(text: str) -> str:
    return text if text.isprintable() else f"U+{ord(text):04X}"


KEYWORDS = frozenset(
    [
        "ALL",
        "ALTER",
        "AND",
        "ANY",
        "AS",
        "ASC",
        "ASCENDING",
        "ASSERT",
        "BY",
        "CALL",
        "CASE",
        "COLLECT",
        "COMMIT",
        "CONSTRAINT",
        "CONTAINS",
        "COUNT",
        "CREATE",
        "CSV",
        "CYPHER",
        "DELETE",
        "DENY",
        "DESC",
        "DESCENDING",
        "DETACH",
        "DISTINCT",
        "DROP",
        "ELSE",
        "END",
        "ENDS",
        "EXISTS",
        "EXPLAIN",
        "FALSE",
        "FIELDTERMINATOR",
        "FINISH",
        "FOREACH",
        "FROM",
        "GRANT",
        "HEADERS",
        "IN",
        "INDEX",
        "INSERT",
        "IS",
        "JOIN",
        "LET",
        "LIMIT",
        "LOAD",
        "MANDATORY",
        "MATCH",
        "MERGE",
        "NEXT",
        "NOT",
        "NULL",
        "OF",
        "OFFSET",
        "ON",
        "OPTIONAL",
        "OR",
        "ORDER",
        "PERIODIC",
        "PROFILE",
        "REMOVE",
        "RENAME",
        "REPLACE",
        "RETURN",
        "REVOKE",
        "SCAN",
        "SET",
        "SHOW",
        "SHORTESTPATH",
        "ALLSHORTESTPATHS",
        "SINGLE",
        "NONE",
        "SKIP",
        "START",
        "STARTS",
        "STOP",
        "TERMINATE",
        "THEN",
        "TRANSACTIONS",
        "TRUE",
        "UNION",
        "UNIQUE",
        "UNWIND",
        "USE",
        "USING",
        "WHEN",
        "WHERE",
        "WITH",
        "XOR",
        "YIELD",
        "REDUCE",
        "FILTER",
        "SHORTEST",
    ]
)

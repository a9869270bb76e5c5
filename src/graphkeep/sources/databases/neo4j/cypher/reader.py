"""A cursor over tokens, which collects what is to be sent while it reads."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from graphkeep.sources.databases.neo4j.cypher.tokens import (
    KEYWORDS,
    PLAIN_STRING,
    Token,
    printed_name,
    tokenize,
)
from graphkeep.sources.databases.stages import QueryRefusedError

MAX_DEPTH = 60
T = TypeVar("T")


class TokenReader:
    """`out`: the pieces of text to be sent; `bound`: values that replace strings; `used`: the names of parameters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.out: list[str] = []
        self.bound: dict[str, Any] = {}
        self.used: set[str] = set()
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def at_word(self, *words: str) -> bool:
        return self.token.word in words

    def at_words(self, *words: str) -> bool:
        return all(self.peek(ahead).word == word for ahead, word in enumerate(words))

    def at(self, *symbols: str) -> bool:
        return self.token.is_symbol(*symbols)

    def advance(self) -> Token:
        """Read a token and send it as it is."""
        token = self.token
        self.emit(self.printed(token))
        self.index += 1
        return token

    def emit(self, piece: str) -> None:
        """Send a piece; a blank goes before it where the query has one, or where two words would become one."""
        has_blank = self.index > 0 and self.text[self.token.position - 1 : self.token.position] in (
            " ", "\t", "\n", "\r", "\f", "/"
        )  # fmt: skip
        last = self.out[-1][-1:] if self.out else ""
        joins = is_word_character(last) and is_word_character(piece[:1])
        self.out.append(" " + piece if self.out and (has_blank or joins) else piece)

    def insert(self, piece: str) -> None:
        """Send a piece that is not in the query."""
        self.out.append(f" {piece} ")

    def printed(self, token: Token) -> str:
        if token.kind == "string":
            if PLAIN_STRING.fullmatch(token.value):
                return f"'{token.value}'"
            return self.bind(token.value)
        if token.kind == "parameter":
            self.used.add(token.value)
            return f"${printed_name(token.value)}"
        return token.value

    def bind(self, value: Any) -> str:
        name = f"_gk{len(self.bound) + 1}"
        self.bound[name] = value
        return f"${name}"

    def expect_word(self, *words: str) -> None:
        if not self.at_word(*words):
            self.fail(f"{' or '.join(words)} is expected")
        self.emit(self.token.word)
        self.index += 1

    def expect_words(self, *words: str) -> None:
        for word in words:
            self.expect_word(word)

    def expect_symbol(self, *symbols: str) -> None:
        if not self.at(*symbols):
            self.fail(f"`{symbols[0]}` is expected")
        self.advance()

    def accept_symbol(self, *symbols: str) -> bool:
        if self.at(*symbols):
            self.advance()
            return True
        return False

    def accept_word(self, *words: str) -> bool:
        if self.at_word(*words):
            self.expect_word(*words)
            return True
        return False

    def expect_name(self, what: str) -> str:
        """A name of the query's own choice, sent quoted where it could be read as a keyword."""
        token = self.token
        if token.kind not in {"name", "quoted name"}:
            self.fail(f"{what} is expected")
        self.emit(printed_name(token.value))
        self.index += 1
        return token.value

    def at_variable(self) -> bool:
        return self.token.kind == "quoted name" or (
            self.token.kind == "name" and self.token.word not in KEYWORDS
        )

    def attempt(self, read: Callable[[], T]) -> T | None:
        """What `read` gives, or None with nothing read where it fails."""
        state = (self.index, len(self.out), dict(self.bound), set(self.used), self.depth)
        try:
            return read()
        except QueryRefusedError as error:
            if not isinstance(error, SyntaxRefusedError):
                raise
            self.index, length, self.bound, self.used, self.depth = state
            del self.out[length:]
            return None

    def fail(self, message: str) -> NoReturn:
        got = "the end" if self.token.kind == "end" else f"`{self.token.value[:40]}`"
        raise SyntaxRefusedError(
            f"{message}, not {got}, at character {self.token.position + 1}.",
            advice="Queries that only read are allowed: MATCH, WHERE, WITH, UNWIND, UNION, ORDER BY, SKIP, LIMIT, RETURN.",
            position=self.token.position,
        )

    def refuse(self, message: str, advice: str = "") -> NoReturn:
        raise QueryRefusedError(message, advice=advice, position=self.token.position)

    def printed_text(self) -> str:
        return "".join(self.out).strip()

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        missing = sorted(self.used - given.keys())
        if missing:
            raise QueryRefusedError(f"The parameter `${missing[0]}` has no value.")
        return {name: given[name] for name in sorted(self.used)} | self.bound


class SyntaxRefusedError(QueryRefusedError):
    """The text does not match the grammar at this point; another rule may match it."""


def is_word_character(character: str) -> bool:
    return character.isalnum() or character in {"_", "`", "$", "'"} if character else False

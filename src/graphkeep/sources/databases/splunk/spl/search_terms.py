"""The terms of a search: words, texts, comparisons, and the indexes that they name."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from graphkeep.sources.databases.query import is_allowed
from graphkeep.sources.databases.splunk.spl.commands import (
    OTHER_TIME_MODIFIERS,
    SAVED,
    TIME_MODIFIERS,
)
from graphkeep.sources.databases.splunk.spl.tokens import Token, quoted
from graphkeep.sources.databases.stages import QueryRefusedError

FIELD = re.compile(r"[A-Za-z_][\w.{}@:-]*")
INDEX = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,200}\*?")
TIME = re.compile(
    r"[-+]?\w*(@\w+)?([-+]\w+)?|\d{4}-\d\d-\d\dT[\d:.]+(Z|[-+]\d\d:\d\d)?|\d+(\.\d+)?"
)
COMPARISONS = ("=", "!=", "<", ">", "<=", ">=", "==")
STRUCTURE = (*COMPARISONS, "(", ")", ",", "|", "!")
MAX_DEPTH = 50


class Cursor:
    """Tokens of one command, and the text that is sent for them. `used` are the parameters."""

    def __init__(self, tokens: Sequence[Token], parameters: Mapping[str, Any]) -> None:
        self.tokens = [*tokens, Token("end", "", tokens[-1].position + 1 if tokens else 0)]
        self.parameters = parameters
        self.index = 0
        self.out: list[str] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def at_end(self) -> bool:
        return self.token.kind == "end"

    def advance(self) -> Token:
        token = self.token
        piece = self.printed(token)
        self.out.append(piece if token.follows or not self.out else f" {piece}")
        self.index += 1
        return token

    def printed(self, token: Token) -> str:
        if token.kind != "parameter":
            return token.text
        name = token.text[1:]
        if name not in self.parameters:
            raise QueryRefusedError(
                f"The parameter `${name}` has no value.", position=token.position
            )
        return quoted(self.parameters[name])

    def refuse(self, message: str, advice: str = "") -> NoReturn:
        raise QueryRefusedError(message, advice=advice, position=self.token.position)

    def text(self) -> str:
        return "".join(self.out).strip()


class SearchTerms(Cursor):
    """`indexes`: those that the terms name, each allowed."""

    def __init__(
        self,
        tokens: Sequence[Token],
        parameters: Mapping[str, Any],
        allowed: Sequence[str] | None,
        *,
        may_set_time: bool,
    ) -> None:
        super().__init__(tokens, parameters)
        self.allowed = allowed
        self.may_set_time = may_set_time
        self.indexes: list[str] = []
        self.depth = 0

    def printed(self, token: Token) -> str:
        """A value with a star would match others too, and Splunk has no escape for it in a search."""
        printed = super().printed(token)
        if token.kind == "parameter" and "*" in printed:
            self.refuse(
                f"The value of `{token.text}` has a star, which a search would take as a wildcard.",
                f"Compare after the search: | where field={token.text}",
            )
        return printed

    def read(self) -> str:
        """All terms, as they are sent. Raises QueryRefusedError."""
        self.terms()
        if not self.at_end():
            self.refuse(f"`{self.token.text[:40]}` is not expected here.")
        return self.text()

    def terms(self, *, is_negated: bool = False) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse("The query is nested too deeply.")
        while not self.at_end() and not self.token.is_symbol(")"):
            self.term(is_negated=is_negated)
        self.depth -= 1

    def term(self, *, is_negated: bool) -> None:
        while self.token.kind == "word" and self.token.text == "NOT":
            self.advance()
            is_negated = True
        token = self.token
        if is_negated and (self.at_end() or token.is_symbol(")")):
            self.refuse("A term is expected after NOT.")
        if token.kind == "word" and token.text in {"AND", "OR"}:
            self.advance()
        elif token.is_symbol("("):
            self.advance()
            self.terms(is_negated=is_negated)
            self.expect_symbol(")")
        elif token.kind == "quoted field":
            self.refuse("Single quotes are not used in a search.", "Use double quotes.")
        else:
            self.comparison(is_negated=is_negated)

    def comparison(self, *, is_negated: bool) -> None:
        start = self.index
        chunk = self.chunk()
        first = self.tokens[start]
        if self.token.is_symbol(*COMPARISONS):
            self.field_comparison(first, chunk, is_negated=is_negated)
        elif (
            self.token.kind == "word"
            and self.token.text.upper() == "IN"
            and self.tokens[self.index + 1].is_symbol("(")
        ):
            self.field_list(first, chunk, is_negated=is_negated)
        elif self.token.is_symbol("(") and first.text in {"TERM", "CASE"} and self.token.follows:
            self.advance()
            self.chunk()
            self.expect_symbol(")")
        elif self.token.is_symbol("(") and self.token.follows:
            self.refuse(f"`{chunk[:40]}(` is not allowed in a search.")

    def chunk(self) -> str:
        """A run of tokens without blanks between them; a text in quotes is a chunk of its own."""
        if self.token.is_symbol(*STRUCTURE, "::"):
            self.refuse(f"`{self.token.text}` is not expected here.")
        token = self.advance()
        text = token.text
        if token.kind != "string":
            while (
                self.token.follows
                and self.token.kind in {"word", "symbol"}
                and not self.token.is_symbol(*STRUCTURE)
            ):
                if self.token.is_symbol("::"):
                    self.refuse("`::` is not allowed.", "Write field=value.")
                text += self.advance().text
        return text

    def field_comparison(self, first: Token, name: str, *, is_negated: bool) -> None:
        is_plain = self.token.is_symbol("=")
        self.check_field(first, name, is_positive=is_plain and not is_negated)
        self.advance()
        token = self.token
        if token.is_symbol("-", "+") or token.kind in {"word", "string", "parameter", "symbol"}:
            value = self.chunk()
        else:
            self.refuse("A value is expected.")
        self.check_value(name, value, token)

    def field_list(self, first: Token, name: str, *, is_negated: bool) -> None:
        self.check_field(first, name, is_positive=not is_negated)
        self.advance()
        self.expect_symbol("(")
        while True:
            token = self.token
            self.check_value(name, self.chunk(), token)
            if not self.token.is_symbol(","):
                break
            self.advance()
        self.expect_symbol(")")

    def check_field(self, first: Token, name: str, *, is_positive: bool) -> None:
        if first.kind != "word" and not name.startswith("_"):
            self.refuse(f"`{name[:40]}` is no name of a field.", "A field stands without quotes.")
        if not FIELD.fullmatch(name) or "::" in name:
            self.refuse(f"`{name[:40]}` is no name of a field.")
        lower = name.lower()
        if lower == "index" and (name != "index" or not is_positive):
            self.refuse(
                "An index is named as index=NAME or index IN (NAME, NAME), and not excluded."
            )
        if lower in SAVED or lower in OTHER_TIME_MODIFIERS:
            self.refuse(f"`{name}` is not allowed in a search.")
        if lower in TIME_MODIFIERS and not self.may_set_time:
            self.refuse(
                f"`{name}` is not allowed where the time range is limited.",
                "Set the query's time range.",
            )

    def check_value(self, name: str, value: str, token: Token) -> None:
        if name == "index":
            self.check_index(value, token)
        elif name.lower() in TIME_MODIFIERS and not TIME.fullmatch(value.strip('"')):
            self.refuse(f"`{value[:40]}` is no time such as -24h@h.")

    def check_index(self, value: str, token: Token) -> None:
        if token.kind == "parameter":
            self.refuse("A parameter is a value, and cannot name an index.")
        name = value[1:-1] if token.kind == "string" else value
        check_index(name, self.allowed, token.position)
        self.indexes.append(name)

    def expect_symbol(self, symbol: str) -> None:
        if not self.token.is_symbol(symbol):
            self.refuse(f"`{symbol}` is expected.")
        self.advance()


def check_index(name: str, allowed: Sequence[str] | None, position: int | None = None) -> None:
    """Raises QueryRefusedError: it is no plain name, or not allowed."""
    listed = "all but internal indexes" if allowed is None else ", ".join(allowed) or "none"
    is_name = INDEX.fullmatch(name) and name not in {"_all", "_internal*"}
    is_open = allowed is None and not name.startswith("_") and name != "*"
    if not is_name or not (is_open if allowed is None else is_allowed(name, allowed)):
        raise QueryRefusedError(
            f"The index `{name[:100]}` is not allowed here; allowed: {listed}.", position=position
        )

"""The text of a query before it is parsed: one tree, of printable characters, from one statement."""

import logging
import unicodedata

from sqlglot import ErrorLevel, exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token

from graphkeep.sources.databases.sql.dialect import SqlDialect, sqlglot_dialect
from graphkeep.sources.databases.sql.refusals import did_you_mean, refusal
from graphkeep.sources.databases.stages import QueryRefusedError

MAX_CHARACTERS = 100_000
MAX_TOKENS = 20_000
PLAIN_CONTROLS = frozenset("\t\n\r")
INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cs", "Cn"})
EXECUTABLE = ("!", "M!", "m!")
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # its warnings hold the text of queries


def parse_statement(text: str, dialect: SqlDialect) -> exp.Expr:
    """The tree of the only statement of a text.

    Raises:
        QueryRefusedError: it is not one statement, does not begin as a query, or does not read as this dialect.
    """
    refuse_characters(text)
    if dialect.has_substitution and "${" in text:
        raise refusal(
            "`${` is not allowed: the source would replace it before it reads the query",
            advice="Write `:name` for a value.",
        )
    tokens = tokenize(text, dialect)
    refuse_first_word(tokens, dialect)
    parser = sqlglot_dialect(dialect).parser(error_level=ErrorLevel.IMMEDIATE)
    try:
        trees = [tree for tree in parser.parse(tokens, text) if tree is not None]
    except ParseError as error:
        raise unreadable(error, dialect) from None
    except SqlglotError as error:
        raise refusal(f"The query does not read as {dialect.title}: {error}") from None
    except RecursionError:
        raise refusal("The query is nested too deeply") from None
    trees = [tree for tree in trees if not isinstance(tree, exp.Semicolon)]
    if len(trees) != 1:
        raise refusal(
            f"A query is one statement; this one has {len(trees)}",
            advice="Send one SELECT, without a second statement after `;`.",
        )
    return trees[0]


def tokenize(text: str, dialect: SqlDialect) -> list[Token]:
    try:
        tokens = sqlglot_dialect(dialect).tokenize(text)
    except SqlglotError:
        raise refusal(
            f"The query does not read as {dialect.title}",
            advice="A quote or a comment in it may be open.",
        ) from None
    if not tokens:
        raise refusal("The query is empty", advice="Write a SELECT.")
    if len(tokens) > MAX_TOKENS:
        raise refusal(f"The query has more than {MAX_TOKENS:,} words")
    if dialect.has_executable_comments and (
        any(comment.startswith(EXECUTABLE) for token in tokens for comment in token.comments)
    ):
        raise refusal(
            "Comments that the database would run (`/*! … */`) are not allowed",
            advice="Write what they contain as part of the query.",
        )
    return tokens


def refuse_characters(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise refusal(f"The query has more than {MAX_CHARACTERS:,} characters")
    if text.isascii() and text.isprintable():
        return
    for position, letter in enumerate(text):
        if (
            letter != " "
            and letter not in PLAIN_CONTROLS
            and (unicodedata.category(letter) in INVISIBLE)
        ):
            raise QueryRefusedError(
                f"The query has the invisible character U+{ord(letter):04X}",
                advice="Delete it; a value that contains it can be given as a parameter.",
                position=position,
            )


def refuse_first_word(tokens: list[Token], dialect: SqlDialect) -> None:
    word = tokens[0].text.upper()
    if word not in dialect.first_words:
        words = ", ".join(sorted(dialect.first_words - {"("}))
        raise QueryRefusedError(
            f"`{word[:40]}` is not allowed here: connectors only read; a query begins with {words}",
            advice=did_you_mean(word, dialect.first_words - {"("}),
            position=tokens[0].start,
        )


def unreadable(error: ParseError, dialect: SqlDialect) -> QueryRefusedError:
    first = error.errors[0] if error.errors else {}
    where = f" at line {first['line']}, column {first['col']}" if first.get("line") else ""
    near = f", near `{first['highlight'][:40]}`" if first.get("highlight") else ""
    reason = (first.get("description") or "unexpected text").partition(" but got")[0].rstrip(".")
    return QueryRefusedError(f"The query does not read as {dialect.title}{where}{near}: {reason}")

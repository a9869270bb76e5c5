"""A whole SPL query: a search, then commands that only work on its events."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.splunk.spl.commands import (
    COMMANDS,
    FUNCTIONS,
    PERCENTILE,
    REFUSED,
)
from graphkeep.sources.databases.splunk.spl.search_terms import Cursor, SearchTerms, check_index
from graphkeep.sources.databases.splunk.spl.tokens import Token, tokenize
from graphkeep.sources.databases.stages import QueryRefusedError

MAX_COMMANDS = 50


@dataclass(frozen=True, kw_only=True)
class SplPolicy:
    """`allowed`: the indexes, of which an entry may end in `*`; None restricts nothing but internal indexes."""

    allowed: Sequence[str] | None
    max_rows: int
    may_set_time: bool


@dataclass(frozen=True, kw_only=True)
class CheckedSearch:
    text: str
    indexes: tuple[str, ...]


def check_search(text: str, parameters: Mapping[str, Any], policy: SplPolicy) -> CheckedSearch:
    """The search as it is sent: held to the allowed indexes whatever its terms say, and cut after `max_rows`.

    Raises:
        QueryRefusedError: a command, function, index or form is not known and allowed.
    """
    first, *others = commands_of(tokenize(text))
    if first and first[0].kind == "word" and first[0].text.lower() == "search":
        first = first[1:]
    elif first and first[0].kind == "word" and is_command(first):
        refuse_command(first[0])
    terms = SearchTerms(first, parameters, policy.allowed, may_set_time=policy.may_set_time)
    printed = terms.read()
    pieces = ["search"]
    if policy.allowed is not None:
        if not policy.allowed:
            raise QueryRefusedError("No index is allowed here.")
        for name in policy.allowed:
            check_index(name, policy.allowed)
        pieces.append("(" + " OR ".join(f'index="{name}"' for name in policy.allowed) + ")")
    if printed:
        pieces.append(f"({printed})")
    elif policy.allowed is None:
        raise QueryRefusedError("The search is empty.", advice="Begin with index=NAME.")
    stages = [" ".join(pieces)]
    stages += [command_text(tokens, parameters, policy) for tokens in others]
    stages.append(f"head {policy.max_rows}")
    return CheckedSearch(text=" | ".join(stages), indexes=tuple(dict.fromkeys(terms.indexes)))


def commands_of(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens between pipes. Raises QueryRefusedError: a command is empty, or there are too many."""
    commands: list[list[Token]] = [[]]
    for token in tokens[:-1]:
        if token.is_symbol("|"):
            commands.append([])
        else:
            commands[-1].append(token)
    if not commands[0] and len(commands) > 1:
        raise QueryRefusedError(
            "A query begins with a search, not with a pipe.",
            advice="Begin with index=NAME.",
            position=0,
        )
    if any(not command for command in commands[1:]):
        raise QueryRefusedError("A command is missing after a pipe.")
    if len(commands) > MAX_COMMANDS:
        raise QueryRefusedError(f"A query has at most {MAX_COMMANDS} commands.")
    return commands


def is_command(tokens: Sequence[Token]) -> bool:
    """Whether the words before the first pipe are a command, not terms: a known command, not followed by a comparison."""
    following = tokens[1] if len(tokens) > 1 else None
    is_compared = following is not None and following.is_symbol("=", "!=", "<", ">", "<=", ">=")
    return tokens[0].text.lower() in REFUSED and not is_compared and following is not None


def command_text(tokens: Sequence[Token], parameters: Mapping[str, Any], policy: SplPolicy) -> str:
    name = tokens[0]
    if name.kind != "word" or name.text.lower() not in COMMANDS:
        refuse_command(name)
    if name.text.lower() == "search":
        terms = SearchTerms(
            tokens[1:], parameters, policy.allowed, may_set_time=policy.may_set_time
        )
        return f"search {terms.read()}"
    return arguments(tokens, parameters)


def arguments(tokens: Sequence[Token], parameters: Mapping[str, Any]) -> str:
    """A command's arguments: each function in them is known, parentheses are balanced."""
    cursor = Cursor(tokens, parameters)
    depth = 0
    while not cursor.at_end():
        token, following = cursor.token, cursor.tokens[cursor.index + 1]
        if token.kind == "word" and following.is_symbol("(") and cursor.index > 0:
            check_function(token)
        if token.is_symbol("::"):
            cursor.refuse("`::` is not allowed.")
        depth += token.is_symbol("(") - token.is_symbol(")")
        if depth < 0:
            cursor.refuse("A parenthesis is closed that was not opened.")
        cursor.advance()
    if depth:
        cursor.refuse("A parenthesis is not closed.")
    return cursor.text()


def check_function(token: Token) -> None:
    name = token.text.lower()
    if name not in FUNCTIONS and not re.fullmatch(PERCENTILE, name):
        nearest = nearest_name(name, sorted(FUNCTIONS))
        raise QueryRefusedError(
            f"The function `{token.text[:40]}` is not allowed.",
            advice=f"Did you mean `{nearest}`?" if nearest else "",
            position=token.position,
        )


def refuse_command(token: Token) -> None:
    """Raises QueryRefusedError, with the reason where the command is known."""
    name = token.text.lower()[:40]
    reason = REFUSED.get(name)
    nearest = nearest_name(name, sorted(COMMANDS))
    raise QueryRefusedError(
        f"The command `{name}` is not allowed" + (f": {reason}." if reason else "."),
        advice=f"Did you mean `{nearest}`?" if nearest and not reason
        else "Put a word that is searched for in quotes. Allowed: search, where, eval, stats, table, fields, head, sort, dedup, rename and others that only work on the events found.",
        position=token.position,
    )  # fmt: skip

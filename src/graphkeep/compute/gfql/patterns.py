"""Regular expressions without catastrophic backtracking: no nested repeats, backreferences or lookaround."""

import re
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from graphkeep.compute.gfql.limits import MAX_OPEN_REPEATS, MAX_PATTERN_LENGTH, MAX_REPEATS
from graphkeep.graph.errors import UserInputError

REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
REFUSED = {
    sre.GROUPREF: "a reference to a group",
    sre.GROUPREF_EXISTS: "a reference to a group",
    sre.ASSERT: "looking around",
    sre.ASSERT_NOT: "looking around",
}


def check_pattern(text: str, where: str) -> str:
    """The pattern, unchanged.

    Raises:
        UserInputError: it is not a regular expression, or matching could take more than linear time.
    """
    if len(text) > MAX_PATTERN_LENGTH:
        raise UserInputError(f"{where} is longer than {MAX_PATTERN_LENGTH} characters.")
    try:
        parsed = parser.parse(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise UserInputError(f"{where} is no regular expression: {error}.") from error
    if walk(parsed, where, is_repeated=False) > MAX_OPEN_REPEATS:
        raise UserInputError(f"{where} has more than {MAX_OPEN_REPEATS} repeats without an end.")
    return text


def walk(parsed: Any, where: str, *, is_repeated: bool) -> int:
    """Number of unbounded repeats."""
    count = 0
    for kind, arguments in parsed:
        if kind in REFUSED:
            raise UserInputError(f"{where} uses {REFUSED[kind]}, which is not supported.")
        if kind in REPEATS:
            _, max_repeats, inner = arguments
            if is_repeated:
                raise UserInputError(f"{where} has nested repetition, which is not supported.")
            if max_repeats != sre.MAXREPEAT and max_repeats > MAX_REPEATS:
                raise UserInputError(f"{where} repeats more than {MAX_REPEATS} times.")
            count += max_repeats == sre.MAXREPEAT
            # An optional part cannot multiply the ways to match.
            walk(inner, where, is_repeated=max_repeats > 1)
        elif kind is sre.BRANCH:
            if is_repeated:
                raise UserInputError(f"{where} repeats alternatives, which is not supported.")
            count += sum(walk(branch, where, is_repeated=False) for branch in arguments[1])
        elif kind is sre.SUBPATTERN:
            count += walk(arguments[-1], where, is_repeated=is_repeated)
        elif kind is sre.ATOMIC_GROUP:
            count += walk(arguments, where, is_repeated=is_repeated)
    return count

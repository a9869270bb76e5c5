"""The one gate."""

from collections.abc import Callable
from typing import TypeVar

from graphkeep.accounts.actor import Actor
from graphkeep.graph.errors import NotAllowedError

T = TypeVar("T")

Rule = Callable[[Actor, T], bool]


def authorize(rule: Rule[T], actor: Actor, target: T) -> None:
    """Let the deed go on, or raise.

    Raises:
        NotAllowedError: the rule says no.
    """
    if not rule(actor, target):
        deed = rule.__name__.removeprefix("may_").replace("_", " ")
        raise NotAllowedError(f"You may not {deed} this.")


def may_administer(actor: Actor, target: object) -> bool:
    return actor.is_admin


def may_manage_own_or_administer(actor: Actor, user: object) -> bool:
    return actor.is_admin or (actor.user is not None and actor.user == user)

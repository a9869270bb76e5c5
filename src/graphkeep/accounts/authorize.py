"""Authorization: rules `may_...(actor, target)`, and the check that every operation makes."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import Membership, Organization, User
from graphkeep.graph.errors import NotAllowedError

T = TypeVar("T")

Rule = Callable[[Actor, T], bool]


def authorize(rule: Rule[T], actor: Actor, target: T) -> None:
    """Raise unless the rule allows the actor this operation on the target.

    Raises:
        NotAllowedError: the rule denies it.
    """
    if not rule(actor, target):
        raise NotAllowedError(
            f"You may not {spoken(rule.__name__, has_target=target is not None)}."
        )


def spoken(rule: str, *, has_target: bool) -> str:
    """`share this` of `may_share`, `manage this connector` of `may_manage_connector`, `see connectors` without a target."""
    verb, *nouns = rule.removeprefix("may_").split("_")
    return " ".join([verb, *(["this"] if has_target or not nouns else []), *nouns])


def requires_scope(scope: str) -> Callable[[Rule[T]], Rule[T]]:
    """A rule that also requires this scope of the credential."""

    def narrowed(rule: Rule[T]) -> Rule[T]:
        @wraps(rule)
        def asks(actor: Actor, target: T) -> bool:
            return scope in actor.scopes and rule(actor, target)

        return asks

    return narrowed


@requires_scope("admin")
def may_administer(actor: Actor, target: object) -> bool:
    """Whether the actor acts as an Admin of this server."""
    return actor.is_admin


@requires_scope("account")
def may_manage_own_or_administer(actor: Actor, user: User) -> bool:
    """Whether it is the actor's own account, or the actor is an Admin."""
    return actor.is_admin or (actor.user is not None and actor.user == user)


@requires_scope("account")
def may_manage_organization(actor: Actor, organization: Organization) -> bool:
    """An Admin of the server, or an admin of this organization."""
    if organization.is_personal:
        return False
    return actor.is_admin or (
        actor.user is not None
        and organization.memberships.filter(user=actor.user, role=Membership.Role.ADMIN).exists()
    )


def may_switch_to(actor: Actor, organization: Organization) -> bool:
    """Whether the actor is a member of the organization."""
    return actor.user is not None and organization.memberships.filter(user=actor.user).exists()

"""Permissions that an Admin grants and revokes."""

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.accounts.models import User
from graphkeep.graph.errors import UserInputError

PERMISSIONS = {"queries": "may_query", "python": "may_run_python"}


@transaction.atomic
def set_permission(user: User, *, actor: Actor, permission: str, is_given: bool) -> None:
    """Grant or revoke the permission to send queries or Python, from the user's next request on.

    Raises:
        NotAllowedError: the actor is no Admin.
    """
    authorize(may_administer, actor, user)
    field = PERMISSIONS.get(permission)
    if field is None:
        raise UserInputError(f"A permission is one of {', '.join(PERMISSIONS)}.")
    setattr(user, field, is_given)
    user.save(update_fields=[field])
    audit.record(
        "user.permission-changed",
        actor=actor,
        target=user,
        permission=permission,
        is_given=is_given,
    )

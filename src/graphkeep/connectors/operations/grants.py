"""Who may use, ask or manage a connector."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import Organization, User
from graphkeep.connectors.models import Connector, ConnectorGrant
from graphkeep.connectors.rules import may_manage_connector
from graphkeep.graph.errors import InvalidFieldError

MAX_GRANTS = 1000


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A right of a user, or of each member of an organization: one of the two names is given."""

    right: str
    username: str = ""
    organization: str = ""


def set_grants(connector: Connector, grants: Sequence[Grant], *, actor: Actor) -> None:
    """Replace the grants of a connector; queries of those who lose their right end.

    Raises:
        NotAllowedError: the actor has no right to manage it.
        InvalidFieldError: a right is unknown, or a user or organization cannot be granted it.
    """
    authorize(may_manage_connector, actor, connector)
    if len(grants) > MAX_GRANTS:
        raise InvalidFieldError("grants", f"A connector has at most {MAX_GRANTS} grants.")
    rows = [grant_row(connector, grant, index) for index, grant in enumerate(grants)]
    subjects = [(row.user_id, row.organization_id) for row in rows]
    if len(set(subjects)) < len(subjects):
        raise InvalidFieldError("grants", "A user or an organization is named twice.")
    with transaction.atomic():
        Connector.objects.select_for_update().get(pk=connector.pk)
        connector.grants.all().delete()
        ConnectorGrant.objects.bulk_create(rows)
        audit.record(
            "connector.grants-changed",
            actor=actor,
            target=connector,
            grants=[f"{grant.username or grant.organization}: {grant.right}" for grant in grants],
        )


def change_grant(connector: Connector, grant: Grant, *, actor: Actor) -> None:
    """Set the right of one user or organization; an empty right takes it away."""
    others = [
        row
        for row in current_grants(connector)
        if (row.username, row.organization) != (grant.username, grant.organization)
    ]
    set_grants(connector, [*others, grant] if grant.right else others, actor=actor)


def current_grants(connector: Connector) -> list[Grant]:
    rows = connector.grants.select_related("user", "organization").order_by("pk")
    return [
        Grant(
            right=row.right,
            username=row.user.username if row.user else "",
            organization=row.organization.slug if row.organization else "",
        )
        for row in rows
    ]


def grant_row(connector: Connector, grant: Grant, index: int) -> ConnectorGrant:
    path = f"grants.{index}"
    if grant.right not in ConnectorGrant.Right.values:
        rights = ", ".join(ConnectorGrant.Right.values)
        raise InvalidFieldError(f"{path}.right", f"A right is one of {rights}.")
    if bool(grant.username) == bool(grant.organization):
        raise InvalidFieldError(path, "A grant names either a user or an organization.")
    if grant.username:
        users = User.objects.filter(username=grant.username)
        if connector.organization is not None:
            users = users.filter(memberships__organization=connector.organization)
        user = users.first()
        if user is None:
            scope = f" in {connector.organization}" if connector.organization else ""
            raise InvalidFieldError(f"{path}.user", f"There is no user '{grant.username}'{scope}.")
        return ConnectorGrant(connector=connector, user=user, right=grant.right)
    organizations = Organization.objects.filter(slug=grant.organization)
    if connector.organization is not None:
        organizations = organizations.filter(pk=connector.organization.pk)
    organization = organizations.first()
    if organization is None:
        raise InvalidFieldError(
            f"{path}.organization",
            f"There is no organization '{grant.organization}' that this connector can be granted to.",
        )
    return ConnectorGrant(connector=connector, organization=organization, right=grant.right)

"""Reads, narrowed to what the actor may see: connectors, and the queries that were run."""

from django.db.models import Q, QuerySet

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import Membership, Organization, User
from graphkeep.connectors.models import Connector, ConnectorGrant, QueryRun
from graphkeep.graph.errors import NotFoundError

USE, ASK, MANAGE = ConnectorGrant.Right.USE, ConnectorGrant.Right.ASK, ConnectorGrant.Right.MANAGE
ORDER = ("", USE, ASK, MANAGE)


def right_of(actor: Actor, connector: Connector) -> str:
    """The highest right that an actor has on a connector: `use`, `ask`, `manage`, or an empty string.

    Admins of the server have all rights, and so has an admin of the connector's organization. A right on an
    organization's connector ends with the membership, whatever was granted.
    """
    if actor.is_admin:
        return MANAGE
    user = actor.user
    if user is None or not user.is_active_now or actor.only_dataset:
        return ""
    if connector.organization_id is not None:
        role = organization_role(user, connector.organization_id)
        if not role:
            return ""
        if role == Membership.Role.ADMIN:
            return MANAGE
    granted = connector.grants.filter(
        Q(user=user) | Q(organization__memberships__user=user)
    ).values_list("right", flat=True)
    return max(granted, key=ORDER.index, default="")


def organization_role(user: User, organization_id: int) -> str:
    roles = Membership.objects.filter(user=user, organization_id=organization_id)
    return roles.values_list("role", flat=True).first() or ""


def connectors_visible_to(actor: Actor) -> QuerySet[Connector]:
    """The connectors on which the actor has a right."""
    if actor.is_admin:
        return Connector.objects.all()
    user = actor.user
    if user is None or not user.is_active_now or actor.only_dataset:
        return Connector.objects.none()
    is_granted = Q(grants__user=user) | Q(grants__organization__memberships__user=user)
    is_member = Q(organization__isnull=True) | Q(organization__memberships__user=user)
    administered = Organization.objects.filter(
        memberships__user=user, memberships__role=Membership.Role.ADMIN
    )
    visible = Connector.objects.filter(is_member & is_granted).values("pk")
    return Connector.objects.filter(Q(pk__in=visible) | Q(organization__in=administered))


def find_connector(actor: Actor, connector_id: str) -> Connector:
    """The connector of an id, whose existence the actor may know; what they may do with it is for the rules.

    Raises:
        NotFoundError: there is none, or it is another organization's; both answers are the same.
    """
    connector = (
        Connector.objects.filter(connector_id=connector_id).select_related("organization").first()
    )
    if connector is None or actor.only_dataset:
        raise NotFoundError
    is_of_others = connector.organization_id is not None and not actor.is_admin
    if is_of_others and (
        actor.user is None or not organization_role(actor.user, connector.organization_id or 0)
    ):
        raise NotFoundError
    return connector


def connector_named(actor: Actor, name: str, organization: Organization | None) -> Connector:
    """The connector of a name, of the site or an organization. Raises NotFoundError."""
    connector = connectors_visible_to(actor).filter(name=name, organization=organization).first()
    if connector is None:
        raise NotFoundError(f"There is no connector '{name}'.")
    return connector


def runs_visible_to(actor: Actor) -> QuerySet[QueryRun]:
    """An actor's own queries; the console and the server see all."""
    if actor.is_console_or_system:
        return QueryRun.objects.all()
    if actor.user is None or actor.only_dataset:
        return QueryRun.objects.none()
    return QueryRun.objects.filter(user=actor.user)


def visible_run(actor: Actor, run_id: str) -> QueryRun:
    """Raises NotFoundError: there is no such query, or another person asked it."""
    run = runs_visible_to(actor).filter(run_id=run_id).select_related("connector").first()
    if run is None:
        raise NotFoundError
    return run

"""Who may do what with connectors."""

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import may_manage_organization, requires_scope
from graphkeep.accounts.models import Organization
from graphkeep.connectors.models import Connector
from graphkeep.connectors.queries import (
    ASK,
    MANAGE,
    ORDER,
    USE,
    connectors_visible_to,
    right_of,
)


def has_right(actor: Actor, connector: Connector, right: str) -> bool:
    return ORDER.index(right_of(actor, connector)) >= ORDER.index(right)


def may_see_connectors(actor: Actor, _: object) -> bool:
    """Whoever has a right on any connector, and those who may add one."""
    return actor.is_admin or connectors_visible_to(actor).exists() or administers_one(actor)


def administers_one(actor: Actor) -> bool:
    user = actor.user
    return (
        user is not None
        and user.memberships.filter(role="admin", organization__is_personal=False).exists()
    )


def may_see_connector(actor: Actor, connector: Connector) -> bool:
    return has_right(actor, connector, USE)


@requires_scope("upload")
def may_use_connector(actor: Actor, connector: Connector) -> bool:
    """Run a query that another person wrote."""
    return has_right(actor, connector, USE)


@requires_scope("upload")
def may_ask_connector(actor: Actor, connector: Connector) -> bool:
    """Write a query."""
    return has_right(actor, connector, ASK)


@requires_scope("account")
def may_manage_connector(actor: Actor, connector: Connector) -> bool:
    """Change settings, credentials, policy and grants; test and audit."""
    return has_right(actor, connector, MANAGE)


def may_add_connector(actor: Actor, organization: Organization | None) -> bool:
    """Add a connector to an organization, or to the site without one; also remove one from there."""
    if organization is None:
        return actor.is_admin
    return actor.is_admin or may_manage_organization(actor, organization)


def may_set_own_token(actor: Actor, connector: Connector) -> bool:
    """Set one's own personal token for a connector that one may use."""
    return "account" in actor.scopes and has_right(actor, connector, USE)


def may_name_secret_references(actor: Actor, _: object) -> bool:
    """A `secret://` reference reads the server's files and variables, so only who runs the server may set one."""
    return actor.is_admin

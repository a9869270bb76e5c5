"""How the commands name a connector, its organization and a value."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from graphkeep.accounts.models import Organization
    from graphkeep.connectors.models import Connector

ORG = click.option("--org", default="", help="The organization that it belongs to; else the site.")


def find_organization(slug: str) -> "Organization | None":
    from graphkeep.accounts.models import Organization
    from graphkeep.graph.errors import UserInputError

    if not slug:
        return None
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise UserInputError(f"There is no organization '{slug}'.")
    return organization


def find(name: str, org: str) -> "Connector":
    """A connector by its name, its id too."""
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.models import Connector
    from graphkeep.connectors.queries import connector_named
    from graphkeep.graph.errors import NotFoundError, UserInputError

    by_id = Connector.objects.filter(connector_id=name).first()
    if by_id is not None:
        return by_id
    try:
        return connector_named(CONSOLE, name, find_organization(org))
    except NotFoundError as error:
        raise UserInputError(error.message) from error


def pair(text: str) -> tuple[str, str]:
    from graphkeep.graph.errors import UserInputError

    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UserInputError(f"'{text}' is not NAME=VALUE.")
    return name, value

"""`graphkeep connector`: the systems that this server may ask."""

import click

from graphkeep.server.cli.connectors.check import audit_one, schema, test_one
from graphkeep.server.cli.connectors.listing import list_connectors, list_kinds
from graphkeep.server.cli.connectors.manage import add, adopt, edit, remove
from graphkeep.server.cli.connectors.query import query
from graphkeep.server.cli.connectors.rights import grant, token


@click.group()
def connector() -> None:
    """Add, check, restrict and ask connectors to other systems."""


for command in (
    list_connectors,
    list_kinds,
    add,
    edit,
    remove,
    test_one,
    audit_one,
    schema,
    query,
    grant,
    token,
    adopt,
):
    connector.add_command(command)

"""`graphkeep connector grant|token`."""

import sys
from typing import Any

import click

from graphkeep.server.cli.connectors.reference import ORG, find
from graphkeep.server.process.start import set_up_django


@click.command("grant")
@click.argument("name")
@ORG
@click.option("--user", "username", default="")
@click.option("--to-org", default="", help="Each member of this organization.")
@click.option("--right", type=click.Choice(["use", "ask", "manage", "none"]))
def grant(name: str, org: str, username: str, to_org: str, right: str | None) -> None:
    """Grant or take away a right; without options, show who has which."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.grants import Grant, change_grant, current_grants
    from graphkeep.graph.errors import UserInputError

    row = find(name, org)
    if right is None:
        for each in current_grants(row):
            click.echo(f"{each.username or each.organization}\t{each.right}")
        return
    if bool(username) == bool(to_org):
        raise UserInputError("Name --user or --to-org.")
    wanted = Grant(right="" if right == "none" else right, username=username, organization=to_org)
    change_grant(row, wanted, actor=CONSOLE)
    click.echo(f"{username or to_org}: {right}")


@click.command("token")
@click.argument("name")
@ORG
@click.option("--user", "username", default="", help="Whose token is read from standard input.")
@click.option("--csv", "csv_file", type=click.File("r"), help="Many, with the header username,PAT.")
@click.option("--delete", is_flag=True, help="Delete the user's token, or all without --user.")
def token(name: str, org: str, username: str, csv_file: Any, delete: bool) -> None:
    """Set and delete personal tokens; without options, show who has one."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.credentials import token_rows
    from graphkeep.connectors.operations.tokens import (
        delete_token,
        delete_tokens,
        parse_token_csv,
        set_token,
        set_tokens,
    )

    row = find(name, org)
    if csv_file is not None:
        count = set_tokens(row, parse_token_csv(csv_file.read()), actor=CONSOLE)
        click.echo(f"set {count} tokens")
    elif delete and username:
        delete_token(row, username, actor=CONSOLE)
    elif delete:
        delete_tokens(row, actor=CONSOLE)
    elif username:
        set_token(row, username, sys.stdin.readline().rstrip("\r\n"), actor=CONSOLE)
    else:
        for each in token_rows(row):
            click.echo(f"{each['username']}\t{each['changed_at']:%Y-%m-%d %H:%M}")

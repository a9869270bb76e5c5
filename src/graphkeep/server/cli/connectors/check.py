"""`graphkeep connector test|audit|schema`."""

import sys

import click

from graphkeep.server.cli.connectors.reference import ORG, find
from graphkeep.server.process.start import set_up_django


@click.command("test")
@click.argument("name")
@ORG
def test_one(name: str, org: str) -> None:
    """Reach the source and sign in; the stage that fails is named, and the exit code is 1."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.check import check_connector

    result = check_connector(find(name, org), actor=CONSOLE)
    if result.is_ok:
        click.echo(f"{name}: {result.message}")
        return
    click.echo(f"{name}: {result.stage}: {result.message} {result.advice}".rstrip(), err=True)
    sys.exit(1)


@click.command("audit")
@click.argument("name")
@ORG
def audit_one(name: str, org: str) -> None:
    """Show what the connected account may really do; the exit code is 1 for more than is needed."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.check import audit_connector

    findings = audit_connector(find(name, org), actor=CONSOLE)
    for finding in findings:
        mark = "warning" if finding.is_excess else "ok"
        click.echo(f"{mark}\t{finding.check}\t{finding.message} {finding.advice}".rstrip())
    if any(finding.is_excess for finding in findings):
        sys.exit(1)


@click.command("schema")
@click.argument("name")
@ORG
def schema(name: str, org: str) -> None:
    """Show the tables, indexes or labels that the account can read."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.check import read_schema

    found = read_schema(find(name, org), actor=CONSOLE)
    for table in found.tables:
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        full_name = f"{table.container}.{table.name}" if table.container else table.name
        click.echo(f"{full_name}\t{table.kind}\t{columns}")
    if found.is_cut:
        click.echo("… there is more", err=True)

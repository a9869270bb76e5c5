"""`graphkeep connector`: the systems that this server may ask."""

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graphkeep.server.process.start import set_up_django

if TYPE_CHECKING:
    from graphkeep.accounts.models import Organization
    from graphkeep.connectors.models import Connector

ORG = click.option("--org", default="", help="The organization that it belongs to; else the site.")


@click.group()
def connector() -> None:
    """Add, check, restrict and ask connectors to other systems."""


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


@connector.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_connectors(as_json: bool) -> None:
    """Show every connector with its state; never a credential."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.models import Connector
    from graphkeep.connectors.rows import connector_row

    rows = [
        connector_row(each, actor=CONSOLE)
        for each in Connector.objects.select_related("organization").order_by("name", "pk")
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    for row in rows:
        state = "enabled" if row["is_enabled"] else "disabled"
        if row["origin"] == "configuration":
            state += ", set by configuration"
        check = row["check"]
        tested = check["stage"] or ("passed" if check["checked_at"] else "not tested")
        owner = row["organization"] or "site"
        click.echo(f"{row['name']}\t{row['kind']}\t{owner}\t{state}\t{tested}")


@connector.command("kinds")
def list_kinds() -> None:
    """Show the kinds of connectors and their settings."""
    set_up_django()
    from graphkeep.sources.databases.registry import connector_kinds

    for kind in connector_kinds().values():
        click.echo(f"{kind.name}\t{kind.title}")
        for field in kind.fields:
            notes = [
                note
                for note, holds in (("required", field.is_required), ("secret", field.is_secret))
                if holds
            ]
            click.echo(f"  {field.name}\t{field.label}\t{', '.join(notes)}")


def fields_from(
    name: str | None,
    settings: tuple[str, ...],
    secret_stdin: str,
    allow: tuple[str, ...],
    limits: tuple[str, ...],
    max_marking: str,
    max_time_range_s: int | None,
    former_policy: dict[str, Any] | None = None,
) -> Any:
    from graphkeep.connectors.operations.manage import ConnectorFields

    policy = dict(former_policy or {})
    if allow:
        policy["allowed"] = {
            key: value.split(",") if value else [] for key, value in map(pair, allow)
        }
    if max_marking:
        policy["max_marking"] = max_marking
    if max_time_range_s:
        policy["max_time_range_s"] = max_time_range_s
    secrets = {secret_stdin: sys.stdin.readline().rstrip("\r\n")} if secret_stdin else None
    return ConnectorFields(
        name=name,
        settings=dict(map(pair, settings)) if settings else None,
        secrets=secrets,
        policy=policy if policy != (former_policy or {}) else None,
        limits=dict(map(pair, limits)) if limits else None,
    )


def pair(text: str) -> tuple[str, str]:
    from graphkeep.graph.errors import UserInputError

    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UserInputError(f"'{text}' is not NAME=VALUE.")
    return name, value


SLOT = click.option(
    "--slot", default=None, help="The slot of the data bridge that asks it; empty: none."
)
SET = click.option("--set", "settings", multiple=True, help="A setting, NAME=VALUE.")
SECRET = click.option(
    "--secret-stdin", default="", metavar="FIELD", help="Read this secret from standard input."
)
ALLOW = click.option(
    "--allow", multiple=True, help="Allowed names, such as tables=public.hosts,net.*"
)
LIMIT = click.option("--limit", "limits", multiple=True, help="A limit, such as max_rows=5000.")
MARKING = click.option("--max-marking", default="", help="The highest TLP marking that is sent.")
RANGE = click.option("--max-time-range-s", type=int, help="The longest time range, in seconds.")


@connector.command("add")
@click.argument("name")
@click.option("--kind", required=True)
@ORG
@SET
@SECRET
@ALLOW
@LIMIT
@MARKING
@RANGE
@SLOT
def add(name: str, kind: str, org: str, settings: tuple[str, ...], secret_stdin: str,
        allow: tuple[str, ...], limits: tuple[str, ...], max_marking: str,
        max_time_range_s: int | None, slot: str | None) -> None:  # fmt: skip
    """Add a connector of the site or an organization; credentials are read from standard input."""
    set_up_django()
    from dataclasses import replace

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.manage import create_connector

    fields = fields_from(name, settings, secret_stdin, allow, limits, max_marking, max_time_range_s)
    made = create_connector(
        replace(fields, slot=slot),
        kind_name=kind,
        organization=find_organization(org),
        actor=CONSOLE,
    )
    click.echo(f"added {made.name} ({made.connector_id}); nobody but Admins may use it yet")


@connector.command("edit")
@click.argument("name")
@ORG
@click.option("--rename", default=None)
@click.option("--enable/--disable", "is_enabled", default=None)
@SET
@SECRET
@ALLOW
@LIMIT
@MARKING
@RANGE
@SLOT
def edit(name: str, org: str, rename: str | None, is_enabled: bool | None,
         settings: tuple[str, ...], secret_stdin: str, allow: tuple[str, ...], limits: tuple[str, ...],
         max_marking: str, max_time_range_s: int | None, slot: str | None) -> None:  # fmt: skip
    """Change a connector; what is not named stays."""
    set_up_django()
    from dataclasses import replace

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.manage import change_connector

    row = find(name, org)
    fields = fields_from(
        rename, settings, secret_stdin, allow, limits, max_marking, max_time_range_s, row.policy
    )
    change_connector(row, replace(fields, is_enabled=is_enabled, slot=slot), actor=CONSOLE)
    click.echo(f"changed {rename or name}")


@connector.command("remove")
@click.argument("name")
@ORG
def remove(name: str, org: str) -> None:
    """Delete a connector, its credentials and grants; graphs made of its results stay."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.manage import delete_connector

    delete_connector(find(name, org), actor=CONSOLE)
    click.echo(f"removed {name}")


@connector.command("test")
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


@connector.command("audit")
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


@connector.command("schema")
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


@connector.command("query")
@click.argument("name")
@click.argument("text")
@ORG
@click.option("--language", default="", help="By default the first of the connector's languages.")
@click.option("--parameter", "parameters", multiple=True, help="A bound value, NAME=VALUE.")
@click.option("--since", default="", help="The start of the time range, with its zone.")
@click.option("--until", default="")
@click.option("--marking", default="clear", help="The TLP marking of the values in the query.")
@click.option(
    "--arrow", type=click.Path(dir_okay=False, path_type=Path), help="Write an Arrow file."
)
def query(name: str, text: str, org: str, language: str, parameters: tuple[str, ...], since: str,
          until: str, marking: str, arrow: Path | None) -> None:  # fmt: skip
    """Ask a connector within its policy and limits; rows are printed as CSV."""
    set_up_django()
    from datetime import datetime

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.kinds import kind_of
    from graphkeep.connectors.operations.run_query import run_query_here
    from graphkeep.connectors.results import result_batches
    from graphkeep.sources.databases.query import SourceQuery

    row = find(name, org)
    asked = SourceQuery(
        language=language or kind_of(row).languages[0],
        text=text,
        parameters=dict(map(pair, parameters)),
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until) if until else None,
        marking=marking,  # type: ignore[arg-type]  # the policy check refuses another
    )
    run = run_query_here(row, asked, actor=CONSOLE)
    if run.state != run.State.DONE:
        click.echo(f"graphkeep: {run.stage or run.state}: {run.message}", err=True)
        sys.exit(1)
    with result_batches(run) as result:
        if result is not None:
            write_rows(result, arrow)
    more = f"; {run.total_rows - run.row_count} more" if run.total_rows else ""
    click.echo(f"{run.row_count} rows{more if run.is_cut else ''}{', cut at a limit' if run.is_cut else ''}", err=True)  # fmt: skip


def write_rows(result: Any, arrow: Path | None) -> None:
    import pyarrow as pa

    schema, batches = result
    if arrow is not None:
        with pa.OSFile(str(arrow), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return
    rows = csv.writer(sys.stdout)
    rows.writerow(schema.names)
    for batch in batches:
        rows.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))


@connector.command("grant")
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


@connector.command("token")
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


@connector.command("adopt")
@click.argument("name")
def adopt(name: str) -> None:
    """Turn a connector that is set by configuration into a managed one."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.adopt import adopt_connector

    adopt_connector(find(name, ""), actor=CONSOLE)
    click.echo(f"{name} is managed now; its lines in the configuration have no effect any more")

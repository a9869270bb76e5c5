"""`graphkeep connector add|edit|remove|adopt`."""

import sys
from typing import Any

import click

from graphkeep.server.cli.connectors.reference import ORG, find, find_organization, pair
from graphkeep.server.process.start import set_up_django


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


@click.command("add")
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


@click.command("edit")
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


@click.command("remove")
@click.argument("name")
@ORG
def remove(name: str, org: str) -> None:
    """Delete a connector, its credentials and grants; graphs made of its results stay."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.manage import delete_connector

    delete_connector(find(name, org), actor=CONSOLE)
    click.echo(f"removed {name}")


@click.command("adopt")
@click.argument("name")
def adopt(name: str) -> None:
    """Turn a connector that is set by configuration into a managed one."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.adopt import adopt_connector

    adopt_connector(find(name, ""), actor=CONSOLE)
    click.echo(f"{name} is managed now; its lines in the configuration have no effect any more")

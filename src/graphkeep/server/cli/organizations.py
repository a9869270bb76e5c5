"""`graphkeep org` and `key`: organizations, their members and personal keys."""

import click

from graphkeep.server.cli.people import find_user
from graphkeep.server.process.start import set_up_django


@click.group()
def org() -> None:
    """Create organizations and change their members."""


@org.command("create")
@click.argument("slug")
@click.option("--member", multiple=True)
def create_org(slug: str, member: tuple[str, ...]) -> None:
    """Create an organization."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.organizations import add_member, create_organization

    organization = create_organization(slug, actor=CONSOLE)
    for name in member:
        add_member(organization, actor=CONSOLE, user=find_user(name))
    click.echo(f"created organization {slug}")


@org.command("add")
@click.argument("slug")
@click.option("--member", multiple=True, required=True)
@click.option("--role", type=click.Choice(["admin", "member"]), default="member")
def add(slug: str, member: tuple[str, ...], role: str) -> None:
    """Add members to an organization."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import Organization
    from graphkeep.accounts.operations.organizations import add_member
    from graphkeep.graph.errors import UserInputError

    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise UserInputError(f"There is no organization '{slug}'.")
    for name in member:
        add_member(organization, actor=CONSOLE, user=find_user(name), role=role)
    click.echo(f"added {', '.join(member)} to {slug}")


@org.command("remove")
@click.argument("slug")
@click.option("--member", multiple=True, required=True)
def remove(slug: str, member: tuple[str, ...]) -> None:
    """Remove members from an organization; their access through it ends immediately."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import Organization
    from graphkeep.accounts.operations.organizations import remove_member
    from graphkeep.graph.errors import UserInputError

    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise UserInputError(f"There is no organization '{slug}'.")
    for name in member:
        remove_member(organization, actor=CONSOLE, user=find_user(name))
    click.echo(f"removed {', '.join(member)} from {slug}")


@click.group()
def key() -> None:
    """Create, list and revoke personal keys."""


@key.command("create")
@click.option("--user", "username", required=True)
@click.option("--name", default="", help="Name of the key.")
@click.option("--scope", "scopes", multiple=True, help="Scopes of the key; see the account page.")
@click.option("--days", type=int, help="Days until it expires.")
@click.option("--network", "networks", multiple=True, help="Networks that it may be used from.")
@click.option("--server-only", is_flag=True, help="Refuse requests with this key from web pages.")
def create_one(
    username: str,
    name: str,
    scopes: tuple[str, ...],
    days: int | None,
    networks: tuple[str, ...],
    *,
    server_only: bool,
) -> None:
    """Create a personal key; the last line is ID:SECRET, shown once."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import EVERYDAY_SCOPES
    from graphkeep.accounts.operations.keys import create_key

    personal_key, secret = create_key(
        find_user(username),
        actor=CONSOLE,
        name=name,
        scopes=scopes or EVERYDAY_SCOPES,
        days=days,
        networks=networks,
        is_server_only=server_only,
    )
    click.echo("The secret is shown only once:")
    click.echo(f"{personal_key.key_id}:{secret}")


@key.command("list")
@click.option("--user", "username", required=True)
def list_keys(username: str) -> None:
    """Show a user's keys."""
    set_up_django()
    from graphkeep.accounts.queries import keys_of

    for personal_key in keys_of(find_user(username)):
        click.echo(
            f"{personal_key.key_id}\t{personal_key.name}\t{personal_key.created_at:%Y-%m-%d}"
        )


@key.command("revoke")
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Revoke a key at once."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import PersonalKey
    from graphkeep.accounts.operations.keys import revoke_key
    from graphkeep.graph.errors import UserInputError

    personal_key = PersonalKey.objects.filter(key_id=key_id).first()
    if personal_key is None:
        raise UserInputError(f"There is no key '{key_id}'.")
    revoke_key(personal_key, actor=CONSOLE)
    click.echo(f"revoked {key_id}")

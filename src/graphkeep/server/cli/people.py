"""`graphkeep user`, `org` and `key`: accounts from the console."""

import secrets
import sys
from typing import TYPE_CHECKING

import click

from graphkeep.server.process.start import set_up_django

if TYPE_CHECKING:
    from graphkeep.accounts.models import User


def read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def find_user(name: str) -> "User":
    from graphkeep.accounts.models import User
    from graphkeep.graph.errors import UserInputError

    found = User.objects.filter(username=name).first()
    if found is None:
        raise UserInputError(f"There is no user '{name}'.")
    return found


@click.group()
def user() -> None:
    """Make, list and change users."""


@user.command("create")
@click.option("--username", required=True)
@click.option("--email", required=True)
@click.option("--role", type=click.Choice(["admin", "user", "inactive"]), default="user")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(username: str, email: str, role: str, password_stdin: bool) -> None:
    """Make a user; the password is asked for or read from standard input."""
    password = read_password(password_stdin)
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import create_user

    create_user(username=username, email=email, password=password, role=role, actor=CONSOLE)
    click.echo(f"made {role} {username}")


@user.command("list")
def list_users() -> None:
    """Show every user with role and e-mail."""
    set_up_django()
    from graphkeep.accounts.models import User

    for one in User.objects.order_by("username"):
        click.echo(f"{one.username}\t{one.role}\t{one.email}")


@user.command("import")
def import_users() -> None:
    """Make users of the names on standard input, one a line; `NAME` or `NAME,E-MAIL`."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import create_user

    for line in sys.stdin:
        name, _, email = line.strip().partition(",")
        if name:
            create_user(
                username=name,
                email=email,
                password=secrets.token_urlsafe(24),
                must_change_password=True,
                actor=CONSOLE,
            )
            click.echo(f"made {name}; give a password:  graphkeep user password {name}")


@user.command("role")
@click.argument("username")
@click.argument("role", type=click.Choice(["admin", "user", "inactive"]))
def change_role(username: str, role: str) -> None:
    """Change what a user may do; inactive ends sessions, tokens and keys."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import set_role

    set_role(find_user(username), actor=CONSOLE, role=role)
    click.echo(f"{username} is {role}")


@user.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True)
def change_password(username: str, password_stdin: bool) -> None:
    """Set a user's password; their sessions and tokens end."""
    password = read_password(password_stdin)
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import set_password

    set_password(find_user(username), actor=CONSOLE, password=password)
    click.echo(f"changed the password of {username}; their sessions and tokens have ended")


@user.command("service")
@click.argument("name")
@click.option("--owner", required=True, help="The user who answers for it.")
@click.option("--days", default=365, show_default=True)
def create_service_account(name: str, owner: str, days: int) -> None:
    """Make an account for a program: no password, only keys; it ends, and with its owner."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import create_service

    create_service(name, owner=find_user(owner), days=days, actor=CONSOLE)
    click.echo(f"made service account {name}; give it a key:  graphkeep key create --user {name}")


@user.command("invite")
@click.option("--email", default="")
@click.option("--role", type=click.Choice(["admin", "user"]), default="user")
@click.option("--org", "slug", default="", help="The organization that they join.")
@click.option("--send", is_flag=True, help="Mail it, where mail is on.")
def invite_one(email: str, role: str, slug: str, *, send: bool) -> None:
    """Make an invitation; the last line is its path, shown once."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import Organization
    from graphkeep.accounts.operations.invitations import (
        create_invitation,
        invitation_path,
        mail_invitation,
    )
    from graphkeep.graph.errors import UserInputError
    from graphkeep.site.mail import absolute_url

    organization = Organization.objects.filter(slug=slug).first() if slug else None
    if slug and organization is None:
        raise UserInputError(f"There is no organization '{slug}'.")
    _, token = create_invitation(actor=CONSOLE, email=email, role=role, organization=organization)
    if send and email:
        to = organization.slug if organization else "a server"
        was_sent = mail_invitation(token, email, by="An Admin", to=to)
        click.echo(
            f"mailed to {email}" if was_sent else "not mailed: this server sends no mail now"
        )
    click.echo("It works once, for seven days, and is shown this once:")
    click.echo(absolute_url(invitation_path(token)))


@user.command("allow")
@click.argument("username")
@click.argument("permission", type=click.Choice(["queries", "python"]))
def allow(username: str, permission: str) -> None:
    """Let somebody send queries, or Python where the server takes it."""
    give(username, permission, is_given=True)
    click.echo(f"{username} may send {permission}")


@user.command("forbid")
@click.argument("username")
@click.argument("permission", type=click.Choice(["queries", "python"]))
def forbid(username: str, permission: str) -> None:
    """Take that permission away."""
    give(username, permission, is_given=False)
    click.echo(f"{username} may no longer send {permission}")


def give(username: str, permission: str, *, is_given: bool) -> None:
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.permissions import set_permission

    set_permission(find_user(username), actor=CONSOLE, permission=permission, is_given=is_given)


@user.command("sign-out")
@click.argument("username")
def sign_out(username: str) -> None:
    """End a user's sessions, tokens and keys."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.sessions import end_everything

    end_everything(find_user(username), actor=CONSOLE)
    click.echo(f"{username} is signed out everywhere")


@click.group()
def org() -> None:
    """Make organizations and add members."""


@org.command("create")
@click.argument("slug")
@click.option("--member", multiple=True)
def create_org(slug: str, member: tuple[str, ...]) -> None:
    """Make an organization."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.organizations import add_member, create_organization

    made = create_organization(slug, actor=CONSOLE)
    for name in member:
        add_member(made, actor=CONSOLE, user=find_user(name))
    click.echo(f"made organization {slug}")


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

    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise UserInputError(f"There is no organization '{slug}'.")
    for name in member:
        add_member(found, actor=CONSOLE, user=find_user(name), role=role)
    click.echo(f"added {', '.join(member)} to {slug}")


@org.command("remove")
@click.argument("slug")
@click.option("--member", multiple=True, required=True)
def remove(slug: str, member: tuple[str, ...]) -> None:
    """Remove members from an organization; what they saw as such is gone at once."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import Organization
    from graphkeep.accounts.operations.organizations import remove_member
    from graphkeep.graph.errors import UserInputError

    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise UserInputError(f"There is no organization '{slug}'.")
    for name in member:
        remove_member(found, actor=CONSOLE, user=find_user(name))
    click.echo(f"removed {', '.join(member)} from {slug}")


@click.group()
def key() -> None:
    """Make, list and revoke personal keys."""


@key.command("create")
@click.option("--user", "username", required=True)
@click.option("--name", default="", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="What it may do; see the account's page.")
@click.option("--days", type=int, help="How long it lives.")
@click.option("--network", "networks", multiple=True, help="Where it may be used from.")
@click.option("--server-only", is_flag=True, help="Refuse it from a web page.")
def create_one(
    username: str,
    name: str,
    scopes: tuple[str, ...],
    days: int | None,
    networks: tuple[str, ...],
    *,
    server_only: bool,
) -> None:
    """Make a personal key; the last line is ID:SECRET, shown once."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import EVERYDAY_SCOPES
    from graphkeep.accounts.operations.keys import create_key

    made, secret = create_key(
        find_user(username),
        actor=CONSOLE,
        name=name,
        scopes=scopes or EVERYDAY_SCOPES,
        days=days,
        networks=networks,
        is_server_only=server_only,
    )
    click.echo("The secret is shown this once:")
    click.echo(f"{made.key_id}:{secret}")


@key.command("list")
@click.option("--user", "username", required=True)
def list_keys(username: str) -> None:
    """Show a user's keys."""
    set_up_django()
    from graphkeep.accounts.queries import keys_of

    for one in keys_of(find_user(username)):
        click.echo(f"{one.key_id}\t{one.name}\t{one.created_at:%Y-%m-%d}")


@key.command("revoke")
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """End a key at once."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.models import PersonalKey
    from graphkeep.accounts.operations.keys import revoke_key
    from graphkeep.graph.errors import UserInputError

    found = PersonalKey.objects.filter(key_id=key_id).first()
    if found is None:
        raise UserInputError(f"There is no key '{key_id}'.")
    revoke_key(found, actor=CONSOLE)
    click.echo(f"revoked {key_id}")

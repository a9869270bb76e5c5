"""`graphkeep user`: users and service accounts from the console."""

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

    account = User.objects.filter(username=name).first()
    if account is None:
        raise UserInputError(f"There is no user '{name}'.")
    return account


@click.group()
def user() -> None:
    """Create, list and change users."""


@user.command("create")
@click.option("--username", required=True)
@click.option("--email", required=True)
@click.option("--role", type=click.Choice(["admin", "user", "inactive"]), default="user")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(username: str, email: str, role: str, password_stdin: bool) -> None:
    """Create a user; the password is read from a prompt or standard input."""
    password = read_password(password_stdin)
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import create_user

    create_user(username=username, email=email, password=password, role=role, actor=CONSOLE)
    click.echo(f"created {role} {username}")


@user.command("list")
def list_users() -> None:
    """Show every user with role and e-mail address."""
    set_up_django()
    from graphkeep.accounts.models import User

    for account in User.objects.order_by("username"):
        click.echo(f"{account.username}\t{account.role}\t{account.email}")


@user.command("import")
def import_users() -> None:
    """Create users from standard input, one `NAME` or `NAME,E-MAIL` per line."""
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
            click.echo(f"created {name}; set a password:  graphkeep user password {name}")


@user.command("role")
@click.argument("username")
@click.argument("role", type=click.Choice(["admin", "user", "inactive"]))
def change_role(username: str, role: str) -> None:
    """Change a user's role; inactive ends sessions, tokens and keys."""
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
@click.option("--owner", required=True, help="The user who is responsible for the account.")
@click.option("--days", default=365, show_default=True)
def create_service_account(name: str, owner: str, days: int) -> None:
    """Create a service account for a program: no password, only keys; it expires, and ends with its owner."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.people import create_service

    create_service(name, owner=find_user(owner), days=days, actor=CONSOLE)
    click.echo(
        f"created service account {name}; create its key:  graphkeep key create --user {name}"
    )


@user.command("invite")
@click.option("--email", default="")
@click.option("--role", type=click.Choice(["admin", "user"]), default="user")
@click.option("--org", "slug", default="", help="The organization of the new user.")
@click.option("--send", is_flag=True, help="Send the invitation by mail, if mail is enabled.")
def invite_one(email: str, role: str, slug: str, *, send: bool) -> None:
    """Create an invitation; the last line is its path, shown once."""
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
        destination = organization.slug if organization else "a server"
        was_sent = mail_invitation(token, email, by="An Admin", to=destination)
        click.echo(
            f"mailed to {email}" if was_sent else "not mailed: mail is disabled on this server"
        )
    click.echo("The invitation works once, for seven days, and is shown only once:")
    click.echo(absolute_url(invitation_path(token)))


@user.command("allow")
@click.argument("username")
@click.argument("permission", type=click.Choice(["queries", "python"]))
def allow(username: str, permission: str) -> None:
    """Permit a user to send queries, or Python where the server accepts it."""
    give(username, permission, is_given=True)
    click.echo(f"{username} may send {permission}")


@user.command("forbid")
@click.argument("username")
@click.argument("permission", type=click.Choice(["queries", "python"]))
def forbid(username: str, permission: str) -> None:
    """Remove the permission to send queries or Python."""
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

"""Portal forms that add users, service accounts, keys, invitations and organizations."""

from typing import Any

from django import forms

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import (
    EVERYDAY_SCOPES,
    Membership,
    Organization,
    User,
)
from graphkeep.accounts.operations.invitations import create_invitation, invitation_path
from graphkeep.accounts.operations.keys import create_key
from graphkeep.accounts.operations.organizations import (
    add_member,
    create_organization,
)
from graphkeep.accounts.operations.people import (
    create_everyday_account,
    create_service,
    create_user,
    set_password,
)
from graphkeep.graph.errors import UserInputError
from graphkeep.server.pages.invitation_mail import submit_invitation_mail
from graphkeep.server.portal.site import form_page, portal
from graphkeep.site.mail import absolute_url

ROLES = [("user", "User"), ("admin", "Admin"), ("inactive", "Inactive")]


class NewUser(forms.Form):
    username = forms.CharField(max_length=64, label="User name")
    email = forms.EmailField(label="E-mail")
    name = forms.CharField(max_length=150, required=False, label="Full name")
    role = forms.ChoiceField(choices=ROLES)
    password = forms.CharField(
        widget=forms.PasswordInput, help_text="They choose their own when they first sign in."
    )


class NewPassword(forms.Form):
    username = forms.CharField(max_length=64, label="User name")
    password = forms.CharField(
        widget=forms.PasswordInput, help_text="They choose their own when they next sign in."
    )


class NewService(forms.Form):
    username = forms.CharField(max_length=64, label="Name")
    owner = forms.CharField(
        max_length=64, label="Owner", help_text="The user who answers for it; it ends with them."
    )
    days = forms.IntegerField(min_value=1, max_value=3650, initial=365)


class NewKey(forms.Form):
    service = forms.CharField(max_length=64, label="Service account")
    name = forms.CharField(max_length=100, help_text="What the program is for.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in EVERYDAY_SCOPES],
        initial=["read", "upload"],
        widget=forms.CheckboxSelectMultiple,
        help_text="No more than the program needs.",
    )
    days = forms.IntegerField(min_value=1, max_value=3650, initial=90)
    networks = forms.CharField(
        required=False, help_text="Network of the program, such as 10.0.0.7/32."
    )
    is_server_only = forms.BooleanField(
        required=False, initial=True, label="For servers only: refused when a web page shows it"
    )


class NewInvitation(forms.Form):
    email = forms.EmailField(required=False, label="E-mail")
    role = forms.ChoiceField(choices=ROLES[:2])
    organization = forms.CharField(required=False, help_text="Its short name, or nothing.")
    organization_role = forms.ChoiceField(choices=Membership.Role.choices, initial="member")
    days = forms.IntegerField(min_value=1, max_value=30, initial=7)


class NewOrganization(forms.Form):
    slug = forms.CharField(max_length=64, label="Short name")
    name = forms.CharField(max_length=150, required=False)
    admin = forms.CharField(
        max_length=64, label="Its admin", help_text="The user who invites the others."
    )


class EmptyForm(forms.Form):
    """A form without fields, only a submit button."""


def find_user(username: str) -> User:
    user = User.objects.filter(username=username.strip()).first()
    if user is None:
        raise UserInputError(f"There is no user '{username}'.")
    return user


def add_user(actor: Actor, data: dict[str, Any]) -> str:
    create_user(actor=actor, must_change_password=True, **data)
    return ""


def give_password(actor: Actor, data: dict[str, Any]) -> str:
    set_password(find_user(data["username"]), actor=actor, password=data["password"])
    return f"{data['username']} has a new password; their sessions and tokens have ended."


def add_service(actor: Actor, data: dict[str, Any]) -> str:
    service = create_service(
        data["username"], owner=find_user(data["owner"]), days=data["days"], actor=actor
    )
    return f"Created {service.username}. Now create its key: People, Give a service account a key."


def add_key(actor: Actor, data: dict[str, Any]) -> str:
    service = find_user(data.pop("service"))
    if service.kind != User.Kind.SERVICE:
        raise UserInputError(f"{service.username} is a person: people make their own keys.")
    networks = data.pop("networks").replace(",", " ").split()
    key, secret = create_key(service, actor=actor, networks=networks, **data)
    return f"The key of {service.username}, shown only once: {key.key_id}:{secret}"


def add_invitation(actor: Actor, data: dict[str, Any]) -> str:
    organization = None
    if data["organization"]:
        organization = Organization.objects.filter(
            slug=data["organization"], is_personal=False
        ).first()
        if organization is None:
            raise UserInputError(f"There is no organization '{data['organization']}'.")
    _, token = create_invitation(actor=actor, **{**data, "organization": organization})
    if data["email"]:
        target = organization.slug if organization else "this server"
        submit_invitation_mail(token, data["email"], sender=str(actor), target=target)
    return (
        "Send this link to the person you invite; it is shown only once: "
        f"{absolute_url(invitation_path(token))}"
    )


def add_organization(actor: Actor, data: dict[str, Any]) -> str:
    first_admin = find_user(data["admin"])
    organization = create_organization(data["slug"], actor=actor, name=data["name"])
    add_member(organization, actor=actor, user=first_admin, role=Membership.Role.ADMIN)
    return ""


def add_everyday_account(actor: Actor, data: dict[str, Any]) -> str:
    account, password = create_everyday_account(actor=actor)
    return (
        f"Your everyday account is {account.username}. Its first password, shown only once: {password} "
        "You choose another one when you first sign in with it."
    )


portal.page(
    "People",
    "Add a user",
    "users/add/",
    form_page("Add a user", NewUser, add_user, after="/admin-portal/accounts/user/"),
)
portal.page(
    "People",
    "Invite a user",
    "invite/",
    form_page("Invite a user", NewInvitation, add_invitation),
)
portal.page(
    "People",
    "Give a new password",
    "users/password/",
    form_page("Give a new password", NewPassword, give_password),
)
portal.page(
    "People",
    "Add a service account",
    "services/add/",
    form_page(
        "Add a service account",
        NewService,
        add_service,
        hint="For a program: no password and no browser session, only API keys, so that no account is shared.",
    ),
)
portal.page(
    "People",
    "Give a service account a key",
    "services/key/",
    form_page("Give a service account a key", NewKey, add_key),
)
portal.page(
    "People",
    "Add an organization",
    "organizations/add/",
    form_page(
        "Add an organization",
        NewOrganization,
        add_organization,
        after="/admin-portal/accounts/organization/",
    ),
)
portal.page(
    "People",
    "Create my everyday account",
    "everyday/",
    form_page(
        "Create my everyday account",
        EmptyForm,
        add_everyday_account,
        hint="An account of yours without an Admin's power, for looking at graphs and uploading.",
    ),
)

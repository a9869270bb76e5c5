"""Create, mail, use and withdraw invitations."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit, rate_limit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer, may_manage_organization
from graphkeep.accounts.credentials.secret_hash import hash_secret
from graphkeep.accounts.models import Invitation, Membership, Organization, User
from graphkeep.accounts.operations.people import checked_email, make_user
from graphkeep.accounts.queries import verified_email
from graphkeep.accounts.rate_limit import RateLimit
from graphkeep.graph.errors import NotAllowedError, NotFoundError, UserInputError
from graphkeep.site.mail import Mail, absolute_url, send_mail

DEFAULT_DAYS = 7


@transaction.atomic
def create_invitation(
    *,
    actor: Actor,
    email: str = "",
    role: str = User.Role.USER,
    organization: Organization | None = None,
    organization_role: str = Membership.Role.MEMBER,
    days: int = DEFAULT_DAYS,
) -> tuple[Invitation, str]:
    """Create an invitation; the invitation and its token, which cannot be read again.

    Raises:
        NotAllowedError: only an Admin invites to the server, and an organization's admin to it.
        UserInputError: the e-mail, a role or the number of days is not valid.
        RateLimitedError: the actor has sent as many invitations today as one person may.
    """
    if organization is None:
        authorize(may_administer, actor, None)
    else:
        authorize(may_manage_organization, actor, organization)
        if role != User.Role.USER:
            authorize(may_administer, actor, None)
    email = checked_email(email)
    if role not in User.Role.values or role == User.Role.INACTIVE:
        raise UserInputError("An invitation is for an Admin or a User.")
    if organization_role not in Membership.Role.values:
        raise UserInputError("A member of an organization is an admin or a member.")
    if not 1 <= days <= 30:
        raise UserInputError("An invitation lives 1 to 30 days.")
    if email:
        count_invitations(1, actor=actor)
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        token_hash=hash_secret(token),
        email=email,
        role=role,
        organization=organization,
        organization_role=organization_role,
        invited_by=actor.user,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record("invitation.made", actor=actor, target=invitation, email=email, role=role)
    return invitation, token


def count_invitations(count: int, *, actor: Actor) -> None:
    """Count invitations of a person, to graphs, organizations and the server together.

    Raises:
        RateLimitedError: they are more than INVITATIONS_PER_USER_DAY within a day.
    """
    if actor.user is None or not count:
        return
    limit = RateLimit(
        name="invitations",
        max_hits=settings.INVITATIONS_PER_USER_DAY,
        window=timedelta(days=1),
        message="You have sent as many invitations as one person may in a day. Try again in {wait}.",
    )
    rate_limit.hit(limit, str(actor.user.pk), amount=count)


def invitation_path(token: str) -> str:
    return f"/accounts/invitation/{token}/"


def mail_invitation(token: str, email: str, *, by: str, to: str) -> bool:
    """Mail an invitation; whether the mail server accepted it."""
    mail = Mail(
        subject=f"{by} invites you to {to}",
        lines=[f"{by} invites you to {to} on Graphkeep.", "The invitation can be used once."],
        link=absolute_url(invitation_path(token)),
        link_text="Accept the invitation",
    )
    return send_mail(mail, email)


def open_invitation(token: str) -> Invitation:
    """The open invitation of a token.

    Raises:
        NotFoundError: there is none, or it was used, withdrawn or has expired; all errors are the same.
    """
    invitations = Invitation.objects.select_related("organization", "invited_by")
    invitation = invitations.filter(token_hash=hash_secret(token)).first()
    if invitation is None or not invitation.is_open or not inviter_may_still_invite(invitation):
        raise NotFoundError
    return invitation


def inviter_may_still_invite(invitation: Invitation) -> bool:
    """Whether the inviter still has the permission to send this invitation."""
    inviter = invitation.invited_by
    if inviter is None:
        return True
    if not inviter.is_active_now:
        return False
    if inviter.role == User.Role.ADMIN:
        return True
    organization = invitation.organization
    return (
        organization is not None
        and organization.memberships.filter(user=inviter, role=Membership.Role.ADMIN).exists()
    )


def use_invitation(token: str) -> Invitation:
    """Mark an invitation as used, atomically: of two concurrent requests one succeeds."""
    invitation = open_invitation(token)
    updated = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(
        used_at=timezone.now()
    )
    if not updated:
        raise NotFoundError
    return invitation


@transaction.atomic
def register_invited(
    token: str, *, username: str, email: str, password: str, name: str = ""
) -> User:
    """Create the account of an invited person and use their invitation, in one transaction.

    Raises:
        NotFoundError: the invitation is not open.
        UserInputError: the name is taken or not valid, or the password is too weak.
    """
    invitation = use_invitation(token)
    user = make_user(
        username=username,
        email=invitation.email or email,
        password=password,
        name=name,
        role=invitation.role,
    )
    if invitation.email:
        user.email_verified = True
        user.save(update_fields=["email_verified"])
    join_organization(invitation, user)
    audit.record(
        "invitation.used",
        actor=Actor(user=user, credential_kind="none"),
        target=invitation,
        user=user.username,
    )
    return user


@transaction.atomic
def accept_invitation(token: str, *, actor: Actor) -> Organization:
    """Accept an invitation with an existing account, which joins the organization."""
    user = actor.user
    if user is None:
        raise NotAllowedError("Sign in first.")
    invitation = use_invitation(token)
    if invitation.organization is None:
        raise UserInputError("You have an account already.")
    if invitation.email and invitation.email.lower() != verified_email(user):
        raise NotAllowedError("This invitation is for another e-mail address.")
    join_organization(invitation, user)
    audit.record("invitation.used", actor=actor, target=invitation, user=user.username)
    return invitation.organization


def join_organization(invitation: Invitation, user: User) -> None:
    """Make the user a member of the invitation's organization, if it has one."""
    if invitation.organization is not None:
        Membership.objects.get_or_create(
            user=user,
            organization=invitation.organization,
            defaults={"role": invitation.organization_role},
        )


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Revoke an open invitation.

    Raises:
        NotAllowedError: the actor is no Admin and does not manage its organization.
    """
    if invitation.organization is None:
        authorize(may_administer, actor, invitation)
    else:
        authorize(may_manage_organization, actor, invitation.organization)
    if invitation.is_open:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record("invitation.withdrawn", actor=actor, target=invitation)

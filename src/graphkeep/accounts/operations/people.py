"""Register and create users, change their role and password."""

import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor, system_actor
from graphkeep.accounts.authorize import authorize, may_administer, may_manage_own_or_administer
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import RESERVED, SLUG, Instance, Membership, Name, Organization, User
from graphkeep.accounts.operations.bootstrap import check_bootstrap
from graphkeep.accounts.operations.sessions import end_credentials
from graphkeep.graph.errors import NotAllowedError, UserInputError
from graphkeep.site.runtime_settings import runtime_setting

MAX_EMAIL_LENGTH = 254  # of RFC 5321, and of the database's columns


class RegistrationClosedError(NotAllowedError):
    def __init__(self) -> None:
        super().__init__("Registration is by invitation only: ask an Admin of this server.")


def register_user(
    *, username: str, email: str, password: str, name: str = "", code: str = ""
) -> User:
    """Sign up. The first account becomes Admin and closes registration in the same transaction.

    Raises:
        RegistrationClosedError: the server is claimed, and sign-up was not opened.
        CodeNeededError: the first account needs the code from the console.
        UserInputError: the name is taken or not a name, or the password is too weak.
    """
    actor = system_actor("registration")
    get_instance()
    with transaction.atomic():
        # The row lock lets exactly one of many first registrations find the server unclaimed;
        # SQLite's IMMEDIATE transactions do the same.
        row = Instance.objects.select_for_update().get(pk=1)
        is_first = not row.is_claimed
        if is_first:
            check_bootstrap(row, code)
        elif not runtime_setting("IS_SIGNUPS_OPEN_AFTER_FIRST"):
            raise RegistrationClosedError
        user = make_user(
            username=username,
            email=email,
            password=password,
            name=name,
            role=User.Role.ADMIN if is_first else User.Role.USER,
        )
        if is_first:  # the first Admin's address needs no other confirmation
            user.email_verified = True
            user.save(update_fields=["email_verified"])
        row.is_claimed = True
        row.save(update_fields=["is_claimed", "code_hash", "open_until"])
        audit.record("user.registered", actor=actor, target=user, role=user.role)
    return user


def create_user(
    *,
    username: str,
    email: str,
    password: str,
    role: str = User.Role.USER,
    name: str = "",
    must_change_password: bool = False,
    is_initial: bool = False,
    actor: Actor,
) -> User:
    """`is_initial`: the password is a machine's instance id, valid only for the administrator's first sign-in."""
    authorize(may_administer, actor, None)
    get_instance()
    with transaction.atomic():
        row = Instance.objects.select_for_update().get(pk=1)
        user = make_user(
            username=username,
            email=email,
            password=None if is_initial else password,
            name=name,
            role=role,
        )
        if is_initial:
            user.set_password(password)
            user.save(update_fields=["password"])
        user.email_verified = bool(email)
        user.must_change_password = must_change_password
        user.password_given_at = timezone.now() if must_change_password else None
        user.save(update_fields=["email_verified", "must_change_password", "password_given_at"])
        if role == User.Role.ADMIN and not row.is_claimed:
            row.is_claimed = True
            row.save(update_fields=["is_claimed"])
        audit.record("user.created", actor=actor, target=user, role=role)
    return user


def checked_email(text: str) -> str:
    """An e-mail address without surrounding spaces, or an empty string.

    Raises:
        UserInputError: it is not a valid address.
    """
    email = text.strip()
    try:
        if email:
            MaxLengthValidator(MAX_EMAIL_LENGTH)(email)
            validate_email(email)
    except ValidationError as error:
        raise UserInputError(f"'{email[:MAX_EMAIL_LENGTH]}' is not an e-mail address.") from error
    return email


@transaction.atomic
def create_service(username: str, *, owner: User, days: int, actor: Actor) -> User:
    """Create a service account: no password and no browser, only keys; it expires, and ends with its owner."""
    authorize(may_administer, actor, None)
    if not 1 <= days <= 3650:
        raise UserInputError("A service account lives 1 to 3650 days.")
    if owner.kind != User.Kind.PERSON or not owner.is_active_now:
        raise UserInputError("A person answers for a service account.")
    user = make_user(username=username, email="", password=None, name="", role=User.Role.USER)
    user.kind, user.owner = User.Kind.SERVICE, owner
    user.ends_at = timezone.now() + timedelta(days=days)
    user.save(update_fields=["kind", "owner", "ends_at"])
    audit.record("service.created", actor=actor, target=user, owner=owner.username, days=days)
    return user


@transaction.atomic
def create_everyday_account(*, actor: Actor) -> tuple[User, str]:
    """Create an Admin's second account, for work that needs no Admin; its first password is shown once."""
    authorize(may_administer, actor, None)
    admin = actor.user
    if admin is None:
        raise UserInputError("An everyday account belongs to an Admin who is signed in.")
    password = secrets.token_urlsafe(15)
    user = create_user(
        username=f"{admin.username}.everyday",
        email="",
        password=password,
        name=admin.name,
        must_change_password=True,
        actor=actor,
    )
    for membership in admin.memberships.filter(organization__is_personal=False):
        Membership.objects.create(user=user, organization=membership.organization)
    return user, password


def make_user(*, username: str, email: str, password: str | None, name: str, role: str) -> User:
    """Create a user with their personal organization; the caller checks permissions and writes the audit log.

    Raises:
        UserInputError: the name is taken, reserved or not valid, or the password is too weak.
    """
    username = username.strip()
    user = User(username=username, email=checked_email(email), name=name.strip())
    user.set_role_flags(role)
    try:
        SLUG(username)
        if username in RESERVED:
            raise ValidationError(f"The name '{username}' is reserved.")
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise UserInputError(" ".join(error.messages)) from error
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    try:
        with transaction.atomic():
            Name.objects.create(slug=username)
    except IntegrityError as error:
        raise UserInputError(f"The name '{username}' is taken.") from error
    user.save()
    personal = Organization.objects.create(slug=username, name=name or username, is_personal=True)
    Membership.objects.create(user=user, organization=personal, role=Membership.Role.ADMIN)
    return user


@transaction.atomic
def set_role(user: User, *, actor: Actor, role: str) -> None:
    """Change what a user may do; an inactive one loses sessions, tokens and keys at once.

    Raises:
        UserInputError: the last active Admin would be gone.
    """
    authorize(may_administer, actor, user)
    # Locking every Admin keeps two demotions from passing each other.
    admins = list(User.objects.select_for_update().filter(role=User.Role.ADMIN))
    if role != User.Role.ADMIN and [admin.pk for admin in admins] == [user.pk]:
        raise UserInputError("This is the last Admin; make another one first.")
    if role not in User.Role.values:
        raise UserInputError(f"A role is one of {', '.join(User.Role.values)}.")
    if role == User.Role.ADMIN and user.kind == User.Kind.SERVICE:
        raise UserInputError("A service account is never an Admin.")
    former_role = user.role
    user.set_role_flags(role)
    user.save(update_fields=["role", "is_superuser", "is_staff", "is_active"])
    if role != User.Role.ADMIN:
        # A demoted Admin's open pages and tokens end too.
        end_credentials(user)
    audit.record("user.role-changed", actor=actor, target=user, former=former_role, role=role)


@transaction.atomic
def set_password(user: User, *, actor: Actor, password: str) -> None:
    """Set a password and end the user's sessions and tokens; a password set by another user must be changed.

    Raises:
        NotAllowedError: it is not the actor's own account, and the actor is no Admin.
        UserInputError: the password is too weak.
    """
    authorize(may_manage_own_or_administer, actor, user)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise UserInputError(" ".join(error.messages)) from error
    user.set_password(password)
    user.must_change_password = actor.user != user and not actor.is_console_or_system
    user.password_given_at = timezone.now() if user.must_change_password else None
    user.save(update_fields=["password", "must_change_password", "password_given_at"])
    end_credentials(user)
    audit.record("user.password-changed", actor=actor, target=user)


def set_own_password(user: User, password: str, *, session_id: str) -> None:
    """Set a password that its user chose; the session of the change stays signed in."""
    user.set_password(password)
    user.must_change_password, user.password_given_at = False, None
    user.save(update_fields=["password", "must_change_password", "password_given_at"])
    end_credentials(user, keep_session=session_id)

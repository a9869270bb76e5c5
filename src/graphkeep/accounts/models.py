"""Who there is: users, organizations, their credentials, and the trail of what they did."""

import secrets
import string
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

SLUG = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z",
    "Use 1 to 64 lower-case letters, digits, dots, dashes and underscores; begin and end with a "
    "letter or a digit.",
)
# What a credential can be narrowed to; `admin` is never given unasked.
SCOPES = {
    "read": "See the graphs and files that you can see",
    "upload": "Send files and make graphs",
    "edit": "Change and delete graphs and files",
    "share": "Change who can see a graph, make links and embed tokens",
    "account": "Manage your own keys and organizations",
    "admin": "Act as an Admin of this server",
}
EVERYDAY_SCOPES = ("read", "upload", "edit", "share")
RESERVED = {
    "admin-portal",
    "organizations",
    "users",
    "embed",
    "share",
    "api",
    "accounts",
    "graph",
    "datasets",
    "static",
    "docs",
    "system",
    "g",
    "o",
}


def new_key_id() -> str:
    alphabet = string.ascii_uppercase + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(10))


def new_instance_id() -> str:
    return secrets.token_hex(32)


def new_public_id() -> str:
    return secrets.token_hex(8)


def everyday_scopes() -> list[str]:
    return list(EVERYDAY_SCOPES)


class Name(models.Model):
    """User names and organization slugs share one namespace, so nobody signs up as `acme`."""

    slug = models.CharField(max_length=64, primary_key=True, validators=[SLUG])

    def __str__(self) -> str:
        return self.slug


class User(AbstractUser):
    class Role(models.TextChoices):
        ADMIN = "admin"
        USER = "user"
        INACTIVE = "inactive"

    class Kind(models.TextChoices):
        PERSON = "person"
        SERVICE = "service"

    first_name = None  # type: ignore[assignment]  # one name is enough
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150, blank=True)
    username = models.CharField(max_length=64, unique=True, validators=[SLUG])
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.USER)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    owner = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="services",
        db_column="guardian_id",
        help_text="The person who answers for a service account; it ends with them.",
    )
    ends_at = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    password_given_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody else chose it; such a password ends soon."
    )
    email_verified = models.BooleanField(
        default=False,
        db_column="has_proven_email",
        help_text="An Admin set or confirmed it, or a mail to it was answered; only then it identifies them.",
    )
    may_query = models.BooleanField(default=True, help_text="Send graph queries.")
    may_run_python = models.BooleanField(
        default=False,
        help_text="Send Python, where the server lets anybody: ENABLE_PYTHON_ENDPOINT.",
    )
    token_epoch = models.PositiveIntegerField(default=0)
    active_organization = models.ForeignKey(
        "accounts.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar[UserManager["User"]] = UserManager()  # type: ignore[assignment]
    REQUIRED_FIELDS = ["email"]

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="role_and_flags_agree",
                condition=models.Q(role="admin", is_superuser=True, is_staff=True, is_active=True)
                | models.Q(role="user", is_superuser=False, is_staff=False, is_active=True)
                | models.Q(role="inactive", is_superuser=False, is_staff=False, is_active=False),
            )
        ]

    def set_role_flags(self, role: str) -> None:
        self.role = role
        self.is_superuser = self.is_staff = role == self.Role.ADMIN
        self.is_active = role != self.Role.INACTIVE

    @property
    def is_active_now(self) -> bool:
        """Whether this account may be used now; asked with every credential."""
        if not self.is_active or (self.ends_at is not None and self.ends_at <= timezone.now()):
            return False
        return self.owner is None or self.owner.is_active_now


class BrowserSession(AbstractBaseSession):
    """A browser that is signed in. To revoke it is to delete its row."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    public_id = models.CharField(max_length=16, default=new_public_id, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"session {self.public_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class Organization(models.Model):
    slug = models.CharField(max_length=64, unique=True, validators=[SLUG])
    name = models.CharField(max_length=150, blank=True)
    is_personal = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    members = models.ManyToManyField(User, through="Membership", related_name="organizations")

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    class Role(models.TextChoices):
        ADMIN = "admin"
        MEMBER = "member"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}"


class PersonalKey(models.Model):
    """A key signs in for its user; its secret is kept as a hash and shown once."""

    key_id = models.CharField(max_length=16, unique=True, default=new_key_id)
    secret_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100, blank=True)
    scopes = models.JSONField(default=everyday_scopes)
    networks = models.JSONField(
        default=list, help_text="Where it may be used from; empty: anywhere."
    )
    is_server_only = models.BooleanField(default=False, help_text="Refused from a web page.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key_id


class Instance(models.Model):
    """One row: the random id of this database, mixed into every token key, and whether it is claimed."""

    instance_id = models.CharField(max_length=64, default=new_instance_id)
    is_claimed = models.BooleanField(default=False)
    open_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then the first sign-up needs no code."
    )
    code_hash = models.CharField(max_length=64, blank=True)
    rights_version = models.PositiveBigIntegerField(
        default=0, help_text="Grows with each deed that takes a right away."
    )
    key_check = models.CharField(
        max_length=200,
        blank=True,
        db_column="sentinel",
        help_text="A known text, encrypted by the encryption key; checked at start.",
    )

    def __str__(self) -> str:
        return "claimed" if self.is_claimed else "unclaimed"


class Invitation(models.Model):
    """A way in for one person, once; its token is kept as a hash and shown once."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=User.Role.choices, default=User.Role.USER)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    organization_role = models.CharField(
        max_length=10, choices=Membership.Role.choices, default=Membership.Role.MEMBER
    )
    invited_by = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="invitations"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email or f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class RateLimitCounter(models.Model):
    """The hits of one subject of one rate limit in its current window."""

    key = models.CharField(max_length=64, primary_key=True, db_column="name_hash")
    hits = models.PositiveIntegerField(default=0, db_column="count")
    started_at = models.DateTimeField(default=timezone.now, db_column="window_started_at")

    class Meta:
        db_table = "accounts_signinfailures"  # its name from when it counted sign-ins only

    def __str__(self) -> str:
        return f"{self.hits} hits"


class Usage(models.Model):
    """What the server sent to one person in a day, and to other machines on their behalf."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="usage")
    day = models.DateField()
    sent_bytes = models.BigIntegerField(default=0)
    out_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="usage_of_a_day")]

    def __str__(self) -> str:
        return f"{self.user} on {self.day}"


class AppendOnlyError(Exception):
    pass


class AuditEvent(models.Model):
    """An entry of the audit log: what was done, by whom, to what, from where. Append-only."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    event = models.CharField(max_length=100, db_index=True)
    actor = models.CharField(max_length=100)
    credential = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=200, blank=True, db_index=True)
    address = models.CharField(max_length=45, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "accounts_auditline"  # its former name
        verbose_name = "audit event"

    def __str__(self) -> str:
        return f"{self.event} by {self.actor}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("an audit event is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("an audit event is never deleted")

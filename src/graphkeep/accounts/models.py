"""Who there is: users, organizations, their credentials, and the trail of what they did."""

import secrets
import string
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

SLUG = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z",
    "Use 1 to 64 lower-case letters, digits, dots, dashes and underscores; begin and end with a "
    "letter or a digit.",
)
RESERVED = {
    "admin-portal",
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

    first_name = None  # type: ignore[assignment]  # one name is enough
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150, blank=True)
    username = models.CharField(max_length=64, unique=True, validators=[SLUG])
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.USER)
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

    def take_role(self, role: str) -> None:
        self.role = role
        self.is_superuser = self.is_staff = role == self.Role.ADMIN
        self.is_active = role != self.Role.INACTIVE


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
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key_id


class Instance(models.Model):
    """One row: the random id of this database, mixed into every token key, and whether it is claimed."""

    instance_id = models.CharField(max_length=64, default=new_instance_id)
    is_claimed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "claimed" if self.is_claimed else "unclaimed"


class SignInFailures(models.Model):
    """Failed sign-ins for one name, counted in a window."""

    name_hash = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    window_started_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.count} failures"


class AppendOnlyError(Exception):
    pass


class AuditLine(models.Model):
    """What was done, by whom, to what. Lines are added and never changed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    event = models.CharField(max_length=100, db_index=True)
    actor = models.CharField(max_length=100)
    credential = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.event} by {self.actor}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("an audit line is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("an audit line is never deleted")

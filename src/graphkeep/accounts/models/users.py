"""Users, and the namespace that they share with organizations."""

from typing import ClassVar

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
        null=True,
        blank=True,
        help_text="When an initial password was set by another user; it expires soon.",
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
        """Whether this account may be used now; checked with every credential."""
        if not self.is_active or (self.ends_at is not None and self.ends_at <= timezone.now()):
            return False
        return self.owner is None or self.owner.is_active_now

"""Connectors, their credentials, who may use them, and the queries that were run."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from graphkeep.accounts.models import Organization, User
from graphkeep.connectors.bridge.models import BridgeSlot
from graphkeep.datasets.models import File

__all__ = ["BridgeSlot", "Connector", "ConnectorGrant", "ConnectorSecret", "QueryRun", "UsedNonce"]


def new_id() -> str:
    return secrets.token_hex(16)


class Connector(models.Model):
    """A source with its settings, policy and limits; of an organization, or of the site without one.

    `policy`: `allowed` (names by restriction), `max_time_range_s`, `max_marking`.
    `limits`: `max_rows`, `max_bytes`, `max_seconds`, `parallel`, `parallel_per_person`, `per_minute`, `per_day`.
    Absent keys are the defaults of `policy.py` and `limits.py`.
    """

    class Origin(models.TextChoices):
        MANAGED = "managed"
        CONFIGURATION = "configuration"

    connector_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="connectors"
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=60)
    settings = models.JSONField(default=dict)
    policy = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)
    is_enabled = models.BooleanField(default=True)
    origin = models.CharField(max_length=15, choices=Origin.choices, default=Origin.MANAGED)
    slot = models.CharField(
        max_length=100,
        blank=True,
        db_index=True,
        help_text="Of the data bridge that runs its queries; empty: this server does.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_stage = models.CharField(
        max_length=20, blank=True, help_text="At which the last check failed; empty: it passed."
    )
    check_message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(organization__isnull=False),
                name="one_connector_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(organization__isnull=True),
                name="one_site_connector_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def component(self) -> str:
        """Its name at the egress gateway."""
        return f"connector:{self.connector_id}"

    @property
    def is_managed(self) -> bool:
        return self.origin == self.Origin.MANAGED


class ConnectorSecret(models.Model):
    """A credential of a connector, encrypted; of one user (a personal token), or of all without one."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="secrets")
    field = models.CharField(max_length=60)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="connector_tokens"
    )
    ciphertext = models.TextField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connector", "field", "user"],
                condition=Q(user__isnull=False),
                name="one_token_of_a_user",
            ),
            models.UniqueConstraint(
                fields=["connector", "field"],
                condition=Q(user__isnull=True),
                name="one_secret_of_a_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connector_id}: {self.field}"


class ConnectorGrant(models.Model):
    """What a user, or each member of an organization, may do with a connector; a right includes the lower ones."""

    class Right(models.TextChoices):
        USE = "use"
        ASK = "ask"
        MANAGE = "manage"

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="connector_grants"
    )
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="connector_grants",
    )
    right = models.CharField(max_length=10, choices=Right.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="grant_to_a_user_or_an_organization",
            ),
            models.UniqueConstraint(
                fields=["connector", "user"],
                condition=Q(user__isnull=False),
                name="one_grant_to_a_user",
            ),
            models.UniqueConstraint(
                fields=["connector", "organization"],
                condition=Q(organization__isnull=False),
                name="one_grant_to_an_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connector_id}: {self.right}"


class QueryRun(models.Model):
    """A query to a connector: who asked, how it ended, and its result.

    `asked` and `sent` are encrypted texts: the request as JSON, and what the policy check printed for the source.
    The rows are in the graph store under `run_id`.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"
        INTERRUPTED = "interrupted"

    ACTIVE = (State.QUEUED, State.RUNNING)

    run_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    connector = models.ForeignKey(
        Connector, null=True, on_delete=models.SET_NULL, related_name="runs"
    )
    connector_name = models.CharField(max_length=100)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="query_runs"
    )
    language = models.CharField(max_length=40)
    asked = models.TextField()
    sent = models.TextField()
    sent_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=20, blank=True, help_text="At which it failed.")
    message = models.CharField(max_length=500, blank=True)
    row_count = models.PositiveBigIntegerField(default=0)
    bytes_count = models.PositiveBigIntegerField(default=0)
    total_rows = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="At the source, where it tells."
    )
    is_cut = models.BooleanField(default=False, help_text="There is more than a limit allowed.")
    cancel_requested = models.BooleanField(default=False)
    right = models.CharField(
        max_length=10,
        choices=ConnectorGrant.Right.choices,
        default=ConnectorGrant.Right.ASK,
        help_text="That the query needs.",
    )
    owner = models.CharField(
        max_length=32, blank=True, help_text="Of the attempt that may record what becomes of it."
    )
    bridge_instance = models.CharField(
        max_length=100, blank=True, help_text="The bridge that was asked, which has the answer."
    )
    has_result = models.BooleanField(default=False)
    file = models.ForeignKey(
        File, null=True, blank=True, on_delete=models.SET_NULL, related_name="query_runs"
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["connector", "state"], name="query_run_of_connector"),
            models.Index(fields=["user", "-created_at"], name="query_run_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.connector_name}: {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state not in self.ACTIVE


class UsedNonce(models.Model):
    """A nonce of a signed request, remembered until its time stamp is no longer accepted."""

    nonce_hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce_hash[:8]

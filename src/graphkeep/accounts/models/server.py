"""Server-wide models: the instance id, rate limit counters, usage by day."""

import secrets

from django.db import models
from django.utils import timezone

from graphkeep.accounts.models.users import User


def new_instance_id() -> str:
    return secrets.token_hex(32)


class Instance(models.Model):
    """One row: the random id of this database, mixed into every token key, and whether it is claimed."""

    instance_id = models.CharField(max_length=64, default=new_instance_id)
    is_claimed = models.BooleanField(default=False)
    open_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then the first sign-up needs no code."
    )
    code_hash = models.CharField(max_length=64, blank=True)
    rights_version = models.PositiveBigIntegerField(
        default=0, help_text="Incremented whenever access rights are revoked."
    )
    key_check = models.CharField(
        max_length=200,
        blank=True,
        db_column="sentinel",
        help_text="A known text, encrypted by the encryption key; checked at start.",
    )

    def __str__(self) -> str:
        return "claimed" if self.is_claimed else "unclaimed"


class RateLimitCounter(models.Model):
    """The hits of one subject of one rate limit in its current window."""

    key = models.CharField(max_length=64, primary_key=True, db_column="name_hash")
    hits = models.PositiveIntegerField(default=0, db_column="count")
    started_at = models.DateTimeField(default=timezone.now, db_column="window_started_at")

    class Meta:
        db_table = "accounts_signinfailures"  # its former name, when it counted sign-ins only

    def __str__(self) -> str:
        return f"{self.hits} hits"


class Usage(models.Model):
    """Bytes sent to one person in a day, and to other machines on their behalf."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="usage")
    day = models.DateField()
    sent_bytes = models.BigIntegerField(default=0)
    out_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="usage_of_a_day")]

    def __str__(self) -> str:
        return f"{self.user} on {self.day}"

"""The audit log: append-only."""

from typing import Any

from django.db import models
from django.utils import timezone


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

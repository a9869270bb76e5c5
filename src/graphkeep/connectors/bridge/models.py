"""Slots of data bridges."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

ALIVE_FOR = timedelta(seconds=9)


class BridgeSlot(models.Model):
    """A slot that one bridge may hold: the encrypted keys of both sides, and the bridge that held it last.

    Slots of the configuration have no keys here. The state is what the last heartbeat says, never a stored flag.
    """

    slot = models.CharField(max_length=63, unique=True)
    server_key = models.TextField(blank=True)
    proxy_key = models.TextField(blank=True)
    paired_at = models.DateTimeField(default=timezone.now, help_text="When its keys were made.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    session_id = models.CharField(max_length=32, blank=True)
    instance = models.CharField(
        max_length=100, blank=True, help_text="Of the bridge that holds it."
    )
    relay_name = models.CharField(max_length=16, blank=True)
    bridge_name = models.CharField(max_length=100, blank=True)
    agent = models.CharField(max_length=40, blank=True, help_text="The bridge's version.")
    address = models.GenericIPAddressField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the bridge gave it back: its keys were removed there.",
    )

    class Meta:
        app_label = "connectors"

    def __str__(self) -> str:
        return self.slot

    @property
    def is_connected(self) -> bool:
        """Whether a bridge holds it and sent a heartbeat within the last seconds."""
        return (
            bool(self.session_id)
            and self.revoked_at is None
            and self.heartbeat_at is not None
            and timezone.now() - self.heartbeat_at < ALIVE_FOR
        )

    @property
    def state(self) -> str:
        """`connected`, `revoked`, `left`, `lost` or `never connected`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.is_connected:
            return "connected"
        if self.left_at is not None:
            return "left"
        return "lost" if self.heartbeat_at is not None else "never connected"

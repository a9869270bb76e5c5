"""The registry of slots in the database, so that all processes of a server see who holds which."""

from datetime import timedelta

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import system_actor
from graphkeep.accounts.models import RateLimitCounter
from graphkeep.accounts.rate_limit import RateLimit, RateLimitedError, hit, key_of
from graphkeep.bridge.protocol.handshake import Hello, SlotKeys
from graphkeep.bridge.server.query_client import SlotHolder
from graphkeep.connectors.bridge.keys import is_slot, keys_of_slot
from graphkeep.connectors.bridge.models import ALIVE_FOR, BridgeSlot
from graphkeep.sources.databases.stages import ConnectorError

WRONG_PROOFS = RateLimit(
    name="bridge-proof",
    max_hits=30,
    window=timedelta(minutes=5),
    message="Too many wrong proofs from this address; try again in {wait}.",
)


class DatabaseRegistry:
    """Implements `SlotRegistry` of the bridge's server session."""

    async def check_rate(self, address: str) -> bool:
        return await database_sync_to_async(may_try)(address)

    async def keys_of(self, slot: str) -> SlotKeys | None:
        return await database_sync_to_async(keys_of_slot)(slot)

    async def refuse(self, hello: Hello, address: str) -> None:
        await database_sync_to_async(record_refusal)(hello, address)

    async def claim(self, hello: Hello, session_id: str, *, relay_name: str, address: str) -> bool:
        return await database_sync_to_async(claim)(hello, session_id, relay_name, address)

    async def is_held(self, slot: str, session_id: str, *, heartbeat: bool) -> bool | None:
        return await database_sync_to_async(is_held)(slot, session_id, heartbeat=heartbeat)

    async def release(self, slot: str, session_id: str, *, has_left: bool) -> None:
        await database_sync_to_async(release)(slot, session_id, has_left=has_left)


def may_try(address: str) -> bool:
    """Whether an address has had fewer wrong proofs than the rate limit allows."""
    counter = RateLimitCounter.objects.filter(
        pk=key_of(WRONG_PROOFS, address), started_at__gt=timezone.now() - WRONG_PROOFS.window
    ).first()
    return counter is None or counter.hits < WRONG_PROOFS.max_hits


def record_refusal(hello: Hello, address: str) -> None:
    """Count a wrong proof, and audit it while the rate limit allows."""
    try:
        hit(WRONG_PROOFS, address)
    except RateLimitedError:
        return
    audit.record(
        "bridge.refused",
        actor=system_actor("bridge"),
        target=f"slot {hello.slot}",
        slot=hello.slot,
        bridge=hello.name[:100],
        address=address,
    )


def claim(hello: Hello, session_id: str, relay_name: str, address: str) -> bool:
    """Take a slot that is free, whose bridge sends no heartbeats, or that the same bridge held."""
    now = timezone.now()
    with transaction.atomic():
        BridgeSlot.objects.get_or_create(slot=hello.slot)
        is_free = (
            Q(session_id="")
            | Q(instance=hello.instance)
            | Q(heartbeat_at__isnull=True)
            | Q(heartbeat_at__lt=now - ALIVE_FOR)
        )
        is_taken = BridgeSlot.objects.filter(
            is_free, slot=hello.slot, revoked_at__isnull=True
        ).update(
            session_id=session_id,
            instance=hello.instance[:100],
            relay_name=relay_name,
            bridge_name=hello.name[:100],
            agent=hello.agent[:40],
            address=address or None,
            connected_at=now,
            heartbeat_at=now,
            left_at=None,
        )
        if is_taken:
            audit.record(
                "bridge.connected",
                actor=system_actor("bridge"),
                target=f"slot {hello.slot}",
                slot=hello.slot,
                bridge=hello.name[:100],
                address=address,
            )
    return bool(is_taken)


def is_held(slot: str, session_id: str, *, heartbeat: bool) -> bool | None:
    row = BridgeSlot.objects.filter(slot=slot).values("session_id", "revoked_at").first()
    if row is None or row["revoked_at"] is not None:
        return None
    if heartbeat and row["session_id"] == session_id:
        BridgeSlot.objects.filter(slot=slot, session_id=session_id).update(
            heartbeat_at=timezone.now()
        )
    return bool(row["session_id"] == session_id)


def release(slot: str, session_id: str, *, has_left: bool) -> None:
    changes = {"session_id": "", "relay_name": "", "heartbeat_at": timezone.now()}
    if has_left:
        changes["left_at"] = timezone.now()
    with transaction.atomic():
        is_ours = BridgeSlot.objects.filter(slot=slot, session_id=session_id).update(**changes)
        if is_ours and has_left:
            audit.record(
                "bridge.left", actor=system_actor("bridge"), target=f"slot {slot}", slot=slot
            )


def find_holder(slot: str) -> SlotHolder | None:
    """The relay and the bridge that hold a slot, if a bridge does.

    Raises:
        ConnectorError: the slot was revoked, or there is none.
    """
    row = BridgeSlot.objects.filter(slot=slot).first()
    if row is not None and row.revoked_at is not None:
        raise ConnectorError(
            "permission",
            f"The bridge of the slot {slot} was revoked.",
            advice=f"Pair it again: graphkeep bridge keys {slot}",
        )
    if row is None and not is_slot(slot):
        raise ConnectorError(
            "permission",
            f"There is no slot {slot}.",
            advice=f"Make its keys: graphkeep bridge keys {slot}",
        )
    if row is None or not row.is_connected or not row.relay_name:
        return None
    return SlotHolder(relay_name=row.relay_name, instance=row.instance)

"""Pair and revoke bridges."""

from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.secret_box import encrypt
from graphkeep.bridge.protocol.handshake import SLOT, SlotKeys, new_keys
from graphkeep.connectors.bridge.keys import configured_slots
from graphkeep.connectors.bridge.models import BridgeSlot
from graphkeep.graph.errors import NotAllowedError, NotFoundError, UserInputError

SLOT_RULE = "A slot is named by a small letter, then small letters, digits and '-'."


def pair_slot(slot: str, *, actor: Actor) -> SlotKeys:
    """New keys for a slot, which is created if it is missing; former keys stop working within a second.

    The keys are shown this once: the database has them encrypted.

    Raises:
        NotAllowedError: the actor is no Admin.
        UserInputError: the name is not valid, or the configuration sets this slot's keys.
    """
    require_admin(actor)
    if not SLOT.fullmatch(slot):
        raise UserInputError(SLOT_RULE)
    if slot in configured_slots():
        prefix = slot.upper().replace("-", "_")
        raise UserInputError(f"The configuration sets the keys of this slot: {prefix}_SERVER_KEY.")
    keys = new_keys()
    with transaction.atomic():
        row, _ = BridgeSlot.objects.update_or_create(
            slot=slot,
            defaults={
                "server_key": encrypt(keys.server_key),
                "proxy_key": encrypt(keys.proxy_key),
                "paired_at": timezone.now(),
                "revoked_at": None,
                "left_at": None,
                "session_id": "",
                "relay_name": "",
            },
        )
        audit.record("bridge.paired", actor=actor, target=row, slot=slot)
    return keys


def revoke_slot(slot: str, *, actor: Actor) -> None:
    """End a slot: its bridge is disconnected within a second, and its keys are deleted.

    Raises:
        NotAllowedError: the actor is no Admin.
        NotFoundError: there is no such slot.
    """
    require_admin(actor)
    with transaction.atomic():
        row = BridgeSlot.objects.select_for_update().filter(slot=slot).first()
        if row is None and slot in configured_slots():
            row = BridgeSlot.objects.create(slot=slot)
        if row is None or row.revoked_at is not None:
            raise NotFoundError(f"There is no slot '{slot}'.")
        row.revoked_at = timezone.now()
        row.server_key = row.proxy_key = row.session_id = row.relay_name = ""
        row.save()
        audit.record("bridge.revoked", actor=actor, target=row, slot=slot)


def require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowedError("Only Admins pair and revoke bridges.")


def slots_of_server() -> list[BridgeSlot]:
    """All slots by name; those of the configuration also before a bridge has connected."""
    rows = {row.slot: row for row in BridgeSlot.objects.all()}
    for slot in configured_slots():
        rows.setdefault(slot, BridgeSlot(slot=slot))
    return [rows[slot] for slot in sorted(rows)]

"""Keys of slots: encrypted in the database, or set by the configuration."""

from django.conf import settings

from graphkeep.accounts.secret_box import decrypt
from graphkeep.bridge.protocol.handshake import MIN_KEY_LENGTH, SlotKeys
from graphkeep.connectors.bridge.models import BridgeSlot


def configured_slots() -> dict[str, SlotKeys]:
    """Slots whose keys the configuration sets, such as SPLUNK_SERVER_KEY and SPLUNK_PROXY_KEY; short keys are none."""
    return {
        slot: SlotKeys(server_key=server_key, proxy_key=proxy_key)
        for slot, (server_key, proxy_key) in settings.BRIDGE_SLOT_KEYS.items()
        if min(len(server_key), len(proxy_key)) >= MIN_KEY_LENGTH
    }


def keys_of_slot(slot: str) -> SlotKeys | None:
    """The keys of a slot; None if there is no such slot, or it was revoked.

    Raises:
        UnreadableSecretError: the server no longer has its encryption key.
    """
    row = BridgeSlot.objects.filter(slot=slot).first()
    if row is not None and row.revoked_at is not None:
        return None
    if row is not None and row.server_key:
        return SlotKeys(server_key=decrypt(row.server_key), proxy_key=decrypt(row.proxy_key))
    return configured_slots().get(slot)


def is_slot(slot: str) -> bool:
    """Whether bridges can hold this slot."""
    row = BridgeSlot.objects.filter(slot=slot).first()
    if row is not None and (row.revoked_at is not None or row.server_key):
        return row.revoked_at is None
    return slot in configured_slots()

"""Slots of bridges: keys are shown once and encrypted, one bridge holds a slot, Admins pair and revoke."""

import base64
import os
from datetime import timedelta

import pytest
from django.utils import timezone

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent
from graphkeep.accounts.secret_box import decrypt
from graphkeep.bridge.protocol.handshake import Hello, SlotKeys
from graphkeep.connectors.bridge import registry
from graphkeep.connectors.bridge.keys import keys_of_slot
from graphkeep.connectors.bridge.models import ALIVE_FOR, BridgeSlot
from graphkeep.connectors.bridge.operations import pair_slot, revoke_slot, slots_of_server
from graphkeep.graph.errors import NotAllowedError, NotFoundError, UserInputError
from graphkeep.sources.databases.stages import ConnectorError

pytestmark = pytest.mark.django_db
KEYS = ("s" * 32, "p" * 32)


@pytest.fixture(autouse=True)
def _encryption_key(settings):
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = base64.b64encode(os.urandom(32)).decode()


def hello(instance="a" * 32, slot="pg"):
    return Hello(
        version=1, slot=slot, host="graph.example.com", name="rack4", instance=instance, agent="1", nonce="b" * 64,
    )  # fmt: skip


def claim(session_id, instance="a" * 32):
    return registry.claim(hello(instance), session_id, "relay-" + session_id, "10.0.0.9")


def test_keys_are_encrypted_and_shown_once():
    made = pair_slot("pg", actor=CONSOLE)

    row = BridgeSlot.objects.get()
    assert (decrypt(row.server_key), decrypt(row.proxy_key)) == (made.server_key, made.proxy_key)
    assert made.server_key not in row.server_key
    assert keys_of_slot("pg") == made
    assert len({made.server_key, made.proxy_key}) == 2
    assert made.server_key not in str(AuditEvent.objects.values_list("event", "details"))


def test_new_keys_end_the_former():
    former = pair_slot("pg", actor=CONSOLE)
    claim("1")

    assert pair_slot("pg", actor=CONSOLE) != former
    assert registry.is_held("pg", "1", heartbeat=True) is False


def test_only_admins_pair_and_revoke(alice):
    for word in (pair_slot, revoke_slot):
        with pytest.raises(NotAllowedError):
            word("pg", actor=alice)
    assert not BridgeSlot.objects.exists()


@pytest.mark.parametrize("name", ["", "PG", "1pg", "p g", "../pg", "p" * 64])
def test_a_slot_has_a_plain_name(name):
    with pytest.raises(UserInputError):
        pair_slot(name, actor=CONSOLE)


def test_the_configuration_sets_keys_too(settings):
    settings.BRIDGE_SLOT_KEYS = {"splunk": KEYS, "weak": ("guess", "p" * 32)}

    assert keys_of_slot("splunk") == SlotKeys(server_key=KEYS[0], proxy_key=KEYS[1])
    assert keys_of_slot("weak") is None
    assert [row.slot for row in slots_of_server()] == ["splunk"]
    with pytest.raises(UserInputError, match="SPLUNK_SERVER_KEY"):
        pair_slot("splunk", actor=CONSOLE)


def test_a_slot_of_the_configuration_can_be_revoked(settings):
    settings.BRIDGE_SLOT_KEYS = {"splunk": KEYS}

    revoke_slot("splunk", actor=CONSOLE)

    assert keys_of_slot("splunk") is None


def test_one_bridge_holds_a_slot_and_another_waits():
    pair_slot("pg", actor=CONSOLE)

    assert claim("1")
    assert not claim("2", instance="f" * 32)
    assert registry.find_holder("pg").relay_name == "relay-1"
    assert (slots_of_server()[0].state, slots_of_server()[0].bridge_name) == ("connected", "rack4")


def test_the_same_bridge_takes_over_its_own_former_session():
    pair_slot("pg", actor=CONSOLE)
    claim("1")

    assert claim("2")
    assert [registry.is_held("pg", each, heartbeat=False) for each in ("1", "2")] == [False, True]
    registry.release("pg", "1", has_left=False)
    assert registry.find_holder("pg").relay_name == "relay-2"


def test_a_bridge_that_is_not_heard_makes_room():
    pair_slot("pg", actor=CONSOLE)
    claim("1")
    BridgeSlot.objects.update(heartbeat_at=timezone.now() - ALIVE_FOR - timedelta(seconds=1))

    assert slots_of_server()[0].state == "lost"
    assert registry.find_holder("pg") is None
    assert claim("2", instance="f" * 32)


def test_a_bridge_may_give_its_slot_back():
    pair_slot("pg", actor=CONSOLE)
    claim("1")

    registry.release("pg", "1", has_left=True)

    assert slots_of_server()[0].state == "left"
    assert AuditEvent.objects.filter(event="bridge.left").count() == 1


def test_ad25_a_revoked_slot_is_over_for_everybody():
    pair_slot("pg", actor=CONSOLE)
    claim("1")

    revoke_slot("pg", actor=CONSOLE)

    assert registry.is_held("pg", "1", heartbeat=True) is None
    assert not claim("2")
    assert keys_of_slot("pg") is None
    assert BridgeSlot.objects.get().server_key == ""
    with pytest.raises(ConnectorError, match="was revoked"):
        registry.find_holder("pg")
    with pytest.raises(NotFoundError):
        revoke_slot("pg", actor=CONSOLE)


def test_who_asks_for_a_slot_that_does_not_exist_learns_how_to_make_it():
    with pytest.raises(ConnectorError) as error:
        registry.find_holder("pg")
    assert error.value.advice == "Make its keys: graphkeep bridge keys pg"


def test_wrong_proofs_are_audited_and_rate_limited():
    for _ in range(registry.WRONG_PROOFS.max_hits + 5):
        registry.record_refusal(hello(), "10.0.0.66")

    assert not registry.may_try("10.0.0.66")
    assert registry.may_try("10.0.0.67")
    events = AuditEvent.objects.filter(event="bridge.refused")
    assert events.count() == registry.WRONG_PROOFS.max_hits
    assert events.first().details["address"] == "10.0.0.66"

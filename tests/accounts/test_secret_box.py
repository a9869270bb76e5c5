"""Stored secrets: encrypted by one key, decrypted by several, and an error that names a missing key."""

import base64
import os

import pytest
from allauth.mfa.models import Authenticator

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.tokens import get_instance, issue_token, read_token
from graphkeep.accounts.models import AuditEvent
from graphkeep.accounts.operations.reencrypt import check_keys, reencrypt_secrets
from graphkeep.accounts.secret_box import UnreadableSecretError, decrypt, encrypt, key_id, key_id_of
from tests.people import make

RAW = [os.urandom(32) for _ in range(3)]
A, B, C = (base64.b64encode(one).decode() for one in RAW)


def keys(settings, *texts):
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = ",".join(texts)


def test_sh56_a_sealed_secret_names_its_key(settings):
    keys(settings, A)
    sealed = encrypt("hello")
    assert sealed.startswith(f"gk1.{key_id(RAW[0])}.")
    assert "hello" not in sealed

    keys(settings, B, base64.urlsafe_b64encode(RAW[0]).decode())
    assert decrypt(sealed) == "hello"
    assert key_id_of(encrypt("hello")) == key_id(RAW[1])

    keys(settings, B)
    with pytest.raises(UnreadableSecretError, match=f"encrypted by the key {key_id(RAW[0])}"):
        decrypt(sealed)


def test_sh56_what_was_sealed_before_keys_had_names_still_opens(settings):
    keys(settings, B, A)
    unnamed = encrypt("old").rpartition(".")[2]

    assert decrypt(unnamed) == "old"


@pytest.mark.django_db
def test_sh56_a_wrong_key_stops_the_start_and_changes_nothing(settings):
    keys(settings, A)
    check_keys()
    key_check = get_instance().key_check

    keys(settings, B)
    with pytest.raises(UnreadableSecretError, match=key_id(RAW[0])):
        check_keys()

    assert get_instance().key_check == key_check
    keys(settings, B, A)
    check_keys()


@pytest.mark.django_db
def test_sh56_all_is_sealed_anew_and_the_former_key_is_no_longer_needed(settings):
    keys(settings, A)
    check_keys()
    alice, bob = make("alice"), make("bob")
    for user in (alice, bob):
        Authenticator.objects.create(
            user=user, type="totp", data={"secret": encrypt(user.username)}
        )
    Authenticator.objects.create(
        user=alice,
        type="recovery_codes",
        data={
            "seed": encrypt("seed"),
            "migrated_codes": [encrypt("1"), encrypt("2")],
            "used_mask": 3,
        },
    )

    keys(settings, B, A)
    assert reencrypt_secrets(actor=CONSOLE) == 5
    assert reencrypt_secrets(actor=CONSOLE) == 0
    keys(settings, B)
    check_keys()

    assert decrypt(Authenticator.objects.get(user=bob).data["secret"]) == "bob"
    codes = Authenticator.objects.get(type="recovery_codes").data
    assert (decrypt(codes["seed"]), [decrypt(one) for one in codes["migrated_codes"]]) == (
        "seed",
        ["1", "2"],
    )
    assert codes["used_mask"] == 3
    assert AuditEvent.objects.filter(event="secrets.resealed").count() == 2


@pytest.mark.django_db
def test_sh55_what_a_former_key_signed_holds_until_it_is_dropped(settings):
    alice = make("alice")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a" * 64, []
    token = issue_token(alice)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "b" * 64, ["a" * 64]
    assert read_token(token).user == alice

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidCredentialError):
        read_token(token)

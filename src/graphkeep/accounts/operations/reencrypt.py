"""Check the encryption keys at start, and re-encrypt stored secrets after a key rotation."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.encrypted_columns import EncryptedColumn, encrypted_columns
from graphkeep.accounts.models import Instance
from graphkeep.accounts.secret_box import decrypt, encrypt, is_current_key

KEY_CHECK_TEXT = "graphkeep"
ENCRYPTED_FIELDS = ("secret", "seed", "migrated_codes")  # of a second factor's data


def check_keys() -> None:
    """Check that the configured keys decrypt this database's secrets; a new database stores a key check.

    Raises:
        UnreadableSecretError: they do not; the message names the key that is missing.
    """
    row = get_instance()
    if row.key_check:
        decrypt(row.key_check)
        return
    for text in stored_ciphertexts():
        decrypt(text)
    Instance.objects.filter(pk=row.pk, key_check="").update(key_check=encrypt(KEY_CHECK_TEXT))


def reencrypt_secrets(*, actor: Actor) -> int:
    """Re-encrypt all secrets with the first key and return their number. Idempotent, and safe to interrupt."""
    authorize(may_administer, actor, None)
    count = 0
    for pk, texts in encrypted_second_factors():
        if all(is_current_key(text) for text in texts.values()):
            continue
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            row.data = {
                **row.data,
                **{key: reencrypt_value(row.data[key]) for key in encrypted_fields_of(row)},
            }
            row.save(update_fields=["data"])
            count += len(texts)
    count += sum(reencrypt_column(column) for column in encrypted_columns())
    # The key check comes last: while it names the former key, that key is still needed.
    with transaction.atomic():
        row_of_all = Instance.objects.select_for_update().get(pk=get_instance().pk)
        if not row_of_all.key_check or not is_current_key(row_of_all.key_check):
            row_of_all.key_check = encrypt(KEY_CHECK_TEXT)
            row_of_all.save(update_fields=["key_check"])
        audit.record("secrets.resealed", actor=actor, count=count)
    return count


def reencrypt_column(column: EncryptedColumn) -> int:
    """Re-encrypt the values of one column; one that changes meanwhile is encrypted with the first key already."""
    return sum(
        column.replace(pk, ciphertext, encrypt(decrypt(ciphertext)))
        for pk, ciphertext in list(column.ciphertexts())
        if not is_current_key(ciphertext)
    )


def stored_ciphertexts() -> Iterator[str]:
    """Every encrypted text in the database but the key check."""
    for _, texts in encrypted_second_factors():
        yield from texts.values()
    for column in encrypted_columns():
        for _, ciphertext in column.ciphertexts():
            yield ciphertext


def encrypted_second_factors() -> Iterator[tuple[int, dict[str, str]]]:
    """The primary key and the encrypted texts, by field, of every second factor."""
    for row in Authenticator.objects.order_by("pk").iterator():
        texts: dict[str, str] = {}
        for key in encrypted_fields_of(row):
            value = row.data[key]
            texts |= (
                {f"{key}.{index}": code for index, code in enumerate(value)}
                if isinstance(value, list)
                else {key: value}
            )
        yield row.pk, texts


def encrypted_fields_of(row: Authenticator) -> list[str]:
    return [key for key in ENCRYPTED_FIELDS if row.data.get(key)]


def reencrypt_value(value: str | list[str]) -> str | list[str]:
    return (
        [encrypt(decrypt(code)) for code in value]
        if isinstance(value, list)
        else encrypt(decrypt(value))
    )

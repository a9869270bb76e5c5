"""Every sealed secret of the database: proven readable at start, and sealed anew after a rotation."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.accounts.credentials.tokens import instance
from graphkeep.accounts.models import Instance
from graphkeep.accounts.secret_box import is_current, seal, unseal

SENTINEL = "graphkeep"
SEALED = ("secret", "seed", "migrated_codes")  # what the second factors keep sealed


def prove_keys() -> None:
    """That the keys here are those of this database; a new database remembers them.

    Raises:
        UnreadableSecretError: they are not; the message names the key that is missing.
    """
    row = instance()
    if row.sentinel:
        unseal(row.sentinel)
        return
    for _, texts in second_factors():
        for text in texts.values():
            unseal(text)
    Instance.objects.filter(pk=row.pk, sentinel="").update(sentinel=seal(SENTINEL))


def reseal(*, actor: Actor) -> int:
    """Seal everything by the first key; how many secrets that were. Safe to interrupt and to repeat."""
    authorize(may_administer, actor, None)
    count = 0
    for pk, texts in second_factors():
        if all(is_current(text) for text in texts.values()):
            continue
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            row.data = {**row.data, **{key: seal_again(row.data[key]) for key in sealed_in(row)}}
            row.save(update_fields=["data"])
            count += len(texts)
    # The sentinel comes last: while it names the former key, that key is still needed.
    with transaction.atomic():
        row_of_all = Instance.objects.select_for_update().get(pk=instance().pk)
        if not row_of_all.sentinel or not is_current(row_of_all.sentinel):
            row_of_all.sentinel = seal(SENTINEL)
            row_of_all.save(update_fields=["sentinel"])
        audit.record("secrets.resealed", actor=actor, count=count)
    return count


def second_factors() -> Iterator[tuple[int, dict[str, str]]]:
    for row in Authenticator.objects.order_by("pk").iterator():
        texts: dict[str, str] = {}
        for key in sealed_in(row):
            held = row.data[key]
            texts |= (
                {f"{key}.{at}": one for at, one in enumerate(held)}
                if isinstance(held, list)
                else {key: held}
            )
        yield row.pk, texts


def sealed_in(row: Authenticator) -> list[str]:
    return [key for key in SEALED if row.data.get(key)]


def seal_again(held: str | list[str]) -> str | list[str]:
    return [seal(unseal(one)) for one in held] if isinstance(held, list) else seal(unseal(held))

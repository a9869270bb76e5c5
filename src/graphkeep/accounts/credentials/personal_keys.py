"""Personal keys: an id and a secret that sign in for their user, within the limits of the key."""

import hmac
import time

from django.utils import timezone

from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.secret_hash import hash_secret
from graphkeep.accounts.models import PersonalKey
from graphkeep.graph.errors import NotAllowedError
from graphkeep.site.networks import is_in_networks


def read_personal_key(pair: str) -> PersonalKey:
    """The valid key of `ID:SECRET`, compared in constant time.

    Raises:
        InvalidCredentialError: the pair is wrong, or the key or its user is no longer valid.
    """
    key_id, _, secret = pair.partition(":")
    key = PersonalKey.objects.select_related("user__owner").filter(key_id=key_id).first()
    stored_hash = key.secret_hash if key else hash_secret("")
    is_match = hmac.compare_digest(hash_secret(secret), stored_hash)
    if key is None or not is_match or not is_valid_key(key) or not key.user.is_active_now:
        raise InvalidCredentialError("This personal key is not valid.")
    return key


def use_personal_key(pair: str, *, address: str, is_page: bool) -> PersonalKey:
    """Read a key for a request, check its limits, and record the time of its use.

    Raises:
        InvalidCredentialError: as `read_personal_key`.
        NotAllowedError: the key may not be used from this address or from a web page.
    """
    key = read_personal_key(pair)
    check_key_limits(key, address=address, is_page=is_page)
    PersonalKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
    return key


def check_key_limits(key: PersonalKey, *, address: str, is_page: bool) -> None:
    """Raises NotAllowedError if the key's networks or its kind exclude this request."""
    if key.is_server_only and is_page:
        raise NotAllowedError("This key is for servers: it is refused from a web page.")
    if key.networks and not is_in_networks(address, key.networks):
        raise NotAllowedError("This key may not be used from this address.")


def is_valid_key(key: PersonalKey) -> bool:
    """Whether it is neither revoked nor expired."""
    is_expired = key.expires_at is not None and key.expires_at.timestamp() <= time.time()
    return key.revoked_at is None and not is_expired

"""From what a request carries to the actor who asks."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, replace

from django.utils import timezone

from graphkeep.accounts.actor import ALL_SCOPES, ANONYMOUS, Actor
from graphkeep.accounts.credentials.tokens import InvalidCredentialError, is_living_key, read_token
from graphkeep.accounts.models import PersonalKey, User
from graphkeep.accounts.queries import active_organization
from graphkeep.graph.errors import NotAllowedError


@dataclass(frozen=True, kw_only=True)
class Presented:
    """What a request shows of itself. `is_page`: a browser says that a page sends it."""

    authorization: str = ""
    session_user: User | None = None
    session_id: str = ""
    cookie_token: str = ""
    address: str = ""
    is_page: bool = False


def hash_secret(secret: str) -> str:
    """A secret of 128 bits and more of its own: one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of(shown: Presented) -> Actor:
    """A Bearer token or a personal key wins; otherwise the browser's session, otherwise nobody.

    Raises:
        InvalidCredentialError: what is shown is not good.
        NotAllowedError: it is good, and not to be used from there.
    """
    if not shown.authorization:
        return replace(browser_actor(shown), address=shown.address)
    scheme, _, rest = shown.authorization.strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        # A JavaScript example of the vendor sets "Bearer x" where the client adds "Bearer " itself.
        rest = rest.removeprefix("Bearer ").strip()
        token = read_token(rest)
        if token.key is not None:
            check_place(token.key, shown)
        return Actor(
            user=token.user,
            credential_kind="token",
            credential_id=token.key.key_id if token.key else token.session_id or token.token_id,
            scopes=token.scopes,
            organization=token.organization or active_organization(token.user),
            address=shown.address,
        )
    if scheme.lower() == "personalkey":
        key = read_key(rest, shown)
        return Actor(
            user=key.user,
            credential_kind="key",
            credential_id=key.key_id,
            scopes=frozenset(key.scopes),
            organization=active_organization(key.user),
            address=shown.address,
        )
    raise InvalidCredentialError("Use 'Authorization: Bearer TOKEN' or 'PersonalKey ID:SECRET'.")


def browser_actor(shown: Presented) -> Actor:
    user, session_id = shown.session_user, shown.session_id
    if user is None and shown.cookie_token:
        try:
            token = read_token(shown.cookie_token)
        except InvalidCredentialError:
            return ANONYMOUS
        if not token.session_id:
            return ANONYMOUS
        user, session_id = token.user, token.session_id
    if user is None or not user.is_living:
        return ANONYMOUS
    return Actor(
        user=user,
        credential_kind="session",
        credential_id=session_id,
        scopes=ALL_SCOPES,
        organization=active_organization(user),
    )


def read_key(text: str, shown: Presented | None) -> PersonalKey:
    """The living key of `ID:SECRET`; without `shown` nobody asks from where it is used.

    Raises:
        InvalidCredentialError: the pair is not good (any more).
        NotAllowedError: it is good, and not to be used from there.
    """
    key_id, _, secret = text.partition(":")
    key = PersonalKey.objects.select_related("user__guardian").filter(key_id=key_id).first()
    expected = key.secret_hash if key else hash_secret("")
    good = hmac.compare_digest(hash_secret(secret), expected)
    if key is None or not good or not is_living_key(key) or not key.user.is_living:
        raise InvalidCredentialError("This personal key is not valid.")
    if shown is None:
        return key
    check_place(key, shown)
    PersonalKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
    return key


def check_place(key: PersonalKey, shown: Presented) -> None:
    if key.is_server_only and shown.is_page:
        raise NotAllowedError("This key is for servers: it is refused from a web page.")
    if key.networks and not in_networks(shown.address, key.networks):
        raise NotAllowedError("This key may not be used from this address.")


def in_networks(address: str, networks: list[str]) -> bool:
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(place, "ipv4_mapped", None)
    place = mapped or place
    return any(place in ipaddress.ip_network(one, strict=False) for one in networks)

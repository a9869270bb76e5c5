"""Authentication: the actor of a request, read from its credentials.

There is one reader for each kind of credential: API token, personal key and browser session are read here; a
package above registers the reader of its own scheme (`datasets`: view tokens of share links and embeds). An
Authorization header wins over cookies.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from graphkeep.accounts.actor import ALL_SCOPES, ANONYMOUS, Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.personal_keys import check_key_limits, use_personal_key
from graphkeep.accounts.credentials.tokens import read_token
from graphkeep.accounts.models import User
from graphkeep.accounts.queries import active_organization


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The credentials of a request.

    `is_page`: a browser declares that a web page sends it. `embed_origin`: the site whose frame the page
    declares to be in, for view tokens.
    """

    authorization: str = ""
    session_user: User | None = None
    session_id: str = ""
    cookie_token: str = ""
    address: str = ""
    is_page: bool = False
    embed_origin: str = ""


Reader = Callable[[str, Credentials], Actor]


def authenticate(credentials: Credentials) -> Actor:
    """The actor of the Authorization header if there is one, else of the browser's session, else anonymous.

    Raises:
        InvalidCredentialError: the header's credential is wrong, revoked or expired, or of no known scheme.
        NotAllowedError: it is valid, but may not be used from this address or from a web page.
    """
    if not credentials.authorization:
        return replace(read_browser_session(credentials), address=credentials.address)
    scheme, _, value = credentials.authorization.strip().partition(" ")
    reader = READERS.get(scheme.lower())
    if reader is None:
        raise InvalidCredentialError(
            "Use 'Authorization: Bearer TOKEN' or 'PersonalKey ID:SECRET'."
        )
    return reader(value.strip(), credentials)


def register_reader(scheme: str, reader: Reader) -> None:
    """Read the Authorization scheme `scheme` (any case) with `reader`."""
    READERS[scheme.lower()] = reader


def read_bearer(value: str, credentials: Credentials) -> Actor:
    """The actor of an API token."""
    token = read_token(without_prefix(value))
    if token.key is not None:
        check_key_limits(token.key, address=credentials.address, is_page=credentials.is_page)
    return Actor(
        user=token.user,
        credential_kind="token",
        credential_id=token.key.key_id if token.key else token.session_id or token.token_id,
        scopes=token.scopes,
        organization=token.organization or active_organization(token.user),
        address=credentials.address,
    )


def without_prefix(value: str) -> str:
    """A JavaScript example of the vendor sends "Bearer Bearer x": it adds what the client adds itself."""
    return value.removeprefix("Bearer ").strip()


def read_key_pair(value: str, credentials: Credentials) -> Actor:
    """The actor of a personal key."""
    key = use_personal_key(value, address=credentials.address, is_page=credentials.is_page)
    return Actor(
        user=key.user,
        credential_kind="key",
        credential_id=key.key_id,
        scopes=frozenset(key.scopes),
        organization=active_organization(key.user),
        address=credentials.address,
    )


def read_browser_session(credentials: Credentials) -> Actor:
    """The actor of the session cookie, or of the token cookie of a session; a bad cookie is no credential."""
    user, session_id = credentials.session_user, credentials.session_id
    if user is None and credentials.cookie_token:
        try:
            token = read_token(credentials.cookie_token)
        except InvalidCredentialError:
            return ANONYMOUS
        if not token.session_id:
            return ANONYMOUS
        user, session_id = token.user, token.session_id
    if user is None or not user.is_active_now:
        return ANONYMOUS
    return Actor(
        user=user,
        credential_kind="session",
        credential_id=session_id,
        scopes=ALL_SCOPES,
        organization=active_organization(user),
    )


READERS: dict[str, Reader] = {"bearer": read_bearer, "personalkey": read_key_pair}

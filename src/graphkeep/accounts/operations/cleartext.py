"""A credential that came over plain HTTP: anybody on the way may hold it now."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor, CredentialKind, system_actor
from graphkeep.accounts.authentication import Credentials
from graphkeep.accounts.authorize import authorize, may_manage_own_or_administer
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.personal_keys import read_personal_key
from graphkeep.accounts.credentials.sessions import living_session
from graphkeep.accounts.credentials.tokens import read_token
from graphkeep.accounts.models import AuditLine, PersonalKey, User
from graphkeep.accounts.operations.keys import revoke_key
from graphkeep.accounts.operations.sessions import end_session
from graphkeep.graph.errors import NotAllowedError

EVENT = "token.seen-in-clear"
EDGE = system_actor("edge")


@dataclass(frozen=True, kw_only=True)
class Seen:
    kind: CredentialKind
    credential_id: str
    user: User
    key: PersonalKey | None = None


def note_cleartext(credentials: Credentials, *tokens: str) -> None:
    """Name what was seen, once each, by its id; end it where the server is told to.

    Only what is good is named: nobody fills the trail, or ends another's token, with what they made up.
    """
    for one in seen_in(credentials, tokens):
        note_one(one, credentials.address)


def seen_in(credentials: Credentials, tokens: tuple[str, ...]) -> list[Seen]:
    scheme, _, rest = credentials.authorization.strip().partition(" ")
    rest = rest.strip().removeprefix("Bearer ").strip()
    found = []
    if scheme.lower() == "personalkey":
        found.append(of_key(rest))
    texts = [*tokens, *([rest] if scheme.lower() == "bearer" else []), credentials.cookie_token]
    found += [of_token(text) for text in texts if text]
    if credentials.session_user is not None and credentials.session_id:
        session = Seen(
            kind="session", credential_id=credentials.session_id, user=credentials.session_user
        )
        found.append(session)
    return [one for one in found if one is not None]


def of_key(pair: str) -> Seen | None:
    try:
        # From wherever it came: a key that may not be used from there was seen on the way all the same.
        key = read_personal_key(pair)
    except (InvalidCredentialError, NotAllowedError):
        return None
    return Seen(kind="key", credential_id=key.key_id, user=key.user, key=key)


def of_token(text: str) -> Seen | None:
    try:
        token = read_token(text, even_expired=True)  # it may still be refreshed
    except InvalidCredentialError:
        return None
    return Seen(kind="token", credential_id=token.token_id, user=token.user)


@transaction.atomic
def note_one(seen: Seen, address: str) -> None:
    who = Actor(
        user=seen.user,
        credential_kind=seen.kind,
        credential_id=seen.credential_id,
        address=address,
    )
    ends = settings.REVOKE_CLEARTEXT_TOKENS
    named = f"{seen.kind}:{seen.credential_id}"
    if ends or not AuditLine.objects.filter(event=EVENT, credential=named).exists():
        audit.record("token.seen-in-clear", actor=who, target=seen.user, is_revoked=ends)
    if ends:
        end_seen(seen, actor=EDGE)


def end_seen(seen: Seen, *, actor: Actor) -> None:
    """A token dies with all of its user's: whoever saw it may have refreshed it since."""
    authorize(may_manage_own_or_administer, actor, seen.user)
    if seen.key is not None:
        revoke_key(seen.key, actor=actor)
    elif seen.kind == "session":
        row = living_session(seen.credential_id)
        if row is not None:
            end_session(row, actor=actor)
    else:
        seen.user.token_epoch += 1
        seen.user.save(update_fields=["token_epoch"])

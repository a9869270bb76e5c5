"""Credentials sent over plain HTTP: anybody on the network path may have read them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor, CredentialKind, system_actor
from graphkeep.accounts.authentication import Credentials
from graphkeep.accounts.authorize import authorize, may_manage_own_or_administer
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.personal_keys import read_personal_key
from graphkeep.accounts.credentials.sessions import active_session
from graphkeep.accounts.credentials.tokens import read_token
from graphkeep.accounts.models import AuditEvent, PersonalKey, User
from graphkeep.accounts.operations.keys import revoke_key
from graphkeep.accounts.operations.sessions import end_session
from graphkeep.graph.errors import NotAllowedError

EVENT = "token.seen-in-clear"
EDGE = system_actor("edge")


@dataclass(frozen=True, kw_only=True)
class ExposedCredential:
    kind: CredentialKind
    credential_id: str
    user: User
    key: PersonalKey | None = None


def record_cleartext(credentials: Credentials, *tokens: str) -> None:
    """Audit each credential that was sent over plain HTTP by its id; revoke it under REVOKE_CLEARTEXT_TOKENS.

    Only valid credentials count, so invented ones neither fill the audit log nor revoke another user's token.
    """
    for credential in exposed_credentials(credentials, tokens):
        record_exposed(credential, credentials.address)


def exposed_credentials(
    credentials: Credentials, tokens: tuple[str, ...]
) -> list[ExposedCredential]:
    """The valid credentials among those that a request presented."""
    scheme, _, token = credentials.authorization.strip().partition(" ")
    token = token.strip().removeprefix("Bearer ").strip()
    candidates: list[ExposedCredential | None] = []
    if scheme.lower() == "personalkey":
        candidates.append(exposed_key(token))
    texts = [*tokens, *([token] if scheme.lower() == "bearer" else []), credentials.cookie_token]
    candidates += [exposed_token(text) for text in texts if text]
    if credentials.session_user is not None and credentials.session_id:
        session = ExposedCredential(
            kind="session", credential_id=credentials.session_id, user=credentials.session_user
        )
        candidates.append(session)
    return [credential for credential in candidates if credential is not None]


def exposed_key(pair: str) -> ExposedCredential | None:
    try:
        # From any address: a key that is not allowed from there was exposed all the same.
        key = read_personal_key(pair)
    except (InvalidCredentialError, NotAllowedError):
        return None
    return ExposedCredential(kind="key", credential_id=key.key_id, user=key.user, key=key)


def exposed_token(text: str) -> ExposedCredential | None:
    try:
        token = read_token(text, even_expired=True)  # it may still be refreshed
    except InvalidCredentialError:
        return None
    return ExposedCredential(kind="token", credential_id=token.token_id, user=token.user)


@transaction.atomic
def record_exposed(exposed: ExposedCredential, address: str) -> None:
    """Audit one exposed credential, once; revoke it under REVOKE_CLEARTEXT_TOKENS."""
    actor = Actor(
        user=exposed.user,
        credential_kind=exposed.kind,
        credential_id=exposed.credential_id,
        address=address,
    )
    is_revoked = settings.REVOKE_CLEARTEXT_TOKENS
    label = f"{exposed.kind}:{exposed.credential_id}"
    if is_revoked or not AuditEvent.objects.filter(event=EVENT, credential=label).exists():
        audit.record("token.seen-in-clear", actor=actor, target=exposed.user, is_revoked=is_revoked)
    if is_revoked:
        revoke_exposed(exposed, actor=EDGE)


def revoke_exposed(exposed: ExposedCredential, *, actor: Actor) -> None:
    """Revoke a credential; a token ends with all of its user's, because it may have been refreshed since."""
    authorize(may_manage_own_or_administer, actor, exposed.user)
    if exposed.key is not None:
        revoke_key(exposed.key, actor=actor)
    elif exposed.kind == "session":
        row = active_session(exposed.credential_id)
        if row is not None:
            end_session(row, actor=actor)
    else:
        exposed.user.token_epoch += 1
        exposed.user.save(update_fields=["token_epoch"])

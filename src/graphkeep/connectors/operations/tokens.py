"""Personal tokens: a user's own credential for a connector, in place of the common one."""

import csv
import io
from collections.abc import Mapping

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import User
from graphkeep.connectors.credentials import is_reference, store_secret
from graphkeep.connectors.kinds import kind_of, token_field
from graphkeep.connectors.models import Connector
from graphkeep.connectors.rules import may_manage_connector, may_set_own_token
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.sources.databases.setting_values import checked_secrets

MAX_TOKENS = 10_000


def set_token(connector: Connector, username: str, token: str, *, actor: Actor) -> None:
    """Set a user's personal token: one's own with the right to use the connector, another's with `manage`.

    Raises:
        NotAllowedError: the actor may not.
        InvalidFieldError: there is no such user, or it is no token.
    """
    authorize_token(connector, username, actor)
    store_tokens(connector, {username: token}, actor=actor)


def set_tokens(
    connector: Connector, tokens: Mapping[str, str], *, actor: Actor, replaces: bool = False
) -> int:
    """Set many personal tokens, all or none; `replaces`: those of other users are deleted. Their number.

    Raises:
        NotAllowedError: the actor has no right to manage the connector.
        InvalidFieldError: there is no such user, or it is no token.
    """
    authorize(may_manage_connector, actor, connector)
    if len(tokens) > MAX_TOKENS:
        raise InvalidFieldError("tokens", f"At most {MAX_TOKENS:,} tokens are set at once.")
    with transaction.atomic():
        if replaces:
            connector.secrets.exclude(user=None).exclude(user__username__in=list(tokens)).delete()
        store_tokens(connector, tokens, actor=actor)
    return len(tokens)


def delete_token(connector: Connector, username: str, *, actor: Actor) -> None:
    """Delete a user's personal token; the common credential serves them again."""
    authorize_token(connector, username, actor)
    with transaction.atomic():
        connector.secrets.filter(user__username=username).delete()
        audit.record("connector.tokens-deleted", actor=actor, target=connector, users=[username])


def delete_tokens(connector: Connector, *, actor: Actor) -> None:
    """Delete all personal tokens of a connector."""
    authorize(may_manage_connector, actor, connector)
    with transaction.atomic():
        tokens = connector.secrets.exclude(user=None)
        names = list(tokens.values_list("user__username", flat=True))
        tokens.delete()
        audit.record("connector.tokens-deleted", actor=actor, target=connector, users=names)


def authorize_token(connector: Connector, username: str, actor: Actor) -> None:
    is_own = actor.user is not None and actor.user.username == username
    authorize(may_set_own_token if is_own else may_manage_connector, actor, connector)


def store_tokens(connector: Connector, tokens: Mapping[str, str], *, actor: Actor) -> None:
    kind = kind_of(connector)
    field = token_field(kind).name
    users = {user.username: user for user in User.objects.filter(username__in=list(tokens))}
    for username, token in tokens.items():
        if username not in users:
            raise InvalidFieldError(
                f"tokens.{username[:64]}", f"There is no user '{username[:64]}'."
            )
        if not token or is_reference(token):
            raise InvalidFieldError(f"tokens.{username}", "A token is a text, and no reference.")
        checked_secrets(kind.fields, {field: token})
    with transaction.atomic():
        for username, token in tokens.items():
            store_secret(connector, field, token, user=users[username])
        audit.record("connector.tokens-set", actor=actor, target=connector, users=sorted(tokens))


def parse_token_csv(text: str) -> dict[str, str]:
    """Tokens by user name, of CSV with the header `username,PAT`.

    Raises:
        InvalidFieldError: the header or a line is not as it should be; the message holds no token.
    """
    rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row]
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if header != ["username", "pat"]:
        raise InvalidFieldError("tokens", "The first line of the CSV must be: username,PAT")
    tokens: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        name = row[0].strip()
        if len(row) != 2 or not name or not row[1].strip():
            raise InvalidFieldError("tokens", f"Line {number} has no user name or no token.")
        if name in tokens:
            raise InvalidFieldError("tokens", f"Line {number} names '{name[:64]}' again.")
        tokens[name] = row[1].strip()
    return tokens

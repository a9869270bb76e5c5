"""The secret half of a connector as programs send it: a JSON object, encrypted by the server's encryption key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkeep.accounts.secret_box import UnreadableSecretError, decrypt
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.sources.databases.connector_kind import ConnectorKind

IGNORED = {
    "databricks_oauth_client_id",
    "share_metadata",
}  # of older clients; without a meaning here


@dataclass(frozen=True, kw_only=True)
class SecretHalf:
    """The parts of `keyjson`: settings, secrets, and personal tokens by user name."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_keyjson(text: str, kind: ConnectorKind) -> SecretHalf:
    """Decrypt and sort the secret half; names that are no fields are user names with their tokens.

    Raises:
        InvalidFieldError: it is not encrypted by a key of this server, or is not such an object.
    """
    try:
        values = json.loads(decrypt(text))
    except (UnreadableSecretError, ValueError) as error:
        message = "is not encrypted by a key of this server, or is no JSON."
        raise InvalidFieldError("keyjson", message) from error
    if not isinstance(values, dict):
        raise InvalidFieldError("keyjson", "must be a JSON object.")
    secret_names = {each.name for each in kind.fields if each.is_secret}
    setting_names = {each.name for each in kind.fields if not each.is_secret}
    named = values.pop("pats", None) or {}
    if not isinstance(named, dict):
        raise InvalidFieldError("keyjson.pats", "must be an object of tokens by user name.")
    unnamed = {
        name: value
        for name, value in values.items()
        if name not in secret_names | setting_names | IGNORED
    }
    tokens = {**unnamed, **named}
    for name, token in tokens.items():
        if not isinstance(token, str):
            raise InvalidFieldError(f"keyjson.pats.{name[:64]}", "must be a text.")
    return SecretHalf(
        settings={name: values[name] for name in setting_names & values.keys()},
        secrets={name: values[name] for name in secret_names & values.keys()},
        tokens=tokens,
    )

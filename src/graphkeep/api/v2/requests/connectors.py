"""Requests about connectors and queries: an unknown field is refused by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphkeep.api.v2.requests.fields import Fields
from graphkeep.connectors.operations.grants import Grant
from graphkeep.connectors.operations.manage import ConnectorFields
from graphkeep.connectors.policy import refuse_unknown
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.sources.databases.query import MARKINGS, SourceQuery
from graphkeep.sources.databases.reduction_wire import reduction_from_json

CONNECTOR_FIELDS = (
    "name", "kind", "settings", "secrets", "keyjson", "policy", "limits", "is_enabled", "slot",
)  # fmt: skip
QUERY_FIELDS = ("language", "text", "parameters", "since", "until", "marking", "reduction")
MAX_QUERY = 200_000


@dataclass(frozen=True, kw_only=True)
class ConnectorRequest:
    """A connector to add, or what changes of one; `keyjson` is its encrypted secret half."""

    kind: str
    fields: ConnectorFields
    keyjson: str

    @property
    def has_secrets(self) -> bool:
        return bool(self.keyjson) or self.fields.secrets is not None

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "ConnectorRequest":
        """Raises InvalidFieldError: a field is unknown or of the wrong kind."""
        refuse_unknown("", body, CONNECTOR_FIELDS)
        is_enabled = body.get("is_enabled")
        if is_enabled is not None and not isinstance(is_enabled, bool):
            raise InvalidFieldError("is_enabled", "must be true or false.")
        return cls(
            kind=text_of(body, "kind") or "",
            keyjson=text_of(body, "keyjson") or "",
            fields=ConnectorFields(
                name=text_of(body, "name"),
                settings=object_of(body, "settings"),
                secrets=object_of(body, "secrets"),
                policy=object_of(body, "policy"),
                limits=object_of(body, "limits"),
                is_enabled=is_enabled,
                slot=text_of(body, "slot"),
            ),
        )


def text_of(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidFieldError(name, "must be a text.")
    return value


def object_of(body: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise InvalidFieldError(name, "must be an object.")
    return value


def parse_grants(body: Mapping[str, Any]) -> list[Grant]:
    """Of `{"grants": [{"user": "bob", "right": "ask"}, {"organization": "acme", "right": "use"}]}`."""
    refuse_unknown("", body, ("grants",))
    grants = []
    entries = body.get("grants")
    if not isinstance(entries, list):
        raise InvalidFieldError("grants", "must be a list.")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise InvalidFieldError(f"grants.{index}", "must be an object.")
        refuse_unknown(f"grants.{index}", entry, ("user", "organization", "right"))
        grants.append(
            Grant(
                username=text_of(entry, "user") or "",
                organization=text_of(entry, "organization") or "",
                right=text_of(entry, "right") or "",
            )
        )
    return grants


def parse_tokens(body: Mapping[str, Any]) -> dict[str, str]:
    """Of `{"tokens": {"alice": "…"}}`."""
    refuse_unknown("", body, ("tokens",))
    tokens = object_of(body, "tokens")
    if tokens is None:
        raise InvalidFieldError("tokens", "is missing.")
    for username, token in tokens.items():
        if not isinstance(token, str):
            raise InvalidFieldError(f"tokens.{username[:64]}", "must be a text.")
    return tokens


def parse_token(body: Mapping[str, Any]) -> str:
    """Of `{"token": "…"}`."""
    refuse_unknown("", body, ("token",))
    token = text_of(body, "token")
    if not token:
        raise InvalidFieldError("token", "is missing.")
    return token


def parse_query(body: Mapping[str, Any], default_language: str) -> SourceQuery:
    """A query as a person asks it.

    Raises:
        InvalidFieldError: a field is unknown or of the wrong kind.
    """
    refuse_unknown("", body, QUERY_FIELDS)
    text = text_of(body, "text")
    if not text or len(text) > MAX_QUERY:
        raise InvalidFieldError("text", f"must be a query of at most {MAX_QUERY} characters.")
    marking = (text_of(body, "marking") or "clear").lower()
    if marking not in MARKINGS:
        raise InvalidFieldError("marking", f"must be one of {', '.join(MARKINGS)}.")
    return SourceQuery(
        language=text_of(body, "language") or default_language,
        text=text,
        parameters=object_of(body, "parameters") or {},
        since=time_of(body, "since"),
        until=time_of(body, "until"),
        marking=marking,
        reduction=reduction_from_json(body.get("reduction")),
    )


def time_of(body: Mapping[str, Any], name: str) -> datetime | None:
    text = text_of(body, name)
    if text is None or text == "":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidFieldError(
            name, "must be a time such as 2026-11-29T12:00:00+01:00."
        ) from error
    if moment.tzinfo is None:
        raise InvalidFieldError(name, "must have a time zone, such as 2026-11-29T12:00:00Z.")
    return moment


@dataclass(frozen=True, kw_only=True)
class DrawRequest:
    """`file_id`: the actor's own file whose content is replaced; else a new file is made."""

    name: str
    file_id: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "DrawRequest":
        refuse_unknown("", body, ("name", "file_id"))
        read = Fields(body)
        return cls(
            name=read.text("name", max_length=500), file_id=read.text("file_id", max_length=40)
        )

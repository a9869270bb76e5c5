"""Requests about API tokens and personal keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphkeep.accounts.models import EVERYDAY_SCOPES
from graphkeep.api.v2.requests.fields import Fields
from graphkeep.graph.errors import UserInputError


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    name: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    days: int | None
    is_server_only: bool

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "KeyRequest":
        """Raises UserInputError: a field is of the wrong kind."""
        body_fields = Fields(body)
        scopes = body_fields.texts("scopes")
        return cls(
            name=body_fields.text("name", max_length=100),
            scopes=tuple(EVERYDAY_SCOPES) if scopes is None else scopes,
            networks=body_fields.texts("networks") or (),
            days=body_fields.integer("days"),
            is_server_only=body_fields.flag("is_server_only"),
        )


MAX_NAME = 300  # characters; more than any user name or e-mail address has


class MissingFieldsError(UserInputError):
    """Fields of a token request that are missing, empty or no texts."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{' and '.join(names)} must be sent.")
        self.names = tuple(names)


@dataclass(frozen=True, kw_only=True)
class SignInRequest:
    """`org_name`: the organization that the token is for; empty for the active one."""

    username: str
    password: str = field(repr=False)
    org_name: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "SignInRequest":
        """Raises MissingFieldsError: the user name or the password is missing."""
        check_texts(body, "username", "password")
        return cls(
            username=body["username"][:MAX_NAME],
            password=body["password"],
            org_name=organization_name(body),
        )


@dataclass(frozen=True, kw_only=True)
class TokenRequest:
    """A token to refresh or to verify."""

    token: str = field(repr=False)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "TokenRequest":
        """Raises MissingFieldsError: the token is missing."""
        check_texts(body, "token")
        return cls(token=body["token"])


def check_texts(body: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if not isinstance(body.get(name), str) or not body[name]]
    if missing:
        raise MissingFieldsError(missing)


def organization_name(body: Mapping[str, Any]) -> str:
    """The `org_name` of a token request; a value that is no text counts as not sent, as clients send null."""
    name = body.get("org_name")
    return name if isinstance(name, str) else ""

"""Requests about personal keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.accounts.models import EVERYDAY_SCOPES
from graphkeep.api.v2.requests.fields import Fields


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

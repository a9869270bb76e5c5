"""Requests about who may see a dataset: its audience, links, and tokens for other sites' pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkeep.accounts.operations.people import checked_email
from graphkeep.api.v2.requests.fields import Fields
from graphkeep.datasets.sharing.share import Invited, ShareSettings
from graphkeep.graph.errors import UserInputError

MODES = {"private": "private", "organization": "organization", "org": "organization",
         "public": "public"}  # fmt: skip
ACTIONS = {"10": "10", "20": "20", "30": "30", "view": "10", "edit": "20", "share": "30"}
MAX_INVITED = 100
MAX_EMAIL = 254


@dataclass(frozen=True, kw_only=True)
class ShareRequest:
    dataset_id: str
    object_type: str
    settings: ShareSettings

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "ShareRequest":
        """Raises UserInputError: the mode, an action or an invitation is not valid."""
        body_fields = Fields(body)
        return cls(
            dataset_id=body_fields.text("obj_pk", max_length=100),
            object_type=body_fields.text("obj_type", "dataset", max_length=40),
            settings=share_settings(body_fields),
        )


def share_settings(read: Fields) -> ShareSettings:
    mode = read.choice("mode", MODES, "private")
    default = "20" if mode == "private" else "10"
    action = read.choice("mode_action", {**ACTIONS, "": default}, default)
    invited_action = action if mode == "private" else "10"
    invited = read.items("invited_users", max_count=MAX_INVITED)
    return ShareSettings(
        mode=mode,
        action=action,
        invited=tuple(invitation(entry, invited_action) for entry in invited),
        notify=read.flag("notify"),
        message=read.text("message", max_length=1000),
    )


def invitation(entry: object, default_action: str) -> Invited:
    """Of `{"email": ..., "action": ...}`, or of the address alone."""
    fields = Fields(entry if isinstance(entry, dict) else {"email": entry}, "invited_users")
    action = fields.choice("action", {**ACTIONS, "": default_action}, default_action)
    email = fields.any("email")
    if not isinstance(email, str) or not email.strip():
        raise UserInputError("invited_users has an entry without an e-mail address or action.")
    return Invited(email=checked_email(email), action=action)


@dataclass(frozen=True, kw_only=True)
class LinkRequest:
    name: str
    days: int
    audience: str
    email: str
    origin: str
    max_uses: int | None

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "LinkRequest":
        """Raises UserInputError: a field is of the wrong kind."""
        body_fields = Fields(body)
        days = body_fields.integer("days")
        email = body_fields.text("email")
        if len(email) > MAX_EMAIL:
            raise UserInputError(f"email is longer than {MAX_EMAIL} characters.")
        return cls(
            name=body_fields.text("name", max_length=100),
            days=7 if days is None else days,
            audience=body_fields.text("audience", "anyone", max_length=40),
            email=email,
            origin=body_fields.text("origin", max_length=255),
            max_uses=body_fields.integer("max_uses" if "max_uses" in body else "most_uses"),
        )


@dataclass(frozen=True, kw_only=True)
class OpenLinkRequest:
    token: str
    origin: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "OpenLinkRequest":
        body_fields = Fields(body)
        return cls(
            token=body_fields.text("token"), origin=body_fields.text("origin", max_length=255)
        )


@dataclass(frozen=True, kw_only=True)
class RenewPassRequest:
    view_token: str
    origin: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "RenewPassRequest":
        body_fields = Fields(body)
        return cls(
            view_token=body_fields.text("pass"), origin=body_fields.text("origin", max_length=255)
        )


@dataclass(frozen=True, kw_only=True)
class EmbedTokenRequest:
    dataset_id: str
    origin: str

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "EmbedTokenRequest":
        body_fields = Fields(body)
        return cls(
            dataset_id=body_fields.text("dataset_id", max_length=100),
            origin=body_fields.text("origin", max_length=255),
        )

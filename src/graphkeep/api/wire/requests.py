"""Request bodies of Graphkeep's own routes, as the page sends them; `api.v2.requests` parses them."""

from typing import Any, Literal, TypedDict


class LayoutBody(TypedDict, total=False):
    layout: str
    options: dict[str, str | int | float | bool | None]


class MetricBody(TypedDict, total=False):
    metric: str
    column: str
    options: dict[str, Any]


class EncodingBody(TypedDict, total=False):
    color: str | None
    size: str | None


class LinkBody(TypedDict, total=False):
    name: str
    days: int
    audience: Literal["anyone", "signed-in", "person"]
    email: str
    origin: str
    max_uses: int | None


class InvitedUser(TypedDict, total=False):
    email: str
    action: Literal["10", "20", "30"]


class ShareBody(TypedDict, total=False):
    obj_pk: str
    obj_type: str
    mode: Literal["private", "organization", "public"]
    mode_action: Literal["10", "20", "30"]
    invited_users: list[InvitedUser]
    notify: bool
    message: str


class ReadingBody(TypedDict, total=False):
    dataset_id: str
    reading: dict[str, Any]

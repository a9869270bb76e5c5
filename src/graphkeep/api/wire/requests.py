"""Request bodies of Graphkeep's own routes, as the page sends them; `api.v2.requests` parses them."""

from typing import Any, TypedDict

from graphkeep.api.wire.responses import Audience, ParameterValues, ShareAction, SharingMode


class LayoutBody(TypedDict, total=False):
    layout: str
    options: ParameterValues


class MetricBody(TypedDict, total=False):
    metric: str
    column: str
    options: dict[str, str | int | float | bool | None]


class EncodingBody(TypedDict, total=False):
    color: str | None
    size: str | None


class LinkBody(TypedDict, total=False):
    name: str
    days: int
    audience: Audience
    email: str
    origin: str
    max_uses: int | None


class InvitedUser(TypedDict, total=False):
    email: str
    action: ShareAction


class ShareBody(TypedDict, total=False):
    obj_pk: str
    obj_type: str
    mode: SharingMode
    mode_action: ShareAction
    invited_users: list[InvitedUser]
    notify: bool
    message: str


class FileBody(TypedDict, total=False):
    name: str
    file_type: str
    file_compression: str
    parser_options: dict[str, Any]


# `with` names further files whose tables belong to the same graph.
ReadingBody = TypedDict(
    "ReadingBody",
    {
        "dataset_id": str,
        "reading": dict[str, Any],
        "with": list[str],
        "parser_options": dict[str, Any],
    },
    total=False,
)

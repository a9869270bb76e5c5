"""Who may see a dataset: its privacy, its links, and tokens for other sites' pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.api.identity import actor_of, authenticated_actor, endpoint
from graphkeep.api.policy import OBJECT, OPEN, actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.v2.requests.sharing import (
    EmbedTokenRequest,
    LinkRequest,
    OpenLinkRequest,
    RenewPassRequest,
    ShareRequest,
)
from graphkeep.datasets.models import ShareLink
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.datasets.rules import may_share
from graphkeep.datasets.sharing.links import create_link, make_embed_token, open_link, revoke_link
from graphkeep.datasets.sharing.share import people_with_access, share_dataset, visibility_summary
from graphkeep.datasets.sharing.view_tokens import LIFETIME_S, renew_view_token
from graphkeep.graph.errors import NotAllowedError, NotFoundError


@endpoint(actors("share"), "POST")
def share(request: HttpRequest) -> HttpResponse:
    actor = authenticated_actor(request)
    payload = ShareRequest.parse(parse_body(request))
    if payload.object_type != "dataset":
        raise NotFoundError
    dataset = visible_dataset(actor, payload.dataset_id)
    dataset = share_dataset(dataset, payload.settings, actor=actor)
    return JsonResponse(
        {
            "status": "OK",
            "message": f"Shared: {visibility_summary(dataset)}",
            "data": {
                "obj_pk": dataset.dataset_id,
                "obj_type": "dataset",
                "mode": dataset.privacy,
                "mode_action": dataset.privacy_action,
                "who": visibility_summary(dataset),
            },
        }
    )


@endpoint(actors("read"), "GET")
def who(request: HttpRequest, dataset_id: str) -> HttpResponse:
    """Who can see a dataset, by name: for those who may share it."""
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    sharing: dict[str, Any] = {
        "who": visibility_summary(dataset),
        "can_share": may_share(actor, dataset),
    }
    if sharing["can_share"]:
        sharing |= {
            "mode": dataset.privacy,
            "mode_action": dataset.privacy_action,
            "organization": dataset.organization.slug,
            "people": people_with_access(dataset),
            "links": [
                link_row(link) for link in dataset.links.order_by("-pk") if link.is_active_now
            ],
        }
    return JsonResponse(sharing)


def link_row(link: ShareLink) -> dict[str, Any]:
    return {
        "link_id": link.pk,
        "name": link.name,
        "audience": link.audience,
        "email": link.email,
        "origin": link.origin,
        "created_by": link.created_by.username,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "use_count": link.use_count,
        "max_uses": link.max_uses,
        "most_uses": link.max_uses,  # the former name, for one release
        "last_used_at": link.last_used_at,
    }


@endpoint(actors("share"), "POST")
def links(request: HttpRequest, dataset_id: str) -> HttpResponse:
    """Create a link; its address is in this response alone."""
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    payload = LinkRequest.parse(parse_body(request))
    link, token = create_link(
        dataset,
        actor=actor,
        name=payload.name,
        days=payload.days,
        audience=payload.audience,
        email=payload.email,
        origin=payload.origin,
        max_uses=payload.max_uses,
    )
    path = f"/embed/?origin={link.origin}#{token}" if link.origin else f"/share/#{token}"
    address = request.build_absolute_uri(path)
    return JsonResponse({**link_row(link), "address": address}, status=201)


@endpoint(actors("share"), "DELETE")
def single_link(request: HttpRequest, dataset_id: str, link_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    link = visible_dataset(actor, dataset_id).links.filter(pk=int(link_id)).first()
    if link is None:
        raise NotFoundError
    revoke_link(link, actor=actor)
    return HttpResponse(status=204)


@endpoint(OBJECT, "POST")
def opened(request: HttpRequest) -> HttpResponse:
    """Exchange the token of a link for a pass."""
    payload = OpenLinkRequest.parse(parse_body(request))
    dataset, view_token = open_link(payload.token, actor=actor_of(request), origin=payload.origin)
    return JsonResponse(
        {"dataset_id": dataset.dataset_id, "pass": view_token, "expires_in": LIFETIME_S}
    )


@endpoint(OPEN, "POST")
def renew(request: HttpRequest) -> HttpResponse:
    payload = RenewPassRequest.parse(parse_body(request))
    view_token = renew_view_token(payload.view_token, origin=payload.origin)
    return JsonResponse({"pass": view_token, "expires_in": LIFETIME_S})


@endpoint(actors("share"), "POST")
def embed_token(request: HttpRequest) -> HttpResponse:
    actor = authenticated_actor(request)
    if actor.credential_kind == "session" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowedError("An embed token is asked for by a server.")
    payload = EmbedTokenRequest.parse(parse_body(request))
    dataset = visible_dataset(actor, payload.dataset_id)
    token = make_embed_token(dataset, actor=actor, origin=payload.origin)
    return JsonResponse(
        {
            "token": token,
            "expires_in": LIFETIME_S,
            "address": request.build_absolute_uri(f"/embed/?origin={payload.origin}"),
        },
        status=201,
    )


@endpoint(OBJECT, "GET")
def passed(request: HttpRequest) -> HttpResponse:
    """The dataset that a pass grants access to."""
    actor = actor_of(request)
    if not actor.only_dataset:
        raise InvalidCredentialError("This is no pass.")
    return JsonResponse({"dataset_id": actor.only_dataset})


ID = r"^api/v2/datasets/(?P<dataset_id>[^/]+)"
urlpatterns: list[URLPattern] = [
    re_path(r"^api/v2/share/link/?$", share),
    re_path(r"^api/v2/share/open/?$", opened),
    re_path(r"^api/v2/share/pass/?$", renew),
    re_path(r"^api/v2/embed/token/?$", embed_token),
    re_path(r"^api/v2/embed/dataset/?$", passed),
    re_path(ID + r"/who/?$", who),
    re_path(ID + r"/links/?$", links),
    re_path(ID + r"/links/(?P<link_id>\d{1,12})/?$", single_link),
]

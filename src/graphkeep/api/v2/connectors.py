"""Connectors: `/api/v2/connectors/` of the site, `/api/v2/o/ORG/connectors/` of an organization."""

from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import Organization
from graphkeep.accounts.queries import organizations_of
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import check_text, listing, pagination, parse_body
from graphkeep.api.v2.requests.connectors import (
    ConnectorRequest,
    parse_grants,
    parse_token,
    parse_tokens,
)
from graphkeep.connectors.credentials import token_rows
from graphkeep.connectors.keyjson import SecretHalf, read_keyjson
from graphkeep.connectors.kinds import kind_of, kind_row
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.adopt import adopt_connector
from graphkeep.connectors.operations.check import audit_connector, check_connector, read_schema
from graphkeep.connectors.operations.grants import current_grants, set_grants
from graphkeep.connectors.operations.manage import (
    ConnectorFields,
    change_connector,
    create_connector,
    delete_connector,
)
from graphkeep.connectors.operations.tokens import (
    authorize_token,
    delete_token,
    delete_tokens,
    parse_token_csv,
    set_token,
    set_tokens,
)
from graphkeep.connectors.queries import connectors_visible_to, find_connector
from graphkeep.connectors.rows import connector_row
from graphkeep.connectors.rules import (
    may_add_connector,
    may_manage_connector,
    may_see_connector,
    may_see_connectors,
)
from graphkeep.connectors.signature import SignedRequest, verify_signature
from graphkeep.graph.errors import InvalidFieldError, NotFoundError
from graphkeep.sources.databases.registry import connector_kinds

MAX_SCHEMA_TABLES = 5000


def organization_of(actor: Actor, slug: str) -> Organization | None:
    """The organization of a route, or None for the site's. Raises NotFoundError for a stranger's."""
    if not slug:
        return None
    organizations = Organization.objects.all()
    if not actor.is_admin:
        organizations = organizations_of(actor.user) if actor.user else organizations.none()
    organization = organizations.filter(slug=slug, is_personal=False).first()
    if organization is None:
        raise NotFoundError
    return organization


def connector_of(actor: Actor, connector_id: str, org: str) -> Connector:
    organization = organization_of(actor, org)
    connector = find_connector(actor, connector_id)
    if organization is not None and connector.organization_id != organization.pk:
        raise NotFoundError
    return connector


def check_signature(request: HttpRequest, actor: Actor, *, is_needed: bool) -> None:
    """A program signs what changes credentials; a page of this server, which has a session, need not.

    Raises:
        InvalidCredentialError: the signature is missing or not accepted.
    """
    target = request.path
    if request.META.get("QUERY_STRING"):
        target = f"{target}?{request.META['QUERY_STRING']}"
    signed = SignedRequest(
        method=request.method or "",
        target=target,
        body=request.body,
        timestamp=request.headers.get("X-Graphkeep-Timestamp", ""),
        nonce=request.headers.get("X-Graphkeep-Nonce", ""),
        signature=request.headers.get("X-Graphkeep-Signature", ""),
    )
    if signed.has_signature or (is_needed and actor.credential_kind != "session"):
        verify_signature(signed, actor=actor)


@endpoint(actors(GET="read", POST="account"), "GET", "POST")
def connectors(request: HttpRequest, org: str = "") -> HttpResponse:
    actor = authenticated_actor(request)
    organization = organization_of(actor, org)
    if request.method == "POST":
        authorize(may_add_connector, actor, organization)
        payload = ConnectorRequest.parse(parse_body(request))
        check_signature(request, actor, is_needed=payload.has_secrets)
        connector = create_with_secrets(payload, organization, actor=actor)
        return JsonResponse(connector_row(connector, actor=actor), status=201)
    authorize(may_see_connectors, actor, None)
    rows = connectors_visible_to(actor).select_related("organization").order_by("name", "pk")
    if organization is not None:
        rows = rows.filter(organization=organization)
    limit, offset = pagination(request)
    results = [connector_row(row, actor=actor) for row in rows[offset : offset + limit]]
    return JsonResponse(listing(request, rows.count(), results, limit, offset))


def create_with_secrets(
    payload: ConnectorRequest, organization: Organization | None, *, actor: Actor
) -> Connector:
    """A connector with its secret half and personal tokens, all or nothing."""
    kind = connector_kinds().get(payload.kind)
    half = read_keyjson(payload.keyjson, kind) if payload.keyjson and kind else SecretHalf()
    with transaction.atomic():
        connector = create_connector(
            with_half(payload.fields, half),
            kind_name=payload.kind,
            organization=organization,
            actor=actor,
        )
        if half.tokens:
            set_tokens(connector, half.tokens, actor=actor)
    return connector


def with_half(fields: ConnectorFields, half: SecretHalf) -> ConnectorFields:
    """The fields with the settings and secrets of the secret half; those that were sent openly win."""
    if not half.settings and not half.secrets:
        return fields
    return replace(
        fields,
        settings={**half.settings, **(fields.settings or {})},
        secrets={**half.secrets, **(fields.secrets or {})},
    )


@endpoint(actors("account", GET="read"), "GET", "PATCH", "DELETE")
def single_connector(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    actor = authenticated_actor(request)
    connector = connector_of(actor, connector_id, org)
    if request.method == "DELETE":
        check_signature(request, actor, is_needed=False)
        delete_connector(connector, actor=actor)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        authorize(may_manage_connector, actor, connector)  # before the body is judged
        payload = ConnectorRequest.parse(parse_body(request))
        check_signature(request, actor, is_needed=payload.has_secrets)
        if payload.kind and payload.kind != connector.kind:
            raise InvalidFieldError("kind", "cannot be changed: add another connector.")
        half = SecretHalf()
        if payload.keyjson:
            half = read_keyjson(payload.keyjson, kind_of(connector))
        with transaction.atomic():
            connector = change_connector(connector, with_half(payload.fields, half), actor=actor)
            if half.tokens:
                set_tokens(connector, half.tokens, actor=actor)
    authorize(may_see_connector, actor, connector)
    return JsonResponse(connector_row(connector, actor=actor))


@endpoint(actors("read"), "GET")
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of connectors, with their fields."""
    authorize(may_see_connectors, authenticated_actor(request), None)
    return JsonResponse({"results": [kind_row(kind) for kind in connector_kinds().values()]})


@endpoint(actors("account"), "GET", "PUT")
def grants(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    actor = authenticated_actor(request)
    connector = connector_of(actor, connector_id, org)
    authorize(may_manage_connector, actor, connector)
    if request.method == "PUT":
        set_grants(connector, parse_grants(parse_body(request)), actor=actor)
    results = [
        {"user": grant.username or None, "organization": grant.organization or None, "right": grant.right}
        for grant in current_grants(connector)
    ]  # fmt: skip
    return JsonResponse({"results": results})


@endpoint(actors("account"), "GET", "PUT", "DELETE")
def tokens(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    """Personal tokens: whose are set; PUT sets many, as JSON or `text/csv`; DELETE deletes all."""
    actor = authenticated_actor(request)
    connector = connector_of(actor, connector_id, org)
    authorize(may_manage_connector, actor, connector)
    if request.method == "DELETE":
        check_signature(request, actor, is_needed=True)
        delete_tokens(connector, actor=actor)
        return HttpResponse(status=204)
    if request.method == "PUT":
        check_signature(request, actor, is_needed=True)
        replaces = request.GET.get("replace", "").lower() == "true"
        set_tokens(connector, tokens_of(request), actor=actor, replaces=replaces)
    return JsonResponse({"results": token_rows(connector)})


def tokens_of(request: HttpRequest) -> dict[str, str]:
    if (request.content_type or "").startswith("text/csv"):
        try:
            text = request.body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidFieldError("tokens", "The CSV is not UTF-8.") from error
        check_text(text, "The CSV")
        return parse_token_csv(text)
    return parse_tokens(parse_body(request))


@endpoint(actors("account"), "PUT", "DELETE")
def single_token(
    request: HttpRequest, connector_id: str, username: str, org: str = ""
) -> HttpResponse:
    """A user's personal token: one's own, or another's for those who manage the connector."""
    actor = authenticated_actor(request)
    connector = connector_of(actor, connector_id, org)
    authorize_token(connector, username, actor)
    check_signature(request, actor, is_needed=True)
    if request.method == "DELETE":
        delete_token(connector, username, actor=actor)
    else:
        set_token(connector, username, parse_token(parse_body(request)), actor=actor)
    return HttpResponse(status=204)


@endpoint(actors("account"), "POST")
def check(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    """Reach the source; 200 in any case, with the stage at which it failed."""
    actor = authenticated_actor(request)
    result = check_connector(connector_of(actor, connector_id, org), actor=actor)
    return JsonResponse(
        {
            "is_ok": result.is_ok,
            "stage": result.stage,
            "message": result.message,
            "advice": result.advice,
        }
    )


@endpoint(actors("account"), "POST")
def audit(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    """What the connected account may really do."""
    actor = authenticated_actor(request)
    findings = audit_connector(connector_of(actor, connector_id, org), actor=actor)
    return JsonResponse({"results": [asdict(finding) for finding in findings]})


@endpoint(actors("read"), "GET")
def schema(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    actor = authenticated_actor(request)
    schema = read_schema(connector_of(actor, connector_id, org), actor=actor)
    tables: list[dict[str, Any]] = [asdict(table) for table in schema.tables[:MAX_SCHEMA_TABLES]]
    is_cut = schema.is_cut or len(schema.tables) > MAX_SCHEMA_TABLES
    return JsonResponse({"tables": tables, "is_cut": is_cut})


@endpoint(actors("account"), "POST")
def adopt(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    """Turn a connector that the configuration sets into a managed one."""
    actor = authenticated_actor(request)
    connector = adopt_connector(connector_of(actor, connector_id, org), actor=actor)
    return JsonResponse(connector_row(connector, actor=actor))


ROOT = r"^api/v2/(?:o/(?P<org>[^/]+)/)?connectors"
ONE = ROOT + r"/(?P<connector_id>[0-9a-f]{32})"
urlpatterns: list[URLPattern] = [
    re_path(ROOT + r"/?$", connectors),
    re_path(r"^api/v2/connectors/kinds/?$", kinds),
    re_path(ONE + r"/?$", single_connector),
    re_path(ONE + r"/grants/?$", grants),
    re_path(ONE + r"/tokens/?$", tokens),
    re_path(ONE + r"/tokens/(?P<username>[^/]+)/?$", single_token),
    re_path(ONE + r"/test/?$", check),
    re_path(ONE + r"/audit/?$", audit),
    re_path(ONE + r"/schema/?$", schema),
    re_path(ONE + r"/adopt/?$", adopt),
]

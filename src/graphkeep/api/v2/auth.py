"""Tokens as the public clients ask for them; every route with and without its trailing slash."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.personal_keys import use_personal_key
from graphkeep.accounts.credentials.tokens import issue_token, read_token, refresh_token
from graphkeep.accounts.models import Organization, PersonalKey, User
from graphkeep.accounts.operations.keys import create_key, revoke_key
from graphkeep.accounts.operations.organizations import switch_organization
from graphkeep.accounts.operations.sign_in import sign_in_program
from graphkeep.accounts.queries import active_organization, keys_of, organizations_of
from graphkeep.accounts.rate_limit import RateLimitedError
from graphkeep.api.credentials import credentials_of_request
from graphkeep.api.error_response import response_to
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import OPEN, actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.v2.requests.accounts import (
    KeyRequest,
    MissingFieldsError,
    SignInRequest,
    TokenRequest,
    organization_name,
)
from graphkeep.graph.errors import (
    GraphkeepError,
    NotAllowedError,
    NotFoundError,
    UserInputError,
)


def missing_fields(error: MissingFieldsError) -> JsonResponse:
    return JsonResponse({name: ["This field is required."] for name in error.names}, status=400)


def token_answer(user: User, org_name: str, *, key: PersonalKey | None = None) -> JsonResponse:
    token_organization = None
    if org_name:
        row = Organization.objects.filter(slug=org_name).first()
        member = row is not None and organizations_of(user).filter(pk=row.pk).exists()
        # A non-member learns no more about an organization than about one that does not exist.
        organization = {"slug": org_name, "is_found": member, "is_member": member}
        token_organization = row if member else None
    else:
        current = active_organization(user)
        organization = {"slug": current.slug, "is_found": True, "is_member": True}
    return JsonResponse(
        {
            "token": issue_token(user, key=key, organization=token_organization),
            "user": {
                "id": user.pk,
                "username": user.username,
                "name": user.name,
                "email": user.email,
            },
            "active_organization": organization,
        }
    )


@endpoint(OPEN, "POST")
def generate(request: HttpRequest) -> HttpResponse:
    try:
        payload = SignInRequest.parse(parse_body(request))
        user = sign_in_program(
            payload.username, payload.password, address=request.META.get("REMOTE_ADDR", "")
        )
    except MissingFieldsError as error:
        return missing_fields(error)
    except RateLimitedError as error:
        return JsonResponse(
            {"non_field_errors": [error.message]},
            status=429,
            headers={"Retry-After": str(error.retry_after_s)},
        )
    except (InvalidCredentialError, UserInputError) as error:
        return JsonResponse({"non_field_errors": [error.message]}, status=400)
    return token_answer(user, payload.org_name)


@endpoint(OPEN, "POST")
def refresh(request: HttpRequest) -> HttpResponse:
    try:
        _, token = refresh_token(TokenRequest.parse(parse_body(request)).token)
    except MissingFieldsError as error:
        return missing_fields(error)
    except (InvalidCredentialError, UserInputError) as error:
        return JsonResponse({"non_field_errors": [error.message]}, status=400)
    return JsonResponse({"token": token})


@endpoint(OPEN, "POST")
def verify(request: HttpRequest) -> HttpResponse:
    try:
        payload = TokenRequest.parse(parse_body(request))
        read_token(payload.token)
    except MissingFieldsError as error:
        return missing_fields(error)
    except (InvalidCredentialError, UserInputError) as error:
        return JsonResponse({"non_field_errors": [error.message]}, status=400)
    return JsonResponse({"token": payload.token})


@endpoint(OPEN, "GET", "POST")
def key_to_token(request: HttpRequest) -> HttpResponse:
    """GET carries a JSON body here: the Python client sends one."""
    scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() != "personalkey":
            raise InvalidCredentialError("Use 'Authorization: PersonalKey ID:SECRET'.")
        credentials = credentials_of_request(request)
        key = use_personal_key(
            pair.strip(), address=credentials.address, is_page=credentials.is_page
        )
        org_name = organization_name(parse_body(request))
    except GraphkeepError as error:
        return response_to(error, request)
    return token_answer(key.user, org_name, key=key)


@endpoint(actors("account"), "GET", "POST")
def keys(request: HttpRequest) -> HttpResponse:
    actor = authenticated_actor(request)
    user = owner(actor)
    if request.method == "POST":
        payload = KeyRequest.parse(parse_body(request))
        key, secret = create_key(
            user,
            actor=actor,
            name=payload.name,
            scopes=payload.scopes,
            networks=payload.networks,
            days=payload.days,
            is_server_only=payload.is_server_only,
        )
        return JsonResponse({"key_id": key.key_id, "key_secret": secret}, status=201)
    rows = [
        {
            "key_id": key.key_id,
            "name": key.name,
            "scopes": key.scopes,
            "networks": key.networks,
            "is_server_only": key.is_server_only,
            "expires_at": key.expires_at,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
        }
        for key in keys_of(user)
    ]
    return JsonResponse({"results": rows})


@endpoint(actors("account"), "DELETE")
def single_key(request: HttpRequest, key_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    key = keys_of(owner(actor)).filter(key_id=key_id).first()
    if key is None:
        raise NotFoundError
    revoke_key(key, actor=actor)
    return HttpResponse(status=204)


@endpoint(actors("read"), "POST")
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    actor = authenticated_actor(request)
    try:
        organization = switch_organization(slug, actor=actor)
    except NotAllowedError as error:
        return JsonResponse({"status": "ERR", "message": error.message}, status=403)
    return JsonResponse(
        {"status": "OK", "message": f"Switched to organization: {organization.slug}"}
    )


@endpoint(OPEN, "GET", "POST")
def single_sign_on(request: HttpRequest, **_: str) -> HttpResponse:
    text = "Single sign-on is not configured on this server."
    return JsonResponse({"status": "ERR", "message": text})


def owner(actor: Actor) -> User:
    if actor.user is None:
        raise InvalidCredentialError("Authentication credentials were not provided.")
    return actor.user


urlpatterns: list[URLPattern] = [
    re_path(r"^(?:api-token-auth|api/v2/auth/token/generate)/?$", generate),
    re_path(r"^(?:api-token-refresh|api/v2/auth/token/refresh)/?$", refresh),
    re_path(r"^(?:api-token-verify|api/v2/auth/token/verify)/?$", verify),
    re_path(r"^api/v2/auth/pkey/jwt/?$", key_to_token),
    re_path(r"^api/v2/auth/pkey/?$", keys),
    re_path(r"^api/v2/auth/pkey/(?P<key_id>[A-Z0-9]+)/?$", single_key),
    re_path(r"^api/v2/o/(?P<slug>[^/]+)/switch/?$", switch),
    re_path(r"^api/v2/g/sso/oidc/login/(?:[^/]+/?)?$", single_sign_on),
    re_path(r"^api/v2/o/(?:[^/]+/)?sso/oidc/(?:login|jwt)/(?:[^/]+/?)?$", single_sign_on),
]

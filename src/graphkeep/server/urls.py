"""Every address of the server."""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.tokens import instance
from graphkeep.api.v2 import auth


def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers; strangers learn no more."""
    instance()
    return JsonResponse({"success": True})


urlpatterns: list[URLPattern] = [
    re_path(r"^(?:healthz|ht|healthcheck)/?$", health),
    *auth.urlpatterns,
]

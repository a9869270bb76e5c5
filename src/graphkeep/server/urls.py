"""Every address of the server."""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.tokens import instance
from graphkeep.api import new_graph, view
from graphkeep.api.v2 import auth, datasets, files, share
from graphkeep.server.pages import accounts, shells


def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers; strangers learn no more."""
    instance()
    return JsonResponse({"success": True})


urlpatterns: list[URLPattern] = [
    re_path(r"^(?:healthz|ht|healthcheck)/?$", health),
    *auth.urlpatterns,
    *files.urlpatterns,
    *datasets.urlpatterns,
    *share.urlpatterns,
    *view.urlpatterns,
    *new_graph.urlpatterns,
    re_path(r"^$", shells.home),
    re_path(r"^datasets/?$", shells.gallery),
    re_path(r"^graph/graph\.html$", shells.graph),
    re_path(r"^accounts/login/?$", accounts.sign_in_page),
    re_path(r"^accounts/signup/?$", accounts.sign_up_page),
    re_path(r"^accounts/logout/?$", accounts.sign_out_page),
    re_path(r"^users/personal/key/?$", accounts.keys_page),
]
handler404 = "graphkeep.server.pages.shells.not_found"
handler500 = "graphkeep.server.pages.shells.server_error"

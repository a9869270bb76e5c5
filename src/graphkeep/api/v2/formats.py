"""The file formats that uploads may have."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.api.identity import endpoint
from graphkeep.api.policy import actors
from graphkeep.sources.registry import FORMATS


@endpoint(actors("read"), "GET")
def formats(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"results": [file_format.as_dict() for file_format in FORMATS]})


urlpatterns: list[URLPattern] = [re_path(r"^api/v2/formats/?$", formats)]

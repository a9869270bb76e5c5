"""Unstorable text in a path, parameter, form field or cookie: a NUL or a lone surrogate."""

import re
from collections.abc import Callable, Iterable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from graphkeep.api.error_response import error_response

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
TEXT = "The request contains a NUL or a lone surrogate, which text must not contain."


def refuse_unstorable_text(
    respond: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answer 400 before any database query; the API checks its JSON bodies itself."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if any(map(UNSTORABLE.search, texts_of(request))):
            if request.path.startswith("/api"):
                return error_response(400, TEXT)
            return HttpResponse(TEXT, content_type="text/plain", status=400)
        return respond(request)

    return answer


def texts_of(request: HttpRequest) -> Iterator[str]:
    yield request.path
    if "HTTP_COOKIE" in request.META:
        yield from request.COOKIES.values()
    if request.META.get("QUERY_STRING"):
        yield from names_and_values(request.GET.lists())
    if not request.path.startswith("/api"):
        yield from names_and_values(request.POST.lists())


def names_and_values(fields: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    for name, values in fields:
        yield name
        yield from values

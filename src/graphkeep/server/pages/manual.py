"""The documentation's pages, for everybody who is signed in.

A stranger is not told them: which pages there are, and what they say, tells which release runs here.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from graphkeep.server.docs_site.index import LONGEST_SEARCH, groups_around, search
from graphkeep.server.docs_site.markdown import read
from graphkeep.server.docs_site.page_index import moved_page, page_at, picture_at
from graphkeep.server.pages.spa_pages import not_found, page


@require_safe
def manual_page(request: HttpRequest, path: str = "") -> HttpResponseBase:
    if path.partition("/")[0] == "api":  # where clients and bookmarks look for it
        return redirect("/docs/reference/http-api/")
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    if words:
        return page(
            request,
            "manual_search",
            title="Search",
            words=words,
            found=search(words),
            groups=groups_around(""),
        )
    address = f"/docs/{path}" if path else "/docs"
    found = page_at(address)
    if found is None:
        moved = moved_page(address)
        return redirect(moved.address) if moved else not_found(request)
    one = read(found)
    return page(
        request,
        "manual",
        title=one.title,
        read=one,
        groups=groups_around(found.address),
        address=found.address,
    )


@require_safe
def manual_picture(request: HttpRequest, name: str) -> HttpResponseBase:
    path = picture_at(name)
    if path is None:
        return not_found(request)
    response = HttpResponse(path.read_bytes(), content_type="image/png")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response

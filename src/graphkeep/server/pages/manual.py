"""The documentation pages, for signed-in users only: their content reveals which release runs."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from graphkeep.server.docs_site.index import LONGEST_SEARCH, groups_around, search
from graphkeep.server.docs_site.markdown import read
from graphkeep.server.docs_site.page_index import moved_page, page_at, picture_at
from graphkeep.server.pages.spa_pages import not_found, page


@require_safe
def manual_page(request: HttpRequest, path: str = "") -> HttpResponseBase:
    if path.partition("/")[0] == "api":  # the address in clients and bookmarks
        return redirect("/docs/reference/http-api/")
    query = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    if query:
        return page(
            request,
            "docs/search",
            title="Search",
            query=query,
            matches=search(query),
            groups=groups_around(""),
        )
    address = f"/docs/{path}" if path else "/docs"
    source_page = page_at(address)
    if source_page is None:
        moved = moved_page(address)
        return redirect(moved.address) if moved else not_found(request)
    rendered = read(source_page)
    return page(
        request,
        "docs/page",
        title=rendered.title,
        read=rendered,
        groups=groups_around(source_page.address),
        address=source_page.address,
    )


@require_safe
def manual_picture(request: HttpRequest, name: str) -> HttpResponseBase:
    path = picture_at(name)
    if path is None:
        return not_found(request)
    response = HttpResponse(path.read_bytes(), content_type="image/png")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response

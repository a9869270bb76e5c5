"""Portal page that uploads a support bundle, if an address is configured and air gap is off."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from graphkeep.api.identity import actor_of
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.pages.spa_pages import not_found
from graphkeep.server.portal.site import portal
from graphkeep.server.process.support import is_offered, send_bundle


def support_page(request: HttpRequest) -> HttpResponseBase:
    if not is_offered():
        return not_found(request)
    if request.method == "POST":
        try:
            messages.success(request, f"Sent to {send_bundle(actor=actor_of(request))}.")
        except GraphkeepError as error:
            messages.error(request, error.message)
        return redirect("/admin-portal/health/")
    context = {
        "title": "Send a support bundle",
        "contact": settings.SUPPORT_CONTACT,
        "address": settings.SUPPORT_URL,
    }
    return TemplateResponse(
        request, "portal/support.html", {**portal.each_context(request), **context}
    )


portal.page("", "Support", "support/", support_page)

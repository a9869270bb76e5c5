"""The doctor's findings, for an Admin who has no console."""

from django.http import HttpRequest
from django.template.response import TemplateResponse

from graphkeep.server.examine import this_deployment
from graphkeep.server.portal.site import portal
from graphkeep.upkeep.doctor.report import summary
from graphkeep.upkeep.doctor.run import examine


def doctor_page(request: HttpRequest) -> TemplateResponse:
    here = this_deployment()
    findings = examine(here, only_fast=True)
    found = [one for one in findings if one.is_bad]
    said = {
        "title": "Doctor",
        "profile": here.profile,
        "found": sorted(found, key=lambda one: one.answer.state),
        "well": [one for one in findings if one.answer.state == "ok"],
        "summary": summary(findings),
    }
    return TemplateResponse(request, "portal/doctor.html", {**portal.each_context(request), **said})


portal.page("Settings", "Doctor", "doctor/", doctor_page)

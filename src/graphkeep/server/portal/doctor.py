"""The doctor's findings, for an Admin who has no console."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from graphkeep.server.docs_site.index import anchor_of_check
from graphkeep.server.portal.site import portal
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.upkeep.doctor.report import summary
from graphkeep.upkeep.doctor.run import Finding, run_checks


def doctor_page(request: HttpRequest) -> TemplateResponse:
    here = collect_deployment()
    findings = run_checks(here, only_fast=True)
    found = [one for one in findings if one.is_bad]
    said = {
        "title": "Doctor",
        "profile": here.profile,
        "found": [with_its_place(one) for one in sorted(found, key=lambda one: one.result.state)],
        "well": [with_its_place(one) for one in findings if one.result.state == "ok"],
        "summary": summary(findings),
    }
    return TemplateResponse(request, "portal/doctor.html", {**portal.each_context(request), **said})


def with_its_place(one: Finding) -> dict[str, Any]:
    """And where the guide tells of it."""
    where = anchor_of_check(one.check.topic, one.check.check_id)
    return {"check": one.check, "answer": one.result, "why": one.why, "where": where}


portal.page("Settings", "Doctor", "doctor/", doctor_page)

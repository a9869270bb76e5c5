"""The doctor page of the portal, for Admins without shell access."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from graphkeep.server.docs_site.index import anchor_of_check
from graphkeep.server.portal.site import portal
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.upkeep.doctor.report import summary
from graphkeep.upkeep.doctor.run import Finding, run_checks


def doctor_page(request: HttpRequest) -> TemplateResponse:
    deployment = collect_deployment()
    findings = run_checks(deployment, only_fast=True)
    problems = [finding for finding in findings if finding.is_bad]
    context = {
        "title": "Doctor",
        "profile": deployment.profile,
        "problems": [
            template_values(finding)
            for finding in sorted(problems, key=lambda finding: finding.result.state)
        ],
        "passed": [
            template_values(finding) for finding in findings if finding.result.state == "ok"
        ],
        "summary": summary(findings),
    }
    return TemplateResponse(
        request, "portal/doctor.html", {**portal.each_context(request), **context}
    )


def template_values(finding: Finding) -> dict[str, Any]:
    """Template variables of a finding, with the address of its check in the hardening guide."""
    return {
        "check": finding.check,
        "result": finding.result,
        "why": finding.why,
        "address": anchor_of_check(finding.check.topic, finding.check.check_id),
    }


portal.page("Settings", "Doctor", "doctor/", doctor_page)

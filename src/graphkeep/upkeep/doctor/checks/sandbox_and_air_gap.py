"""Air gap and sandbox checks: mail, cloud metadata, vault, isolation of parsers."""

import ipaddress
from urllib.parse import urlsplit

from graphkeep.site.mail import can_send_mail
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    SetLine,
    error,
    ok,
    skipped,
    warning,
)
from graphkeep.upkeep.doctor.checks.compute import isolation

group = CheckGroup("air-gap")
sandbox = CheckGroup("api")


def is_inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(
            (".local", ".internal", ".lan", ".home.arpa", ".test")
        )


@group.check(
    "air-gap.mail", "SH-79", "AD-19", why="Mail to an outside server leaves the air-gapped network."
)
def mail(deployment: Deployment) -> CheckResult:
    if not runtime_setting("IS_AIR_GAPPED"):
        return skipped("air gap is off")
    if can_send_mail():
        return error(
            "mail is enabled in spite of air gap", SetLine(name="DISABLE_EMAIL", value="true")
        )
    return ok("no mail is sent")


@group.check(
    "air-gap.metadata", "SH-08", "SH-79", why="An air-gapped network has no cloud metadata service."
)
def metadata(deployment: Deployment) -> CheckResult:
    value = deployment.setting("ADMIN_INIT_FROM_METADATA").text.lower()
    if runtime_setting("IS_AIR_GAPPED") and value in {"1", "true", "yes", "on"}:
        return error(
            "the cloud metadata service would be queried",
            SetLine(name="ADMIN_INIT_FROM_METADATA", value="false"),
        )
    return ok("the cloud metadata service is not queried")


@group.check(
    "air-gap.vault",
    "SH-78",
    "SH-79",
    why="A vault outside of the network is an outgoing connection.",
)
def vault(deployment: Deployment) -> CheckResult:
    address = deployment.setting("VAULT_ADDR").text
    host = urlsplit(address).hostname or ""
    if runtime_setting("IS_AIR_GAPPED") and host and not is_inside(host):
        return warning(
            f"secrets come from {host}",
            ManualFix(text="set VAULT_ADDR to a vault inside this network"),
        )
    return ok("no vault outside of the network is used")


@group.check(
    "air-gap.portal-agrees", "SH-81", "SH-82", why="The setting and the Admin portal must agree."
)
def portal_agrees(deployment: Deployment) -> CheckResult:
    is_requested = deployment.setting("AIR_GAPPED").text.lower() in {"1", "true", "yes", "on"}
    if is_requested and not runtime_setting("IS_AIR_GAPPED"):
        return error("AIR_GAPPED=1 is set, but not in effect", ManualFix(text="graphkeep restart"))
    return ok("on" if runtime_setting("IS_AIR_GAPPED") else "off")


@sandbox.check(
    "api.sandbox",
    "AD-07",
    why="Without a sandbox, a malicious file could run code with the server's rights.",
    is_fast=False,
    former_id="api.jail",
)
def sandbox_works(deployment: Deployment) -> CheckResult:
    report = isolation()
    if report.landlock and report.seccomp:
        return ok("parsers run in a sandbox (Landlock and seccomp)")
    if report.landlock or report.seccomp:
        return warning(
            "Landlock or seccomp is missing",
            ManualFix(text="use a kernel of 5.13 or newer"),
        )
    return error(
        "parsers have no sandbox on this machine",
        ManualFix(text="use a kernel of 5.13 or newer with seccomp"),
    )

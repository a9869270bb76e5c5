"""Support bundle: versions, settings, health, and the end of the log, without secrets.

Uploading it is the one optional use of the internet: off until an address is configured, only on request, and
unavailable while air gap is on.
"""

import io
import json
import os
import platform
import shutil
import sys
import zipfile
from collections import deque
from dataclasses import asdict
from importlib.metadata import distributions

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from graphkeep.accounts import audit, usage
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.egress.http import host_and_port, send_request
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.graph.errors import GraphkeepError, UnavailableError, UserInputError
from graphkeep.jobs.models import Job
from graphkeep.server.config.env import KNOWN, Environment
from graphkeep.server.http.health import what_is_missing
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.server.process.running import log_file
from graphkeep.server.telemetry.logs import declared_secrets
from graphkeep.site.egress_endpoints import SUPPORT, list_endpoints
from graphkeep.site.mail import GATEWAY
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.telemetry.redaction import HIDDEN, Redactor
from graphkeep.upkeep.doctor.report import as_json
from graphkeep.upkeep.doctor.run import run_checks

LOG_LINES = 4000
TIMEOUT_S = 60.0
README = """Contents of this bundle: versions of the server and its libraries, settings (for secrets only whether they are
set), results of the doctor, health, disk and jobs, permitted outgoing connections, and the end of the log. Secrets
are removed, and the bundle was searched for them before it was written. Read it before you send it.
"""


class LeakingBundleError(GraphkeepError):
    """The bundle contains something that looks like a secret; it was not written."""


def is_offered() -> bool:
    """Whether the user interface offers to upload a bundle."""
    return bool(settings.SUPPORT_URL) and not runtime_setting("IS_AIR_GAPPED")


def make_bundle() -> bytes:
    """Create the bundle, a ZIP file.

    Raises:
        LeakingBundleError: something in it still looks like a secret after redaction.
    """
    redactor = Redactor(declared_secrets(Environment(settings.HOME, os.environ)))
    contents = {name: redactor.redact(text) for name, text in bundle_files().items()}
    refuse_leaks(contents, redactor)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in contents.items():
            bundle.writestr(f"graphkeep-support/{name}", text)
    return archive.getvalue()


def refuse_leaks(files: dict[str, str], redactor: Redactor) -> None:
    """Search the redacted text for secrets, by a second method than the one that redacted it.

    Raises:
        LeakingBundleError: a file still contains what looks like a secret.
    """
    for name, text in files.items():
        if redactor.redact(text) != text or redactor.contains_secret(text.encode()):
            raise LeakingBundleError(
                f"{name} of the support bundle still contains a possible secret; nothing was written."
            )


def bundle_files() -> dict[str, str]:
    return {
        "README.txt": README,
        "versions.json": as_text(versions()),
        "settings.txt": masked_settings(),
        "doctor.json": as_json(run_checks(collect_deployment(), only_fast=True)),
        "health.json": as_text({"missing": what_is_missing(), "disk": disk()}),
        "jobs.json": as_text(jobs()),
        "ways-out.json": as_text([asdict(endpoint) for endpoint in list_endpoints()]),
        "log.txt": log_end(),
    }


def as_text(value: object) -> str:
    return json.dumps(value, indent=2, default=str) + "\n"


def versions() -> dict[str, object]:
    libraries = {
        distribution.metadata["Name"]: distribution.version for distribution in distributions()
    }
    return {
        "made_at": timezone.now().isoformat(),
        "graphkeep": libraries.get("graphkeep", ""),
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "database": connection.vendor,
        "libraries": dict(sorted(libraries.items())),
    }


def masked_settings() -> str:
    env = Environment(settings.HOME, os.environ)
    lines = []
    for setting in KNOWN.values():
        source = env.find(setting.name)
        text = setting.default if source is None else source.text
        if setting.secret:
            text = HIDDEN if source is not None and source.text else ""
        origin = source.origin.partition(",")[0] if source else "default"
        lines.append(f"{setting.name}={text}  [{origin}]")
    return "\n".join(lines) + "\n"


def disk() -> dict[str, int]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    return {"total_bytes": usage.total, "free_bytes": usage.free}


def jobs() -> dict[str, object]:
    counts = list(Job.objects.values("kind", "state").annotate(count=Count("pk")).order_by("kind"))
    failed = Job.objects.filter(state=Job.State.FAILED).order_by("-created_at")[:20]
    # A failed job's message may name columns of people's data: list only that it failed, and when.
    return {
        "counts": counts,
        "failed": [[job.kind, job.finished_at, str(job.pk)] for job in failed],
    }


def log_end() -> str:
    try:
        with log_file().open(errors="replace") as source:
            return "".join(deque(source, maxlen=LOG_LINES))
    except FileNotFoundError:
        return "There is no log file: this server's lines go to its console or its containers.\n"


def send_bundle(*, actor: Actor) -> str:
    """Upload a new bundle to SUPPORT_URL; returns the host.

    Raises:
        UserInputError: no address is configured.
        UnavailableError: air gap is on, or the host does not accept the bundle.
    """
    authorize(may_administer, actor, None)
    host, port = host_and_port(settings.SUPPORT_URL)
    if not host:
        raise UserInputError("SUPPORT_URL is not set, so a bundle cannot be sent.")
    bundle = make_bundle()
    GATEWAY.allow(Endpoint(component=SUPPORT, host=host, port=port, may_be_inside=True))
    try:
        response = send_request(
            GATEWAY,
            SUPPORT,
            settings.SUPPORT_URL,
            method="POST",
            body=bundle,
            headers={"Content-Type": "application/zip"},
            timeout_s=TIMEOUT_S,
        )
    except EgressForbiddenError as error:
        raise UnavailableError(str(error)) from error
    except OSError as error:
        raise UnavailableError(
            f"{host} does not take the bundle: {type(error).__name__}"
        ) from error
    if response.status >= 300:
        raise UnavailableError(f"{host} does not take the bundle: it answers {response.status}")
    if actor.user is not None:
        usage.count_sent_out(actor.user.pk, len(bundle))
    audit.record("support.sent", actor=actor, target=host, bytes=len(bundle))
    return host

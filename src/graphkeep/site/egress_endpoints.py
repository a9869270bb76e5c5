"""The egress endpoints: every component that can connect to other machines, where to, and its state."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from graphkeep.site.mail import can_send_mail
from graphkeep.site.runtime_settings import runtime_setting

TRACES, SUPPORT = "traces", "support"
INSIDE_ONLY = "inside only, by air gap"


@dataclass(frozen=True, kw_only=True)
class EgressEndpoint:
    component: str
    purpose: str
    host: str
    port: int
    state: str
    """`on`, INSIDE_ONLY, `off`, or why it is off."""

    @property
    def is_used(self) -> bool:
        """Whether connections to it are allowed now, if only to addresses inside this network."""
        return bool(self.host) and self.state in {"on", INSIDE_ONLY}


EndpointSource = Callable[[], Iterable[EgressEndpoint]]
_sources: list[EndpointSource] = []


def register_endpoints(source: EndpointSource) -> None:
    """List what `source` returns too: for packages above this one, whose endpoints are in the database."""
    if source not in _sources:
        _sources.append(source)


def list_endpoints() -> list[EgressEndpoint]:
    """The egress endpoints of this configuration, those that are off included."""
    is_air_gapped = bool(runtime_setting("IS_AIR_GAPPED"))
    metadata = urlsplit(settings.ADMIN_INIT_METADATA_URL)
    vault = urlsplit(settings.VAULT_ADDR)
    database = urlsplit(settings.DATABASE_URL)
    endpoints = [
        EgressEndpoint(
            component="mail",
            purpose="invitations and notices",
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            state=state(
                is_on=can_send_mail(), is_gapped=is_air_gapped and bool(settings.EMAIL_HOST)
            ),
        ),
        EgressEndpoint(
            component="metadata",
            purpose="the instance id of a cloud's machine, once",
            host=metadata.hostname or "",
            port=metadata.port or 80,
            state=state(
                is_on=settings.ADMIN_INIT_FROM_METADATA and not is_air_gapped,
                is_gapped=is_air_gapped,
            ),
        ),
        EgressEndpoint(
            component="vault",
            purpose="secrets, at the start",
            host=vault.hostname or "",
            port=port_of(vault),
            state="on" if vault.hostname else "off",
        ),
    ]
    telemetry = urlsplit(settings.OTEL_ENDPOINT)
    support = urlsplit(settings.SUPPORT_URL)
    endpoints += [
        EgressEndpoint(
            component=TRACES,
            purpose="traces of requests and jobs, to a collector",
            host=telemetry.hostname or "",
            port=port_of(telemetry),
            state=state(
                is_on=settings.ENABLE_OPEN_TELEMETRY and bool(telemetry.hostname),
                is_gapped=is_air_gapped,
            ),
        ),
        EgressEndpoint(
            component=SUPPORT,
            purpose="support bundles, when an Admin sends one",
            host=support.hostname or "",
            port=port_of(support),
            state=state(is_on=bool(support.hostname), is_gapped=is_air_gapped),
        ),
    ]
    for component, address, purpose in (
        ("store", settings.GRAPHKEEP_STORE, "graphs, where they rest"),
        ("backup", settings.S3_SETTINGS["backup"]["endpoint"], "backups, by graphkeep backup"),
    ):
        endpoint = urlsplit(settings.S3_SETTINGS[component]["endpoint"])
        if address:
            endpoints.append(
                EgressEndpoint(
                    component=component,
                    purpose=purpose,
                    host=endpoint.hostname or "s3.amazonaws.com",
                    port=port_of(endpoint),
                    state=INSIDE_ONLY if is_air_gapped else "on",
                )
            )
    if database.hostname:
        port = database.port or 5432
        endpoints.append(
            EgressEndpoint(
                component="database",
                purpose="all that the server knows",
                host=database.hostname,
                port=port,
                state="on",
            )
        )
    return [*endpoints, *(endpoint for source in _sources for endpoint in source())]


def port_of(address: SplitResult) -> int:
    return address.port or (80 if address.scheme == "http" else 443)


def state(*, is_on: bool, is_gapped: bool) -> str:
    if is_gapped:
        return "disabled by air gap"
    return "on" if is_on else "off"

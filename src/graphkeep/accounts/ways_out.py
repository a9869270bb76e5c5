"""Every part of the server that can connect elsewhere, where to, and whether it may now."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from graphkeep.accounts.live import live
from graphkeep.accounts.mail import can_send_mail


@dataclass(frozen=True, kw_only=True)
class WayOut:
    component: str
    does: str
    host: str
    port: int
    state: str
    """`on`, `off`, or why it is off."""


def ways_out() -> list[WayOut]:
    gapped = bool(live("IS_AIR_GAPPED"))
    metadata = urlsplit(settings.ADMIN_INIT_METADATA_URL)
    vault = urlsplit(settings.VAULT_ADDR)
    database = urlsplit(settings.DATABASE_URL)
    found = [
        WayOut(
            component="mail",
            does="invitations and notices",
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            state=state(is_on=can_send_mail(), is_gapped=gapped and bool(settings.EMAIL_HOST)),
        ),
        WayOut(
            component="metadata",
            does="the instance id of a cloud's machine, once",
            host=metadata.hostname or "",
            port=metadata.port or 80,
            state=state(is_on=settings.ADMIN_INIT_FROM_METADATA and not gapped, is_gapped=gapped),
        ),
        WayOut(
            component="vault",
            does="secrets, at the start",
            host=vault.hostname or "",
            port=vault.port or (443 if vault.scheme == "https" else 80),
            state="on" if vault.hostname else "off",
        ),
    ]
    if database.hostname:
        port = database.port or 5432
        found.append(
            WayOut(
                component="database",
                does="all that the server knows",
                host=database.hostname,
                port=port,
                state="on",
            )
        )
    return found


def state(*, is_on: bool, is_gapped: bool) -> str:
    if is_gapped:
        return "disabled by air gap"
    return "on" if is_on else "off"

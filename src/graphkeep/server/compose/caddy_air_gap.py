"""Caddy asks its authority by itself, outside our gateway: under air gap it is told to use another certificate.

What is told lies in a file that the Caddyfile imports; `caddy run --watch` takes it over within seconds.
"""

import logging
import threading
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from graphkeep.server.compose.certificates import check_certificate
from graphkeep.server.compose.containers import OPEN, PLACE, is_compose, write_edge
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.site.runtime_settings import runtime_setting

logger = logging.getLogger(__name__)
LOOK_S = 1.0
CLOSED = "# Written by the server while air gap is on: no authority outside is asked for a certificate.\n"


def follow_air_gap(over: threading.Event) -> None:
    """Until the process ends; both ways of air gap arrive here, also those said on the console."""
    while not over.wait(LOOK_S):
        try:
            tell_caddy(
                settings.HOME,
                is_closed=runtime_setting("IS_AIR_GAPPED"),
                domain=runtime_setting("SITE_DOMAIN"),
            )
        except (OSError, DatabaseError) as error:
            logger.warning("Caddy could not be told of air gap: %s", error)
        close_old_connections()


def tell_caddy(home: Path, *, is_closed: bool, domain: str) -> None:
    wanted = CLOSED + certificate_line(home, domain) if is_closed else OPEN
    place = home / PLACE
    if not place.exists() and not is_closed:
        return  # there is no Caddy of ours
    if place.exists() and place.read_text() == wanted:
        return
    write_edge(home, wanted)
    how = "on: Caddy asks nobody outside" if is_closed else "off: Caddy may ask its authority again"
    logger.info("air gap is %s", how)


def certificate_line(home: Path, domain: str) -> str:
    """An own certificate where a good one lies, Caddy's own authority otherwise."""
    folder = home / "data/config/caddy/tls"
    with suppress(ConfigurationError, OSError):
        check_certificate(folder / "server.crt", folder / "server.key", domain)
        seen = "/etc/caddy/tls" if is_compose(home) else str(folder)
        return f"tls {seen}/server.crt {seen}/server.key\n"
    return "tls internal\n"

"""Air gap for Caddy: it contacts its ACME authority itself, so under air gap it must use another certificate.

The server writes the certificate directive to a file that the Caddyfile imports; `caddy run --watch` reloads it
within seconds.
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
    """Apply changes of air gap to Caddy until `over` is set, from the portal and the command line alike."""
    while not over.wait(LOOK_S):
        try:
            write_air_gap_config(
                settings.HOME,
                is_closed=runtime_setting("IS_AIR_GAPPED"),
                domain=runtime_setting("SITE_DOMAIN"),
            )
        except (OSError, DatabaseError) as error:
            logger.warning("air gap could not be applied to Caddy: %s", error)
        close_old_connections()


def write_air_gap_config(home: Path, *, is_closed: bool, domain: str) -> None:
    content = CLOSED + certificate_line(home, domain) if is_closed else OPEN
    path = home / PLACE
    if not path.exists() and not is_closed:
        return  # this server has no Caddy
    if path.exists() and path.read_text() == content:
        return
    write_edge(home, content)
    state = (
        "on: Caddy uses no outside certificate authority"
        if is_closed
        else "off: Caddy may ask its authority again"
    )
    logger.info("air gap is %s", state)


def certificate_line(home: Path, domain: str) -> str:
    """The `tls` directive: the administrator's certificate if it is valid, else Caddy's internal authority."""
    folder = home / "data/config/caddy/tls"
    with suppress(ConfigurationError, OSError):
        check_certificate(folder / "server.crt", folder / "server.key", domain)
        mounted = "/etc/caddy/tls" if is_compose(home) else str(folder)
        return f"tls {mounted}/server.crt {mounted}/server.key\n"
    return "tls internal\n"

"""The first Admin of a machine image: preset by name and password, or by the cloud's name of the machine."""

import http.client
import logging
import socket
from urllib.parse import urlsplit

from django.conf import settings

from graphkeep.accounts.actor import system_actor
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.people import create_user
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.site.runtime_settings import runtime_setting

logger = logging.getLogger(__name__)
NAME = "admin"
COMPONENT = "cloud metadata"
TIMEOUT_S = 2


def init_admin() -> User | None:
    """The preset Admin; whatever is preset is ignored once the server is claimed."""
    if get_instance().is_claimed:
        return None
    name, password = settings.ADMIN_INIT_USERNAME, settings.ADMIN_INIT_PASSWORD
    is_machine = not (name and password) and settings.ADMIN_INIT_FROM_METADATA
    if is_machine:
        name, password = NAME, instance_password()
    if not name or not password:
        return None
    return create_user(
        username=name,
        email="",
        password=password,
        must_change_password=True,
        is_initial=is_machine,
        role=User.Role.ADMIN,
        actor=system_actor("first-start"),
    )


def instance_password() -> str:
    """The machine's id as its cloud tells it (IMDSv2), or nothing where none answers."""
    address = urlsplit(settings.ADMIN_INIT_METADATA_URL)
    host, port = address.hostname or "", address.port or 80
    gateway = Gateway(lambda: bool(runtime_setting("IS_AIR_GAPPED")))
    gateway.allow(
        Endpoint(
            component=COMPONENT, host=host, port=port, may_be_inside=True, may_be_metadata=True
        )
    )
    try:
        wait = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        token = fetch(gateway, host, port, "PUT", "/latest/api/token", wait)
        shown = {"X-aws-ec2-metadata-token": token}
        found = fetch(gateway, host, port, "GET", "/latest/meta-data/instance-id", shown)
    except (OSError, EgressForbiddenError, http.client.HTTPException) as error:
        logger.warning("the cloud does not tell this machine's id: %s", type(error).__name__)
        return ""
    return found if found.startswith("i-") else f"i-{found}" if found else ""


def fetch(
    gateway: Gateway, host: str, port: int, method: str, path: str, headers: dict[str, str]
) -> str:
    link = _Connection(gateway, host, port)
    try:
        link.request(method, path, headers=headers)
        answer = link.getresponse()
        text = answer.read(200).decode("ascii", "replace").strip()
        return text if answer.status == http.HTTPStatus.OK and text.isprintable() else ""
    finally:
        link.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, gateway: Gateway, host: str, port: int) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self.gateway = gateway

    def connect(self) -> None:
        self.sock: socket.socket = self.gateway.connect(
            COMPONENT, self.host, self.port, timeout_s=TIMEOUT_S
        )

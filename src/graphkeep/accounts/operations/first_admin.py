"""The first Admin of a machine image: preset by name and password, or by the cloud's instance id."""

import logging
from http import HTTPStatus

from django.conf import settings

from graphkeep.accounts.actor import system_actor
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.people import create_user
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.http import host_and_port, send_request
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.site.runtime_settings import runtime_setting

logger = logging.getLogger(__name__)
NAME = "admin"
COMPONENT = "cloud metadata"
TIMEOUT_S = 2
MAX_ANSWER_BYTES = 200


def init_admin() -> User | None:
    """Create the preset Admin; presets are ignored once the server is claimed."""
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
    """The instance id from the cloud's metadata service (IMDSv2), or an empty string if none answers."""
    address = settings.ADMIN_INIT_METADATA_URL.rstrip("/")
    host, port = host_and_port(address)
    gateway = Gateway(lambda: bool(runtime_setting("IS_AIR_GAPPED")))
    gateway.allow(
        Endpoint(
            component=COMPONENT, host=host, port=port, may_be_inside=True, may_be_metadata=True
        )
    )

    def request(method: str, path: str, headers: dict[str, str]) -> str:
        response = send_request(
            gateway,
            COMPONENT,
            address + path,
            method=method,
            headers=headers,
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_ANSWER_BYTES,
        )
        text = response.body.decode("ascii", "replace").strip()
        return text if response.status == HTTPStatus.OK and text.isprintable() else ""

    try:
        token = request("PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        instance_id = request(
            "GET", "/latest/meta-data/instance-id", {"X-aws-ec2-metadata-token": token}
        )
    except (OSError, EgressForbiddenError) as error:
        logger.warning("the cloud metadata service does not respond: %s", type(error).__name__)
        return ""
    if not instance_id:
        return ""
    return instance_id if instance_id.startswith("i-") else f"i-{instance_id}"

"""The object stores that an administrator named: for graphs, and for backups."""

import socket
from functools import cache

from django.conf import settings

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import Endpoint
from graphkeep.site.events import report_refusal
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.store.bucket import Bucket, BucketConfig, parse_bucket_address

TIMEOUT_S = 30.0


def bucket_config(component: str, address: str) -> BucketConfig:
    """`component` is `store` or `backup`; the settings of graphs are the defaults of backups.

    Raises:
        UserInputError: the address or a setting is missing.
    """
    options = dict(settings.S3_SETTINGS["store"])
    if component == "backup":
        options |= {name: value for name, value in settings.S3_SETTINGS["backup"].items() if value}
    options["region"] = options["region"] or "us-east-1"
    options["endpoint"] = options["endpoint"] or f"https://s3.{options['region']}.amazonaws.com"
    return parse_bucket_address(address, **options)


@cache
def open_bucket(component: str, address: str) -> Bucket:
    """The bucket of an address, connected through the egress gateway; cached for the process."""
    config = bucket_config(component, address)
    # Like a database, a store inside this network is reached in air gap too, and one outside is not.
    gateway = Gateway(lambda: False, report_refusal)

    def connect(host: str, port: int) -> socket.socket:
        gateway.allow(
            Endpoint(
                component=component,
                host=config.host,
                port=config.port,
                may_be_inside=True,
                must_be_inside=bool(runtime_setting("IS_AIR_GAPPED")),
            )
        )
        return gateway.connect(component, host, port, timeout_s=TIMEOUT_S)

    return Bucket(config, connect)

"""An S3-compatible store on loopback (moto: it speaks the protocol, and forgets all at its end)."""

import logging
import secrets
import socket

import pytest
from moto.server import ThreadedMotoServer

from graphkeep.store.bucket import Bucket, parse_bucket_address


@pytest.fixture(scope="session")
def object_store():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def new_bucket(object_store):
    buckets = []

    def make(prefix="", **fields):
        name = f"graphs-{secrets.token_hex(4)}"
        address = f"s3://{name}" + (f"/{prefix}" if prefix else "")
        defaults = {
            "endpoint": object_store,
            "region": "us-east-1",
            "access_key": "alice",
            "secret_key": "violet",
        }
        bucket = Bucket(
            parse_bucket_address(address, **(defaults | fields)),
            lambda *address: socket.create_connection(address, 10),
        )
        bucket.client.create_bucket(Bucket=name)
        buckets.append(bucket)
        return bucket

    yield make
    for bucket in buckets:
        bucket.close()

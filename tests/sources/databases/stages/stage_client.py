"""Runs in a network namespace: reaches each listener of `stage_servers`, and prints what it was told, as JSON."""

import json
import sys
import threading
import time
from pathlib import Path

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import connector_endpoint, parse_inside_entries
from graphkeep.egress.outbound import Outbound
from graphkeep.sources.databases.http_client import HttpClient
from graphkeep.sources.databases.probe import reach
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.databases.tls import client_tls
from tests.sources.databases.stages.stage_servers import PORTS

HOST, NETWORK = "db.example", "10.77.0.0/16"
TOKEN = "SECRET-TOKEN"


def outbound(host, port, networks=(NETWORK, "10.200.0.0/16")):
    gateway = Gateway(lambda: False)
    gateway.allow(connector_endpoint("connector:1", host, port, parse_inside_entries(networks)))
    return Outbound(gateway, "connector:1")


def probe(host, port, *, tls=None, networks=(NETWORK, "10.200.0.0/16")):
    return lambda: reach(outbound(host, port, networks), host, port, tls=tls)


def ask(status):
    port = PORTS["http"]
    client = HttpClient(
        outbound(HOST, port), f"http://{HOST}:{port}", headers={"Authorization": TOKEN}, timeout_s=5
    )
    return lambda: client.send_json("GET", f"/{status}", query=[("key", TOKEN)])


def cases(authority):
    tls = client_tls(authority)
    return {
        "works": probe(HOST, PORTS["good"], tls=tls),
        "name-unknown": probe("no-such-name.invalid", 5432),
        "name-server-silent": probe("db.unresolved.example", 5432),
        "route-none": probe("10.200.0.1", 5432),
        "route-no-neighbour": probe("10.77.0.77", 5432),
        "refused": probe(HOST, 7999),
        "tls-untrusted": probe(HOST, PORTS["good"], tls=client_tls()),
        "tls-self-signed": probe(HOST, PORTS["self-signed"], tls=tls),
        "tls-expired": probe(HOST, PORTS["expired"], tls=tls),
        "tls-other-name": probe("10.77.0.2", PORTS["good"], tls=tls),
        "tls-not-spoken": probe(HOST, PORTS["plain"], tls=tls),
        "tls-reset": probe(HOST, PORTS["reset"], tls=tls),
        "timeout-dropped": probe(HOST, PORTS["dropped"]),
        "timeout-in-handshake": probe(HOST, PORTS["silent"], tls=tls),
        "policy-inside": probe(HOST, PORTS["good"], networks=()),
        "policy-metadata": probe("169.254.169.254", 80),
        "sign-in": ask(401),
        "permission": ask(403),
        "rate-limit": ask(429),
    }


def run(name, case, answers):
    start = time.monotonic()
    try:
        case()
    except ConnectorError as error:
        answers[name] = [error.stage, str(error), error.advice, time.monotonic() - start]
    else:
        answers[name] = ["", "", "", time.monotonic() - start]


if __name__ == "__main__":
    answers = {}
    threads = [
        threading.Thread(target=run, args=(name, case, answers))
        for name, case in cases(Path(sys.argv[1]).read_text()).items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(answers))

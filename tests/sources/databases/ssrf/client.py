"""Runs in a network namespace: tries each payload at each kind of connector, and prints how it was refused, as JSON."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections import Counter

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import connector_endpoint
from graphkeep.egress.outbound import Outbound
from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.registry import connector_kind, connector_kinds
from graphkeep.sources.databases.setting_values import checked_settings
from graphkeep.sources.databases.stages import ConnectorError
from tests.sources.databases.http.json_service import Reply, Service
from tests.sources.databases.kinds import check
from tests.sources.databases.ssrf import name_server
from tests.sources.databases.ssrf.payloads import links, payloads

OK = "ok.example"
COMPONENT = "connector:ssrf"
FLIP_COUNT = 200
# All payloads at each kind are tried by `./graphkeep prove connectors`.
STEP = 1 if os.environ.get("GRAPHKEEP_PROVE") else 6


def syn_count() -> int:
    """Connections that were begun to anywhere but the service, by the namespace's own counter."""
    ruleset = json.loads(subprocess.check_output(["nft", "-j", "list", "table", "inet", "t"]))
    return sum(
        part["counter"]["packets"]
        for entry in ruleset["nftables"]
        for part in entry.get("rule", {}).get("expr", ())
        if "counter" in part
    )


def context_of(kind, **settings):
    given: dict[str, object] = {"port": 8080}
    for field in kind.fields:
        if field.name == "tls" and field.kind == "boolean":
            given["tls"] = False
        elif field.is_required and not field.is_secret:
            given.setdefault(field.name, "x")
    values = checked_settings(kind.fields, {**given, **settings})
    kind.check_settings(values)
    gateway = Gateway(lambda: False)
    for host, port in kind.endpoints(values):
        gateway.allow(connector_endpoint(COMPONENT, host, port, ()))
    return ConnectionContext(
        settings=values,
        secrets={field.name: "canary-ssrf" for field in kind.fields if field.is_secret},
        outbound=Outbound(gateway, COMPONENT),
        limits=QueryLimits(max_seconds=5),
    )


def payloads_for(kind) -> list[str]:
    return payloads()[:: 1 if kind.name == "http" else STEP]


def try_setting(kind, payload) -> str:
    """How a host is refused: its setting, or the stage of the connector's test."""
    try:
        context = context_of(kind, host=payload)
    except GraphkeepError as error:
        return f"setting {getattr(error, 'name', '')}"
    try:
        session = kind.open(context)
        try:
            session.test()
        finally:
            session.close()
    except ConnectorError as error:
        return error.stage
    return "CONNECTED"


def try_links(kind_name, service, language, text, reply) -> list[str]:
    kind = connector_kind(kind_name)
    outcomes = []
    context = context_of(kind, host=OK, port=service.server_port)
    for link in links():
        service.answer = lambda request, link=link: reply(request, link)
        session = kind.open(context)
        try:
            list(session.run(check(kind, language, text, context)))
        except ConnectorError as error:
            outcomes.append(error.stage)
        else:
            outcomes.append("read")
        finally:
            session.close()
    return outcomes


def next_link(request, link):
    return Reply(content={"rows": [1], "next": link} if "x" not in request.query else {"rows": []})


def redirect(request, link):
    return Reply(
        status=307,
        headers={"Location": link.encode("ascii", "ignore").decode().replace("\r\n", "")},
    )


def api_root(request, link):
    if request.path == "/taxii2/":
        return Reply(content={"title": "t", "default": link, "api_roots": [link]})
    return Reply(content={"collections": []})


def rebind(service) -> Counter:
    """A name whose address changes with each question, at the connector's test and at its query."""
    kind = connector_kind("http")
    outcomes = Counter()
    for number in range(FLIP_COUNT):
        context = context_of(kind, host=f"f{number}.rebind.example", port=service.server_port)
        session = kind.open(context)
        try:
            if number % 2:
                session.test()
            else:
                list(session.run(check(kind, "request", '{"path": "/v1"}', context)))
            outcomes["outside"] += 1
        except ConnectorError as error:
            outcomes[error.stage] += 1
        finally:
            session.close()
    return outcomes


def main() -> None:
    logging.disable()
    name_server.start()
    service = Service(lambda request: Reply(content=[]), "0.0.0.0")
    service.server_close()
    service = Service(lambda request: Reply(content=[]), name_server.OUTSIDE)
    threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True).start()
    kinds = [
        kind
        for kind in connector_kinds().values()
        if any(field.kind == "host" for field in kind.fields)
    ]
    before = syn_count()
    settings = {
        kind.name: dict(Counter(try_setting(kind, payload) for payload in payloads_for(kind)))
        for kind in kinds
    }
    request = '{"path": "/v1/hosts", "records": "rows", "paging": {"next": "next"}}'
    followed = {
        "next": try_links("http", service, "request", request, next_link),
        "redirect": try_links("http", service, "request", request, redirect),
        "taxii": try_links("taxii", service, "taxii", '{"collection": "c"}', api_root),
    }
    flips = rebind(service)
    connections = syn_count() - before
    with socket.socket() as control:
        control.connect_ex(("127.0.0.1", 9))
    print(
        json.dumps(
            {
                "payloads": len(payloads()),
                "links": len(links()),
                "settings": settings,
                "followed": {name: dict(Counter(outcomes)) for name, outcomes in followed.items()},
                "flips": dict(flips),
                "tried": {kind.name: len(payloads_for(kind)) for kind in kinds},
                "connections": connections,
                "control": syn_count() - before,
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())

"""Runs in a network namespace: asks one HTTP connector, and prints its rows and the stage at which it failed."""

import json
import logging
import sys

from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.registry import connector_kind
from graphkeep.sources.databases.stages import ConnectorError
from tests.sources.databases.kinds import ask, context_of

if __name__ == "__main__":
    logging.disable()
    kind = connector_kind("http")
    settings = {"host": sys.argv[1], "port": int(sys.argv[2]), "tls": False}
    context = context_of(kind, settings, named=(sys.argv[1],), limits=QueryLimits(max_seconds=2))
    try:
        print(json.dumps([ask(kind, "request", '{"path": "/x"}', context).to_pylist(), ""]))
    except ConnectorError as error:
        print(json.dumps([None, error.stage]))

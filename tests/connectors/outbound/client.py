"""Runs in the server's network namespace, on a home of its own: adds connectors, and asks them.

`add FILE` adds two connectors of each kind: `KIND`, and `KIND elsewhere` with another host, which is disabled. `ask`
prints the stage at which the check of each enabled connector failed, and its rows; `check` the stages of the disabled.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from graphkeep.server.process.start import set_up_django


def add(file: str) -> None:
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.operations.manage import ConnectorFields, create_connector

    for kind, case in json.loads(Path(file).read_text()).items():
        for name, more, is_enabled in (
            (kind, {}, True),
            (f"{kind} elsewhere", {"host": "elsewhere.example"}, False),
        ):
            fields = ConnectorFields(
                name=name, settings={**case["settings"], **more}, secrets=case["secrets"],
                is_enabled=is_enabled,
            )  # fmt: skip
            create_connector(fields, kind_name=kind, organization=None, actor=CONSOLE)


def ask(file: str) -> dict[str, object]:
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.execution.results import read_rows
    from graphkeep.connectors.models import Connector
    from graphkeep.connectors.operations.check import check_connector
    from graphkeep.connectors.operations.run_query import run_query_here
    from graphkeep.sources.databases.query import SourceQuery

    answers = {}
    for kind, case in json.loads(Path(file).read_text()).items():
        connector = Connector.objects.get(name=kind)
        check = check_connector(connector, actor=CONSOLE)
        query = SourceQuery(language=case["language"], text=case["query"])
        run = run_query_here(connector, query, actor=CONSOLE)
        rows = read_rows(run, 0, 100)
        answers[kind] = [
            check.stage or "", run.message, [] if rows is None else rows.to_pylist(),
        ]  # fmt: skip
    return answers


def check(file: str) -> dict[str, str]:
    """The stage of each disabled connector's check; at once, since each waits for its timeout."""
    from django.db import connection

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.models import Connector
    from graphkeep.connectors.operations.check import check_connector

    def stage_of(connector: Connector) -> str:
        try:
            return check_connector(connector, actor=CONSOLE).stage or ""
        finally:
            connection.close()

    connectors = list(Connector.objects.filter(is_enabled=False).order_by("name"))
    with ThreadPoolExecutor(len(connectors)) as threads:
        return dict(
            zip([each.kind for each in connectors], threads.map(stage_of, connectors), strict=True)
        )


if __name__ == "__main__":
    set_up_django()
    command = {"add": add, "ask": ask, "check": check}[sys.argv[1]]
    print(json.dumps(command(sys.argv[2]), default=str))

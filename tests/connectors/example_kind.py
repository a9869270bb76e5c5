"""A kind of connector for tests: it asks no source, and does what its query says.

`rows 5` gives five rows, `rows 5 of 9` tells that there are nine, `wait` goes on until it is cancelled,
`wider` has batches of other columns and types, `fail after 3`
fails behind three rows, `table hr.pay` needs that table to be allowed, `secret` gives a digest of the credential.
"""

import hashlib
import re
import threading
import time

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectorKind,
    SettingField,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.query import CheckedQuery, is_allowed
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError

BATCH_ROWS = 1000
QUERIES = re.compile(
    r"(rows \d+( of \d+)?|wait|wider|wider and wait|deaf|fail after \d+|table [\w.]+|secret|parameter)"
)


class Calls:
    """What the driver was asked, in this process."""

    opened = 0
    cancelled = 0
    closed = 0
    batches = 0
    audited = 0

    @classmethod
    def reset(cls):
        cls.opened = cls.cancelled = cls.closed = cls.batches = cls.audited = 0


class ExampleSession:
    def __init__(self, context):
        Calls.opened += 1
        self.context = context
        self.is_cancelled = threading.Event()
        self.total = None
        if context.settings.get("host") == "unreachable.example":
            raise ConnectorError("route", "No route leads to unreachable.example.", advice="Ask the network team.")  # fmt: skip

    def test(self):
        if self.context.secrets.get("token") == "wrong":
            raise ConnectorError("sign-in", "The source does not accept these credentials.")

    def audit(self):
        Calls.audited += 1
        return (
            AuditFinding(check="superuser", is_excess=False, message="The account is no superuser."),
            AuditFinding(check="writes", is_excess=True, message="The account may write.", advice="Revoke INSERT."),
        )  # fmt: skip

    def schema(self):
        columns = (SourceColumn(name="host", type="text"),)
        return SourceSchema(tables=(SourceTable(name="hosts", container="net", columns=columns),))

    def run(self, query):
        verb, _, rest = query.text.partition(" ")
        if verb == "rows":
            count, _, total = rest.partition(" of ")
            self.total = int(total) if total else None
            yield from self.batches(int(count))
        elif verb == "wider":
            yield pa.record_batch({"source": ["a"], "size": [1]})
            yield pa.record_batch({"source": ["b"], "size": [2.5], "port": [80]})
            if rest and not self.is_cancelled.wait(60):
                raise ConnectorError("query", "nobody cancelled this")
        elif verb == "wait":
            yield batch_of(0, 3)
            if not self.is_cancelled.wait(60):
                raise ConnectorError("query", "nobody cancelled this")
            raise ConnectorError("timeout", "The query was cancelled at the source.")
        elif verb == "deaf":
            yield batch_of(0, 3)
            time.sleep(6)
        elif verb == "fail":
            yield batch_of(0, int(rest.removeprefix("after ")))
            raise ConnectorError("query", "The source ended it.")
        elif verb == "secret":
            text = hashlib.sha256(self.context.secrets.get("token", "").encode()).hexdigest()
            yield pa.record_batch({"digest": [text]})
        elif verb == "parameter":
            yield pa.record_batch({"value": [str(query.parameters["value"])]})
        else:
            yield batch_of(0, 1)

    def batches(self, count):
        for start in range(0, count, BATCH_ROWS):
            if self.is_cancelled.is_set():
                raise ConnectorError("timeout", "The query was cancelled at the source.")
            Calls.batches += 1
            yield batch_of(start, min(count, start + BATCH_ROWS))

    def total_rows(self):
        return self.total

    def cancel(self):
        Calls.cancelled += 1
        self.is_cancelled.set()

    def close(self):
        Calls.closed += 1


def batch_of(start, stop):
    numbers = list(range(start, stop))
    return pa.record_batch(
        {"source": pa.array(numbers, pa.int64()), "destination": [f"n{one}" for one in numbers]}
    )


def check(query, policy, limits, settings):
    text = " ".join(query.text.split())
    if not QUERIES.fullmatch(text):
        raise QueryRefusedError(
            "This kind knows no such query.", advice="Ask `rows 5`.", position=0
        )
    if text.startswith("table ") and "tables" in policy.allowed:
        name, allowed = text.removeprefix("table "), policy.allowed["tables"]
        if not is_allowed(name, allowed):
            raise QueryRefusedError(
                f"table `{name}` is not allowed here; allowed: {', '.join(allowed)}"
            )
    return CheckedQuery(language=query.language, text=text, parameters=query.parameters)


KIND = ConnectorKind(
    name="example",
    title="Example",
    description="A source for tests.",
    fields=(
        SettingField(name="host", label="Host", kind="host", is_required=True),
        SettingField(name="port", label="Port", kind="integer", default=7000, minimum=1, maximum=65535),
        SettingField(name="color", label="Color", kind="choice", choices=("red", "blue"), default="red"),
        SettingField(name="folders", label="Folders", kind="list"),
        SettingField(name="fast", label="Fast", kind="boolean", default=False),
        SettingField(name="token", label="Token", is_secret=True),
    ),
    languages=("example",),
    restrictions=("tables",),
    check=check,
    endpoints=lambda settings: ((settings["host"], settings.get("port", 7000)),),
    open=ExampleSession,
    example_query="rows 5",
)  # fmt: skip

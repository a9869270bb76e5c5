"""A kind of connector whose source is a small TCP server that counts each query: who asked twice is seen there."""

import contextlib
import json
import socket
import socketserver
import threading
import time
from collections import Counter

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


class CountingSource(socketserver.ThreadingTCPServer):
    """Answers `TABLE COUNT PAUSE_S` with numbered rows; `asked` counts the lines that came.

    While `flowing` is not set, a query waits after its first batch.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address=("127.0.0.1", 0)):
        super().__init__(address, Conversation)
        self.asked = Counter()
        self.cancelled = Counter()
        self.passwords = set()
        self.flowing = threading.Event()
        self.flowing.set()
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server_address[1]

    def close(self):
        self.shutdown()
        self.server_close()


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        request = json.loads(self.rfile.readline() or b"{}")
        self.server.passwords.add(request.get("password"))
        text = request["text"]
        self.server.asked[text] += 1
        _, count, pause_s = text.split()[:3]
        try:
            for start in range(0, int(count), BATCH_ROWS):
                numbers = range(start, min(start + BATCH_ROWS, int(count)))
                self.wfile.write(json.dumps(list(numbers)).encode() + b"\n")
                time.sleep(float(pause_s))
                self.server.flowing.wait()
            self.wfile.write(b"end\n")
        except OSError:
            self.server.cancelled[text] += 1


class Session:
    def __init__(self, context):
        self.context = context
        self.connection = None
        self.is_cancelled = False

    def lines(self, text):
        settings = self.context.settings
        self.connection = self.context.outbound.connect(settings["host"], settings["port"])
        request = {"text": text, "password": self.context.secrets.get("password")}
        self.connection.sendall(json.dumps(request).encode() + b"\n")
        yield from self.connection.makefile("rb")

    def test(self):
        list(self.lines("test 0 0"))

    def audit(self):
        return (AuditFinding(check="writes", is_excess=True, message="It may write."),)

    def schema(self):
        column = SourceColumn(name="n", type="int64")
        return SourceSchema(tables=(SourceTable(name="numbers", columns=(column,)),))

    def run(self, query):
        for line in self.lines(query.text):
            if line == b"end\n":
                return
            yield pa.RecordBatch.from_pydict({"n": json.loads(line)})
        reason = "cancelled" if self.is_cancelled else "the source ended in the middle"
        raise ConnectorError("query", reason)

    def total_rows(self):
        return None

    def cancel(self):
        self.is_cancelled = True
        if self.connection is not None:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        if self.connection is not None:
            self.connection.close()


def check(query, policy, limits, settings):
    table = query.text.split()[0]
    if not is_allowed(table, policy.allowed.get("tables", ("*",))):
        allowed = ", ".join(policy.allowed["tables"])
        raise QueryRefusedError(f"table `{table}` is not allowed here; allowed: {allowed}")
    return CheckedQuery(language="count", text=query.text)


COUNTING = ConnectorKind(
    name="counting",
    title="Counting source",
    description="Counts what it is asked.",
    fields=(
        SettingField(name="host", label="Host", kind="host", is_required=True),
        SettingField(
            name="port", label="Port", kind="integer", default=7, minimum=1, maximum=65535
        ),
        SettingField(name="password", label="Password", is_secret=True),
        SettingField(name="file", label="File", kind="file"),
    ),
    languages=("count",),
    restrictions=("tables",),
    check=check,
    endpoints=lambda settings: ((settings["host"], settings["port"]),),
    open=Session,
)

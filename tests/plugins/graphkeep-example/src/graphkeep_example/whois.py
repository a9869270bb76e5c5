"""WHOIS over port 43: an example of a connector."""

from collections.abc import Iterator

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    ConnectorKind,
    SettingField,
    Settings,
    SourceSchema,
)
from graphkeep.sources.databases.probe import failure_of, reach
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
    is_allowed,
)
from graphkeep.sources.databases.stages import QueryRefusedError


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """One name, such as `example.com`. Raises QueryRefusedError: it is no name, or not allowed."""
    name = query.text.strip().lower()
    if not name.replace("-", "").replace(".", "").isalnum() or not name.isascii():
        raise QueryRefusedError("A query is one domain name, such as example.com.")
    allowed = policy.allowed.get("labels")
    if allowed is not None and not is_allowed(name, allowed):
        raise QueryRefusedError(f"`{name}` is not allowed here; allowed: {', '.join(allowed)}.")
    return CheckedQuery(language="name", text=name, names=(f"labels: {name}",))


class WhoisSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.host, self.port = endpoint(context.settings)
        self.connection = None

    def test(self) -> None:
        reach(self.context.outbound, self.host, self.port)

    def audit(self) -> tuple[AuditFinding, ...]:
        return (AuditFinding(check="account", is_excess=False, message="It has no account."),)

    def schema(self) -> SourceSchema:
        return SourceSchema()

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        limits = self.context.limits
        try:
            self.connection = self.context.outbound.connect(self.host, self.port)
            self.connection.settimeout(limits.max_seconds)
            with self.connection, self.connection.makefile("rwb") as stream:
                stream.write(query.text.encode() + b"\r\n")
                stream.flush()
                answer = stream.read(min(limits.max_bytes, 1 << 20)).decode("utf-8", "replace")
        except OSError as error:
            raise failure_of(error, self.host, self.port) from error
        pairs = [line.split(":", 1) for line in answer.splitlines() if ":" in line]
        fields = {"domain": [query.text] * len(pairs)}
        for number, column in enumerate(("field", "value")):
            fields[column] = [pair[number].strip() for pair in pairs]
        schema = pa.schema({name: pa.string() for name in fields})
        yield from pa.table(fields, schema).slice(0, limits.max_rows + 1).to_batches(10_000)

    def total_rows(self) -> int | None:
        return None

    def cancel(self) -> None:
        if self.connection is not None:
            self.connection.shutdown(2)

    def close(self) -> None:
        """Nothing stays open between queries."""


def endpoint(settings: Settings) -> tuple[str, int]:
    return settings["host"], settings["port"]


WHOIS = ConnectorKind(
    name="whois_port43",
    title="WHOIS over port 43",
    description="Who registered a domain, as registries say it in text.",
    fields=(
        SettingField(name="host", label="Host", kind="host", is_required=True),
        SettingField(
            name="port", label="Port", kind="integer", default=43, minimum=1, maximum=65535
        ),
    ),
    languages=("name",),
    restrictions=("labels",),
    check=check,
    endpoints=lambda settings: (endpoint(settings),),
    open=WhoisSession,
    example_query="example.com",
)

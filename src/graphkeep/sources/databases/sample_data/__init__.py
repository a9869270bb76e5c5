"""The samples that ship with the product, as tables to ask for by name; nothing leaves this machine."""

from graphkeep.sources.databases.connector_kind import ConnectorKind
from graphkeep.sources.databases.sample_data.check import check
from graphkeep.sources.databases.sample_data.session import SampleSession

KIND = ConnectorKind(
    name="sample_data",
    title="Sample data",
    description="Made-up data that comes with Graphkeep, to try things without a database.",
    fields=(),
    languages=("table",),
    restrictions=("tables",),
    check=check,
    endpoints=lambda _: (),
    open=SampleSession,
    example_query="intrusion.edges",
    icon="flask",
)

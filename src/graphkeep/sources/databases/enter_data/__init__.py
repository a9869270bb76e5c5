"""Rows that a person types or pastes, as JSON or CSV, or makes by a jq program."""

from graphkeep.sources.databases.connector_kind import ConnectorKind
from graphkeep.sources.databases.enter_data.check import LANGUAGES, MAX_BYTES, check
from graphkeep.sources.databases.enter_data.session import EnteredData

KIND = ConnectorKind(
    name="enter_data",
    title="Enter data",
    description="Rows that you type or paste: JSON, CSV, or JSON through a jq program.",
    fields=(),
    languages=LANGUAGES,
    restrictions=(),
    check=check,
    endpoints=lambda _: (),
    open=EnteredData,
    example_query='[{"x": 1, "y": "b"}]',
    max_text=MAX_BYTES,
    icon="pencil",
)

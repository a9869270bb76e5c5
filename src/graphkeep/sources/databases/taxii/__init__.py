"""TAXII 2.1: threat intelligence of STIX 2.1, collection by collection."""

from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.taxii.check import check
from graphkeep.sources.databases.taxii.session import TaxiiSession
from graphkeep.sources.databases.taxii.settings import AUTHENTICATIONS, check_settings, endpoint

KIND = ConnectorKind(
    name="taxii",
    title="TAXII 2.1",
    description="Threat intelligence of a TAXII 2.1 server: STIX objects as nodes, their relationships as edges.",
    fields=(
        SettingField(name="host", label="Host", kind="host", is_required=True),
        SettingField(name="port", label="Port", kind="integer", minimum=1, maximum=65535,
                     help="443, or 80 without TLS, if empty."),
        SettingField(name="tls", label="TLS", kind="boolean", default=True),
        SettingField(name="ca_certificates", label="Certificates of its authority", kind="multiline",
                     help="PEM, where it is none of this machine's."),
        SettingField(name="discovery_path", label="Discovery path", default="/taxii2/"),
        SettingField(name="authentication", label="Authentication", kind="choice",
                     choices=AUTHENTICATIONS, default="basic"),
        SettingField(name="user", label="User"),
        SettingField(name="token", label="Password or token", is_secret=True),
        SettingField(name="page_size", label="Objects of a page", kind="integer", default=1000,
                     minimum=1, maximum=10_000),
    ),
    languages=("taxii",),
    restrictions=("collections",),
    check=check,
    check_settings=check_settings,
    endpoints=lambda settings: (endpoint(settings),),
    open=TaxiiSession,
    example_query='{"collection": "High Value Indicator Collection", "table": "edges"}',
    icon="exchange",
)  # fmt: skip

"""One kind of connector with its source, as the contracts try it."""

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import connector_endpoint, parse_inside_entries
from graphkeep.egress.outbound import Outbound
from graphkeep.sources.databases.check import check_query
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.registry import connector_kind
from graphkeep.sources.databases.setting_values import checked_secrets, checked_settings

COMPONENT = "connector:contract"


class Trial:
    """One kind with its source: the queries are checked as the server checks them, and every connection is counted."""

    def __init__(self, case, server, *, limits=None, secrets=None, is_air_gapped=False, **changed):
        self.case = case
        self.kind = connector_kind(case.kind)
        self.settings = checked_settings(self.kind.fields, {**case.settings(server), **changed})
        self.kind.check_settings(self.settings)
        self.limits = limits or QueryLimits()
        self.gateway = CountingGateway(lambda: is_air_gapped)
        entries = parse_inside_entries(("127.0.0.0/8", "localhost"))
        for host, port in self.kind.endpoints(self.settings):
            self.gateway.allow(connector_endpoint(COMPONENT, host, port, entries))
        given = case.secrets(server) if secrets is None else secrets
        self.context = ConnectionContext(
            settings=self.settings,
            secrets=checked_secrets(self.kind.fields, given),
            outbound=Outbound(self.gateway, COMPONENT),
            limits=self.limits,
            files_folder=server if case.has_files else None,
        )
        self.session = self.kind.open(self.context)

    def check(self, text, policy=None, **query):
        asked = SourceQuery(language=self.case.language, text=text, **query)
        return check_query(self.kind, asked, policy or QueryPolicy(), self.limits, self.settings)

    def batches(self, text):
        return list(self.session.run(self.check(text)))


class CountingGateway(Gateway):
    """Counts the names that are looked up, which comes before each connection."""

    lookups = 0

    def _resolve(self, component, host, port):
        self.lookups += 1
        return super()._resolve(component, host, port)

"""Asking a kind of connector in a test, as the server does: the settings and the query are checked first."""

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import connector_endpoint, parse_inside_entries
from graphkeep.egress.outbound import Outbound
from graphkeep.sources.databases.check import check_query
from graphkeep.sources.databases.column_union import union_table
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.setting_values import checked_secrets, checked_settings

COMPONENT = "connector:test"


def context_of(
    kind, settings=None, secrets=None, *, limits=None, named=("127.0.0.0/8", "localhost"), **more
):
    """The context of a session; `named` are the entries of CONNECTOR_NETWORKS."""
    values = checked_settings(kind.fields, settings or {})
    kind.check_settings(values)
    gateway = Gateway(lambda: False)
    entries = parse_inside_entries(named)
    endpoints = kind.endpoints(values)
    if endpoints:
        gateway.allow(
            *(connector_endpoint(COMPONENT, host, port, entries) for host, port in endpoints)
        )
    return ConnectionContext(
        settings=values,
        secrets=checked_secrets(kind.fields, secrets or {}),
        outbound=Outbound(gateway, COMPONENT),
        limits=limits or QueryLimits(),
        **more,
    )


def check(kind, language, text, context=None, *, allowed=None, policy=None, **query):
    return check_query(
        kind,
        SourceQuery(language=language, text=text, **query),
        policy or QueryPolicy(allowed=allowed or {}),
        context.limits if context else QueryLimits(),
        context.settings if context else {},
    )


def ask(kind, language, text, context=None, **query):
    """The rows of a query as a table."""
    context = context or context_of(kind)
    checked = check(kind, language, text, context, **query)
    session = kind.open(context)
    try:
        return union_table(session.run(checked))
    finally:
        session.close()

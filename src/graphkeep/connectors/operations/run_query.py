"""Ask a connector: the policy is checked and the query counted before anything is opened."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.rate_limit import RateLimit, hit
from graphkeep.accounts.secret_box import decrypt, encrypt
from graphkeep.connectors.execution.active_run import ActiveRun
from graphkeep.connectors.execution.execute import check_capacity, execute, start
from graphkeep.connectors.execution.monitor import monitor
from graphkeep.connectors.execution.results import ResultSpool
from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.models import Connector, QueryRun, new_id
from graphkeep.connectors.policy import limits_of, policy_of
from graphkeep.connectors.queries import ASK, USE
from graphkeep.connectors.rules import may_ask_connector, may_use_connector
from graphkeep.graph.errors import NotAllowedError
from graphkeep.sources.databases.check import check_query
from graphkeep.sources.databases.query import CheckedQuery, SourceQuery
from graphkeep.sources.databases.reduction_wire import reduction_from_json, reduction_to_json
from graphkeep.sources.databases.stages import QueryRefusedError
from graphkeep.telemetry import metrics


@dataclass(frozen=True, kw_only=True)
class PreparedQuery:
    """A query that the policy allows, with the record of its run."""

    active: ActiveRun
    query: SourceQuery
    checked: CheckedQuery


def run_query(
    connector: Connector, query: SourceQuery, *, actor: Actor, is_written_by_others: bool = False
) -> QueryRun:
    """Run a query in the background; its record tells how far it is.

    `is_written_by_others`: the actor chose a stored query and wrote none of its text, so `use` suffices.

    Raises:
        NotAllowedError: the actor has no right, or the connector is disabled.
        QueryRefusedError: the policy does not allow it; nothing was opened.
        RateLimitedError: the connector had its queries of this minute or day.
        BusyError: this process runs as many as it may.
    """
    check_capacity()
    prepared = prepare_query(
        connector, query, actor=actor, is_written_by_others=is_written_by_others
    )
    run = prepared.active.run
    transaction.on_commit(lambda: start_prepared(prepared))
    return run


def start_prepared(prepared: PreparedQuery) -> None:
    start(prepared.active, prepared.query, prepared.checked)


def run_query_here(connector: Connector, query: SourceQuery, *, actor: Actor) -> QueryRun:
    """Run a query to its end in this thread. Raises as `run_query`; a source's failure is in the record."""
    prepared = prepare_query(connector, query, actor=actor)
    monitor.add(prepared.active)
    execute(prepared.active, prepared.query, prepared.checked)
    prepared.active.run.refresh_from_db()
    return prepared.active.run


def prepare_query(
    connector: Connector, query: SourceQuery, *, actor: Actor, is_written_by_others: bool = False
) -> PreparedQuery:
    authorize(may_use_connector if is_written_by_others else may_ask_connector, actor, connector)
    if not connector.is_enabled:
        raise NotAllowedError("This connector is disabled.")
    checked = check_policy(connector, query, actor=actor)
    count_query(connector)
    digest = hashlib.sha256(sent_text(checked).encode()).hexdigest()
    owner = new_id()
    right = USE if is_written_by_others else ASK
    with transaction.atomic():
        run = QueryRun.objects.create(
            right=right,
            owner=owner,
            connector=connector,
            connector_name=connector.name,
            user=actor.user,
            language=query.language,
            asked=encrypt(json.dumps(query_as_json(query))),
            sent=encrypt(sent_text(checked)),
            sent_sha256=digest,
        )
        audit.record(
            "connector.queried",
            actor=actor,
            target=connector,
            run_id=run.run_id,
            language=query.language,
            sha256=digest,
        )
    limits = limits_of(connector)
    active = ActiveRun(
        run=run,
        actor=actor,
        right=right,
        owner=owner,
        max_seconds=float(limits.max_seconds),
        spool=ResultSpool(run.run_id),
    )
    return PreparedQuery(active=active, query=query, checked=checked)


def check_policy(connector: Connector, query: SourceQuery, *, actor: Actor) -> CheckedQuery:
    """The query as it will be sent; a refusal leaves an audit event without the query's text.

    Raises:
        QueryRefusedError: the policy does not allow it.
    """
    try:
        return check_query(
            kind_of(connector),
            query,
            policy_of(connector),
            limits_of(connector).of_a_query(),
            connector.settings,
        )
    except QueryRefusedError:
        metrics.inc("connector_queries_total", kind=connector.kind, outcome="refused")
        digest = hashlib.sha256(query.text.encode(errors="replace")).hexdigest()
        audit.record(
            "connector.query-refused",
            actor=actor,
            target=connector,
            language=query.language[:40],
            sha256=digest,
        )
        raise


def count_query(connector: Connector) -> None:
    """Raises RateLimitedError."""
    for _, limit in query_limits(connector):
        hit(limit, connector.connector_id)


def query_limits(connector: Connector) -> tuple[tuple[str, RateLimit], ...]:
    """The limits of a connector's queries by minute and day."""
    limits = limits_of(connector)
    windows = (
        ("minute", limits.per_minute, timedelta(minutes=1)),
        ("day", limits.per_day, timedelta(days=1)),
    )
    return tuple(
        (
            name,
            RateLimit(
                name=f"connector-{name}",
                max_hits=max_hits,
                window=window,
                message=f"This connector takes {max_hits} queries a {name}; try again in {{wait}}.",
            ),
        )
        for name, max_hits, window in windows
    )


def cancel_query(run: QueryRun, *, actor: Actor) -> None:
    """Ask the process that runs a query to end it; within a second the source is told."""
    with transaction.atomic():
        asked = QueryRun.objects.filter(
            pk=run.pk, state__in=QueryRun.ACTIVE, cancel_requested=False
        ).update(cancel_requested=True)
        if asked:
            audit.record("connector.query-cancelled", actor=actor, target=run, run_id=run.run_id)


def sent_text(checked: CheckedQuery) -> str:
    """What was sent, as it is recorded: the printed text with its bound values."""
    return json.dumps(
        {"text": checked.text, "parameters": checked.parameters, "names": list(checked.names)},
        default=json_value,
    )


def json_value(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else str(value)


def query_as_json(query: SourceQuery) -> dict[str, Any]:
    return {
        "language": query.language,
        "text": query.text,
        "parameters": json.loads(json.dumps(dict(query.parameters), default=str)),
        "since": query.since.isoformat() if query.since else None,
        "until": query.until.isoformat() if query.until else None,
        "marking": query.marking,
        "reduction": reduction_to_json(query.reduction),
    }


def asked_query(run: QueryRun) -> SourceQuery:
    """The query of a run as it was asked. Raises UnreadableSecretError: its key is missing."""
    asked = json.loads(decrypt(run.asked))
    return SourceQuery(
        language=asked["language"],
        text=asked["text"],
        parameters=asked["parameters"],
        since=datetime.fromisoformat(asked["since"]) if asked["since"] else None,
        until=datetime.fromisoformat(asked["until"]) if asked["until"] else None,
        marking=asked["marking"],
        reduction=reduction_from_json(asked.get("reduction")),
    )


def sent_query(run: QueryRun) -> dict[str, Any]:
    """What was sent to the source: text, parameters and the names that it asks for."""
    sent: dict[str, Any] = json.loads(decrypt(run.sent))
    return sent

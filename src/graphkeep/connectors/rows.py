"""Connectors and queries as the API shows them: never a credential."""

from typing import Any

from django.utils import timezone

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import RateLimitCounter
from graphkeep.accounts.rate_limit import key_of
from graphkeep.connectors.configured import configured_origins
from graphkeep.connectors.credentials import secret_states
from graphkeep.connectors.kinds import kind_of, token_field
from graphkeep.connectors.models import Connector, QueryRun
from graphkeep.connectors.operations.run_query import (
    asked_query,
    query_as_json,
    query_limits,
    sent_query,
)
from graphkeep.connectors.policy import limits_row
from graphkeep.connectors.queries import ASK, MANAGE, ORDER, right_of
from graphkeep.graph.errors import GraphkeepError


def connector_row(connector: Connector, *, actor: Actor) -> dict[str, Any]:
    """What an actor may know: its settings with `ask`, its credentials' state with `manage`."""
    right = right_of(actor, connector)
    kind = kind_or_none(connector)
    row: dict[str, Any] = {
        "connector_id": connector.connector_id,
        "name": connector.name,
        "kind": connector.kind,
        "kind_title": kind.title if kind else connector.kind,
        "organization": connector.organization.slug if connector.organization else None,
        "right": right,
        "is_enabled": connector.is_enabled,
        "origin": connector.origin,
        "languages": list(kind.languages) if kind else [],
        "last_used_at": connector.last_used_at,
        "own_token": own_token_row(connector, actor),
    }
    if ORDER.index(right) >= ORDER.index(ASK):
        row |= {
            "settings": connector.settings,
            "policy": connector.policy,
            "limits": limits_row(connector),
            "quota": quota_row(connector),
            "example_query": kind.example_query if kind else "",
            "can_reduce": kind.can_reduce if kind else False,
        }
    if right == MANAGE:
        row |= {
            "slot": connector.slot,
            "set_by": list(configured_origins(connector)),
            "secrets": secret_states(connector, kind) if kind else {},
            "check": {
                "checked_at": connector.checked_at,
                "stage": connector.check_stage,
                "message": connector.check_message,
            },
            "created_at": connector.created_at,
            "changed_at": connector.changed_at,
        }
    return row


def kind_or_none(connector: Connector) -> Any:
    try:
        return kind_of(connector)
    except GraphkeepError:
        return None


def own_token_row(connector: Connector, actor: Actor) -> dict[str, Any]:
    row = connector.secrets.filter(user=actor.user).first() if actor.user is not None else None
    return {"is_set": row is not None, "changed_at": row.changed_at if row else None}


def has_tokens(connector: Connector) -> bool:
    """Whether its kind takes personal tokens."""
    try:
        token_field(kind_of(connector))
    except GraphkeepError:
        return False
    return True


def quota_row(connector: Connector) -> dict[str, dict[str, int]]:
    """How many queries the current minute and day have left."""
    quota = {}
    for name, limit in query_limits(connector):
        since = timezone.now() - limit.window
        key = key_of(limit, connector.connector_id)
        counter = RateLimitCounter.objects.filter(pk=key, started_at__gt=since).first()
        used = counter.hits if counter is not None else 0
        quota[name] = {"limit": limit.max_hits, "left": max(0, limit.max_hits - used)}
    return quota


def run_row(run: QueryRun, *, actor: Actor) -> dict[str, Any]:
    """A query: how far it is and how it ended; its text for those who may write queries."""
    connector = run.connector
    row: dict[str, Any] = {
        "query_id": run.run_id,
        "connector_id": connector.connector_id if connector else None,
        "connector_name": run.connector_name,
        "state": run.state,
        "stage": run.stage,
        "message": run.message,
        "rows": run.row_count,
        "bytes": run.bytes_count,
        "total_rows": run.total_rows,
        "more": max(0, run.total_rows - run.row_count) if run.total_rows is not None else None,
        "is_cut": run.is_cut,
        "has_rows": run.has_result or (not run.is_over and run.row_count > 0),
        "sha256": run.sent_sha256,
        "file_id": run.file.file_id if run.file else None,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }
    may_read = connector is not None and ORDER.index(right_of(actor, connector)) >= ORDER.index(ASK)
    if may_read:
        row |= {"query": query_as_json(asked_query(run)), "sent": sent_query(run)}
    return row

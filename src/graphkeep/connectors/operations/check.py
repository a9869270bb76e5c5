"""Test a connector, audit what its account may do, and read its schema."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.connectors.execution.sessions import source_session
from graphkeep.connectors.models import Connector
from graphkeep.connectors.queries import ASK
from graphkeep.connectors.rules import has_right, may_manage_connector
from graphkeep.graph.errors import UnavailableError
from graphkeep.sources.databases.connector_kind import AuditFinding, SourceSchema
from graphkeep.sources.databases.stages import ConnectorError, Stage
from graphkeep.telemetry import metrics


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """`stage`: at which it failed, or None if the source answered."""

    stage: Stage | None = None
    message: str = "The source answers."
    advice: str = ""

    @property
    def is_ok(self) -> bool:
        return self.stage is None


def check_connector(connector: Connector, *, actor: Actor) -> CheckResult:
    """Reach the source, sign in and read the least there is; the result is stored with the connector.

    Raises:
        NotAllowedError: the actor has no right to manage it.
    """
    authorize(may_manage_connector, actor, connector)
    try:
        with source_session(connector, actor=actor) as session:
            session.test()
        result = CheckResult()
    except ConnectorError as error:
        result = CheckResult(stage=error.stage, message=error.message, advice=error.advice)
    except UnavailableError as error:
        result = CheckResult(stage="sign-in", message=error.message)
    with transaction.atomic():
        Connector.objects.filter(pk=connector.pk).update(
            checked_at=timezone.now(),
            check_stage=result.stage or "",
            check_message=result.message[:500],
        )
        audit.record(
            "connector.tested", actor=actor, target=connector, stage=result.stage or "passed"
        )
    metrics.inc("connector_tests_total", outcome=result.stage or "passed")
    return result


def audit_connector(connector: Connector, *, actor: Actor) -> tuple[AuditFinding, ...]:
    """What the connected account may really do.

    Raises:
        NotAllowedError: the actor has no right to manage it.
        ConnectorError: the source does not tell.
    """
    authorize(may_manage_connector, actor, connector)
    with source_session(connector, actor=actor) as session:
        findings = session.audit()
    excess = sorted(finding.check for finding in findings if finding.is_excess)
    audit.record("connector.audited", actor=actor, target=connector, excess=excess)
    return findings


def may_read_schema(actor: Actor, connector: Connector) -> bool:
    """Whoever writes queries needs to know the names."""
    return has_right(actor, connector, ASK)


def read_schema(connector: Connector, *, actor: Actor) -> SourceSchema:
    """The tables, indexes or labels that the account can read.

    Raises:
        NotAllowedError: the actor has no right to write queries.
        ConnectorError: the source does not tell.
    """
    authorize(may_read_schema, actor, connector)
    with source_session(connector, actor=actor) as session:
        return session.schema()

"""All checks of the doctor, in report order."""

from graphkeep.upkeep.doctor.check import TOPICS, Check
from graphkeep.upkeep.doctor.checks import (
    accounts,
    compute,
    connectors,
    data,
    edge,
    external,
    external_exposure,
    network,
    sandbox_and_air_gap,
    secrets,
    server,
)
from graphkeep.upkeep.doctor.checks.settings import setting_checks

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        [
            *setting_checks(),
            *accounts.group.checks,
            *accounts.api.checks,
            *server.group.checks,
            *network.group.checks,
            *edge.group.checks,
            *external.group.checks,
            *external_exposure.group.checks,
            *secrets.group.checks,
            *connectors.group.checks,
            *sandbox_and_air_gap.sandbox.checks,
            *compute.group.checks,
            *sandbox_and_air_gap.group.checks,
            *edge.closed.checks,
            *data.group.checks,
        ],
        key=lambda check: TOPICS.index(check.topic),
    )
)

"""Every check of the doctor, in the order in which they are told."""

from graphkeep.upkeep.doctor.check import TOPICS, Check
from graphkeep.upkeep.doctor.checks import (
    accounts,
    compute,
    data,
    edge,
    external,
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
            *accounts.book.checks,
            *accounts.api.checks,
            *server.book.checks,
            *network.book.checks,
            *edge.book.checks,
            *external.book.checks,
            *secrets.book.checks,
            *sandbox_and_air_gap.sandbox.checks,
            *compute.book.checks,
            *sandbox_and_air_gap.book.checks,
            *edge.closed.checks,
            *data.book.checks,
        ],
        key=lambda one: TOPICS.index(one.topic),
    )
)

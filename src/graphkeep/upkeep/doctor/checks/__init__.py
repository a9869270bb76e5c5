"""Every check of the doctor, in the order in which they are told."""

from graphkeep.upkeep.doctor.check import TOPICS, Check
from graphkeep.upkeep.doctor.checks import (
    closed,
    compute,
    data,
    edge,
    network,
    outside,
    people,
    secrets,
    server,
)
from graphkeep.upkeep.doctor.checks.settings import setting_checks

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        [
            *setting_checks(),
            *people.book.checks,
            *people.api.checks,
            *server.book.checks,
            *network.book.checks,
            *edge.book.checks,
            *outside.book.checks,
            *secrets.book.checks,
            *closed.jail.checks,
            *compute.book.checks,
            *closed.book.checks,
            *edge.closed.checks,
            *data.book.checks,
        ],
        key=lambda one: TOPICS.index(one.topic),
    )
)

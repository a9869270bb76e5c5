"""A connector's policy and limits: their fields, checked as they are set, and as they hold for a query."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from graphkeep.connectors.models import Connector
from graphkeep.graph.errors import InvalidFieldError, nearest_name
from graphkeep.sources.databases.connector_kind import ConnectorKind
from graphkeep.sources.databases.query import MARKINGS, QueryLimits, QueryPolicy

POLICY_FIELDS = ("allowed", "max_time_range_s", "max_marking")
MAX_NAMES = 1000
MAX_NAME_LENGTH = 300
MAX_TIME_RANGE_S = 100 * 366 * 86400


@dataclass(frozen=True, kw_only=True)
class ConnectorLimits:
    """The limits of one connector: of each query, of what runs at once, and of a minute and a day."""

    max_rows: int = 100_000
    max_bytes: int = 256 << 20
    max_seconds: int = 30
    parallel: int = 4
    parallel_per_person: int = 2
    per_minute: int = 60
    per_day: int = 5_000

    def of_a_query(self) -> QueryLimits:
        return QueryLimits(
            max_rows=self.max_rows, max_bytes=self.max_bytes, max_seconds=float(self.max_seconds)
        )


# A query ends within the hour after which a file that was left behind counts as garbage.
HIGHEST = ConnectorLimits(
    max_rows=100_000_000, max_bytes=64 << 30, max_seconds=1800, parallel=32,
    parallel_per_person=32, per_minute=10_000, per_day=10_000_000,
)  # fmt: skip


def checked_policy(kind: ConnectorKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as it is stored.

    Raises:
        InvalidFieldError: a field or restriction is unknown, or a value is not allowed.
    """
    refuse_unknown("policy", values, POLICY_FIELDS)
    policy: dict[str, Any] = {}
    if values.get("allowed") is not None:
        policy["allowed"] = checked_names(kind, values["allowed"])
    if values.get("max_time_range_s") is not None:
        path = "policy.max_time_range_s"
        policy["max_time_range_s"] = whole_number(
            path, values["max_time_range_s"], MAX_TIME_RANGE_S
        )
    if values.get("max_marking") is not None:
        marking = str(values["max_marking"]).lower()
        if marking not in MARKINGS:
            raise InvalidFieldError("policy.max_marking", f"must be one of {', '.join(MARKINGS)}.")
        policy["max_marking"] = marking
    return policy


def checked_names(kind: ConnectorKind, values: Any) -> dict[str, list[str]]:
    if not isinstance(values, Mapping):
        raise InvalidFieldError(
            "policy.allowed", "must be an object of lists of names, by restriction."
        )
    refuse_unknown("policy.allowed", values, kind.restrictions)
    allowed = {}
    for restriction, names in values.items():
        path = f"policy.allowed.{restriction}"
        is_list = isinstance(names, list) and all(
            isinstance(name, str) and 0 < len(name.strip()) <= MAX_NAME_LENGTH for name in names
        )
        if not is_list or len(names) > MAX_NAMES:
            raise InvalidFieldError(
                path,
                f"must be a list of at most {MAX_NAMES} names; one may end in `*`.",
            )
        allowed[restriction] = [name.strip() for name in names]
    return allowed


def checked_limits(values: Mapping[str, Any]) -> dict[str, int]:
    """Limits as they are stored: those that were given.

    Raises:
        InvalidFieldError: a limit is unknown, or out of its range.
    """
    names = [limit.name for limit in fields(ConnectorLimits)]
    refuse_unknown("limits", values, names)
    return {
        name: whole_number(f"limits.{name}", value, getattr(HIGHEST, name))
        for name, value in values.items()
        if value is not None
    }


def whole_number(path: str, value: Any, highest: int) -> int:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise InvalidFieldError(path, f"must be a whole number from 1 to {highest:,}.")
    return value


def refuse_unknown(path: str, values: Mapping[str, Any], names: Any) -> None:
    """Raises InvalidFieldError: `values` has a key that is not in `names`."""
    for name in values:
        if name not in names:
            known = list(names)
            nearest = nearest_name(str(name), known)
            advice = f"Did you mean '{nearest}'?" if nearest else f"There are: {', '.join(known)}."
            raise InvalidFieldError(
                f"{path}.{str(name)[:100]}".strip("."),
                f"there is no such field. {advice}",
            )


def limits_of(connector: Connector) -> ConnectorLimits:
    known = {limit.name for limit in fields(ConnectorLimits)}
    return ConnectorLimits(
        **{name: value for name, value in connector.limits.items() if name in known}
    )


def limits_row(connector: Connector) -> dict[str, int]:
    """All limits that hold, the defaults included."""
    return asdict(limits_of(connector))


def policy_of(connector: Connector) -> QueryPolicy:
    seconds = connector.policy.get("max_time_range_s")
    return QueryPolicy(
        allowed={
            restriction: tuple(names)
            for restriction, names in connector.policy.get("allowed", {}).items()
        },
        max_time_range=None if seconds is None else timedelta(seconds=seconds),
        max_marking=connector.policy.get("max_marking", "red"),
    )

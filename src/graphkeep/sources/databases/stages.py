"""The stages of reaching a source, and the error that names the stage at which it failed."""

from typing import Literal

from graphkeep.graph.errors import GraphkeepError

Stage = Literal[
    "name", "route", "refused", "tls", "sign-in", "permission", "timeout", "policy", "query"
]
STAGES: dict[Stage, str] = {
    "name": "The host name cannot be resolved",
    "route": "No route leads to the host",
    "refused": "The host refuses connections to this port",
    "tls": "The TLS certificate or version is not accepted",
    "sign-in": "The source does not accept these credentials",
    "permission": "The account may not read this",
    "timeout": "The source did not answer in time",
    "policy": "The connector's policy does not allow it",
    "query": "The source does not understand the query, or ended it with an error",
}


class ConnectorError(GraphkeepError):
    """A connector's source could not be used; `stage` says at which stage it failed, `advice` what to do.

    Neither text ever holds a credential.
    """

    def __init__(self, stage: Stage, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.stage = stage
        self.advice = advice


class QueryRefusedError(ConnectorError):
    """The policy refuses a query before anything is sent; `position` is its character, from 0, if known."""

    def __init__(self, message: str, *, advice: str = "", position: int | None = None) -> None:
        super().__init__("policy", message, advice=advice)
        self.position = position


def too_slow(max_seconds: float) -> ConnectorError:
    """The error of a query that reached the connector's limit of seconds."""
    return ConnectorError(
        "timeout",
        f"The query took longer than {max_seconds:g} s.",
        advice="Ask for a shorter time range or fewer rows, or raise the limit of the connector.",
    )

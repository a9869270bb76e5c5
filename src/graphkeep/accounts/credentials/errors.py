"""Credential errors; each is answered with 401."""

from graphkeep.graph.errors import GraphkeepError


class InvalidCredentialError(GraphkeepError):
    """The credential is wrong, revoked or expired."""


class ExpiredTokenError(InvalidCredentialError):
    def __init__(self) -> None:
        super().__init__("Token has expired.")

"""Drills start servers of their own."""

from tests.flows.conftest import own_server

__all__ = ["own_server"]

"""HTTP services that answer JSON: requests that people write, or those of a ready pack."""

from graphkeep.sources.databases.http.kind import HTTP as KIND

__all__ = ["KIND"]

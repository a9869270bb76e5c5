"""HTTP to the one host of a connector, for the kinds that speak HTTP."""

from graphkeep.sources.databases.http_client.client import HttpAnswer, HttpClient
from graphkeep.sources.databases.http_client.errors import HttpStatusError, RateLimitError

__all__ = ["HttpAnswer", "HttpClient", "HttpStatusError", "RateLimitError"]

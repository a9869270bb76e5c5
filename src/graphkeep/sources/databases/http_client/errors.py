"""What the status of an HTTP answer says, as the stage of a connector's error."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from graphkeep.sources.databases.stages import ConnectorError, Stage

STAGES: dict[int, tuple[Stage, str]] = {
    401: ("sign-in", "does not accept these credentials"),
    403: ("permission", "does not allow this account what was asked"),
    404: ("query", "does not have what was asked for"),
    407: ("policy", "is behind a proxy that asks for credentials"),
    408: ("timeout", "did not answer in time"),
    504: ("timeout", "did not answer in time"),
}
ADVICE: dict[Stage, str] = {
    "sign-in": "Enter the connector's credentials anew; they may have ended or been revoked.",
    "permission": "Grant the account this right at the source, or ask for less.",
}
MAX_RETRY = timedelta(days=31)


class HttpStatusError(ConnectorError):
    """An answer whose status is not of success. `body` is what of it was read, for kinds that know its form.

    The body may repeat a request, so it is in no message and no repr.
    """

    def __init__(
        self, stage: Stage, message: str, *, status: int, body: bytes = b"", advice: str = ""
    ) -> None:
        super().__init__(stage, message, advice=advice)
        self.status = status
        self.body = body


class RateLimitError(ConnectorError):
    """The source's rate limit or quota is reached; `retry_at` is when it answers again, if it says so."""

    def __init__(self, message: str, *, retry_at: datetime | None) -> None:
        advice = (
            f"Retry at {retry_at.isoformat(timespec='seconds')}." if retry_at else "Retry later."
        )
        super().__init__("query", message, advice=advice)
        self.retry_at = retry_at


def status_failure(
    status: int, headers: Mapping[str, str], host: str, body: bytes = b""
) -> ConnectorError:
    """The error for a status that is not of success (300 and above); `headers` have lower-case names."""
    if status == 429 or (status == 503 and "retry-after" in headers):
        return RateLimitError(
            f"{host} answers {status}: its rate limit or quota is reached.",
            retry_at=retry_time(headers, datetime.now(UTC)),
        )
    if 300 <= status < 400:
        return HttpStatusError(
            "policy",
            f"{host} answers {status}, a redirect to another address. Redirects are not followed.",
            status=status,
            advice="Enter the address that the source really has.",
        )
    stage, text = STAGES.get(status, ("query", "answers with an error"))
    return HttpStatusError(
        stage, f"{host} {text} ({status}).", status=status, body=body, advice=ADVICE.get(stage, "")
    )


def retry_time(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When to ask again, by Retry-After or, where services send their own, X-RateLimit-Reset (epoch or seconds)."""
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset"):
        moment = moment_of(headers.get(name, "").strip(), now)
        if moment is not None and now - timedelta(minutes=5) <= moment <= now + MAX_RETRY:
            return max(moment, now)
    return None


def moment_of(text: str, now: datetime) -> datetime | None:
    if text.isascii() and text.isdigit() and len(text) <= 13:
        seconds = int(text)
        if len(text) == 13:
            seconds //= 1000
        return (
            datetime.fromtimestamp(seconds, UTC)
            if seconds > 10**9
            else now + timedelta(seconds=seconds)
        )
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

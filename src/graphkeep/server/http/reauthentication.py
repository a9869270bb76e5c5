"""Reauthentication: when a user last authenticated in this session, as allauth records it."""

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse

# allauth has no public function to record an authentication by another page: the only private name used here.
# tests/server/http/test_reauthentication.py fails if a release moves it or records something else.
from allauth.account.internal.flows.login import record_authentication  # isort: skip


@reauthentication_required  # type: ignore[untyped-decorator]
def _proven(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def has_recently_authenticated(request: HttpRequest) -> bool:
    """Whether the session's user authenticated within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    try:
        _proven(request)
    except ReauthenticationRequired:
        return False
    return True


def record_password(request: HttpRequest) -> None:
    """Record that the session's user has just entered or chosen their password."""
    record_authentication(request, request.user, method="password")

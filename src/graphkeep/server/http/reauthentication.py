"""When somebody last proved who they are in this session, as allauth records it."""

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse

# allauth offers no public way to record a proof that another page took: the one private name of it here.
# tests/server/test_reauthentication.py fails where a release moves it or records something else.
from allauth.account.internal.flows.login import record_authentication  # isort: skip


@reauthentication_required  # type: ignore[untyped-decorator]
def _proven(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def has_recently_authenticated(request: HttpRequest) -> bool:
    """Whether this session's person proved who they are within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    try:
        _proven(request)
    except ReauthenticationRequired:
        return False
    return True


def record_password(request: HttpRequest) -> None:
    """This session's person has just chosen or typed their password."""
    record_authentication(request, request.user, method="password")

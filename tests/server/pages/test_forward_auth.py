"""AD-22: what a proxy is told about a visitor of another application, and where nobody is led."""

import json

import jwt
import pytest
from django.test import Client

from graphkeep.accounts.credentials.tokens import issue_token, signing_key
from graphkeep.accounts.models import AuditEvent, BrowserSession
from graphkeep.site.models import SiteSetting
from graphkeep.site.runtime_settings import forget_cached_values
from tests.people import PASSWORD, make
from tests.rights.test_matrix import HANDLER

pytestmark = pytest.mark.django_db
APPLICATION = "https://graphs.example.org:8500"
NEIGHBOUR = "https://wiki.example.org"


@pytest.fixture(autouse=True)
def _listed(settings):
    settings.FORWARD_AUTH_ORIGINS = [APPLICATION, NEIGHBOUR]
    settings.COOKIE_SECURE = True
    SiteSetting.objects.create(name="SITE_DOMAIN", value="graphs.example.org")
    forget_cached_values()


def browser(user=None):
    client = Client(HTTP_HOST="graphs.example.org")
    client.handler = HANDLER
    if user is not None:
        client.force_login(user)
    return client


def asks(client, origin=APPLICATION, *, uri="/notes?a=1", role="", **headers):
    """As Caddy asks for a page of an application."""
    said = {
        "HTTP_X_FORWARDED_HOST": origin.partition("://")[2],
        "HTTP_X_FORWARDED_URI": uri,
        "HTTP_X_FORWARDED_METHOD": "GET",
        "HTTP_ACCEPT": "text/html",
        **headers,
    }
    return client.get("/auth/verify" + role, secure=True, **said)


def test_ad22_a_proxy_is_told_who_it_is(django_user_model):
    alice = make("alice", "admin")

    answer = asks(browser(alice))

    assert answer.status_code == 200
    assert {name: value for name, value in answer.headers.items() if "Graphkeep" in name} == {
        "X-Graphkeep-User": "alice",
        "X-Graphkeep-Email": "alice@example.org",
        "X-Graphkeep-Role": "admin",
        "X-Graphkeep-Organizations": "alice",
    }
    assert not answer.cookies


def test_ad22_strangers_are_led_to_sign_in_of_this_server_alone():
    mallory = browser()
    answer = asks(mallory)
    way = "https://graphs.example.org/auth/enter?next=https%3A%2F%2Fgraphs.example.org%3A8500"
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{way}%2Fnotes%3Fa%3D1")
    assert asks(mallory, uri="@evil.example.org/").headers["Location"] == f"{way}%2F"
    assert asks(mallory, "https://evil.example.org").status_code == 403
    assert asks(mallory, "https://graphs.example.org.evil.example.org").status_code == 403
    assert asks(mallory, "https://graphs.example.org:8501").status_code == 403
    assert asks(mallory, HTTP_X_FORWARDED_METHOD="POST").status_code == 401
    assert asks(mallory, HTTP_ACCEPT="application/json").status_code == 401
    assert mallory.get("/auth/verify").status_code == 401
    token = issue_token(make("alice"))
    assert asks(mallory, HTTP_ACCEPT="*/*", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


@pytest.mark.parametrize(
    "after",
    [
        "", "/", "//evil.example.org", "https://evil.example.org/", "https://graphs.example.org:8501/",
        "https://graphs.example.org:8500@evil.example.org/", "https://graphs.example.org:8500.evil.example.org/",
        "https:/\\graphs.example.org:8500/", "https://graphs.example.org:8500\\@evil.example.org/",
        "javascript:alert(1)", "http://graphs.example.org:8500/", "https://graphs.example.org:8500/\r\nX: y",
        "https://graphs.example.org:8500", " https://graphs.example.org:8500/", "https://wiki.example.org\t/",
    ],
)  # fmt: skip
def test_ad22_nobody_is_led_to_what_is_not_listed(after):
    answer = browser(make("alice")).get("/auth/enter", {"next": after})

    assert (
        answer.status_code,
        "Refresh" in answer.headers,
        answer.cookies.get("graphkeep_enter"),
    ) == (400, False, None)
    assert b"evil" not in answer.content


def test_ad22_a_neighbour_s_cookie_is_good_for_this_question_alone_and_dies_with_the_session():
    alice = make("alice")
    own = browser(alice)
    answer = own.get("/auth/enter", {"next": f"{NEIGHBOUR}/a?b=1"})
    assert answer.headers["Refresh"] == f"0; url={NEIGHBOUR}/a?b=1"
    morsel = answer.cookies["graphkeep_enter"]
    assert (morsel["domain"], morsel["httponly"], morsel["secure"], morsel["samesite"]) == (
        "example.org", True, True, "Lax",
    )  # fmt: skip
    assert "graphkeep_enter" not in own.get("/auth/enter", {"next": f"{APPLICATION}/"}).cookies

    other = browser()
    other.cookies["graphkeep_enter"] = morsel.value
    assert asks(other, NEIGHBOUR).headers["X-Graphkeep-User"] == "alice"
    assert other.get("/datasets/").headers["Location"].startswith("/accounts/login/")
    assert other.get("/api/v2/datasets/").status_code == 401
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {morsel.value}"}
    assert other.get("/api/v2/datasets/", **bearer).status_code == 401
    claims = jwt.decode(morsel.value, options={"verify_signature": False})
    other.cookies["graphkeep_enter"] = jwt.encode(claims, signing_key(), "HS256")
    assert asks(other, NEIGHBOUR).status_code == 302  # an API token's key signs none of these
    other.cookies["graphkeep_enter"] = morsel.value
    BrowserSession.objects.filter(user=alice).delete()
    assert asks(other, NEIGHBOUR).status_code == 302


def test_ad22_a_role_is_asked_for_and_its_lack_is_recorded():
    bob = browser(make("bob"))

    assert asks(bob, role="?role=user").status_code == 200
    assert asks(bob, role="?role=admin").status_code == 403
    assert asks(bob, role="?role=amdin").status_code == 400
    assert asks(browser(make("alice", "admin")), role="?role=admin").status_code == 200
    line = AuditEvent.objects.get(event="refused")
    assert (line.actor, line.target) == ("bob", "/auth/verify")


def test_ad22_who_must_first_choose_a_password_does_so_first():
    bob = make("bob")
    client = browser(bob)
    bob.must_change_password = True
    bob.save()

    assert asks(client).status_code == 302
    after = client.get("/auth/enter", {"next": f"{APPLICATION}/"})
    assert after.headers["Location"] == "/accounts/password/change/"


def test_ad22_the_way_back_goes_through_signing_in():
    alice = make("alice")
    client = browser()
    to = f"/auth/enter?next={NEIGHBOUR}/a"
    answer = client.get(to)
    where = answer.headers["Location"]
    said = {"login": alice.username, "password": PASSWORD, "next": to}
    answer = client.post(where, said, follow=True)
    assert answer.headers["Refresh"] == f"0; url={NEIGHBOUR}/a"
    assert json.dumps(answer.redirect_chain).count("evil") == 0

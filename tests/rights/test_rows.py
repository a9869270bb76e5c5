"""Rows of the hardening guide that are small: each test names its row."""

import re
from collections import Counter
from pathlib import Path

import graphistry
import pytest
from django.test import Client

from graphkeep.accounts.models import PersonalKey
from graphkeep.datasets.models import new_id
from tests.people import PASSWORD, make
from tests.rights.test_matrix import HANDLER

ROOT = Path(__file__).parent.parent.parent


def signed_in(user):
    client = Client()
    client.handler = HANDLER
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_sh03_pages_say_what_is_risky_and_preselect_what_is_safer():
    alice, bob = make("alice", "admin"), make("bob")
    admins, users = (
        signed_in(one).get("/users/personal/key/").content.decode() for one in (alice, bob)
    )

    assert "create a key of your everyday account" in admins
    assert "everyday account" not in users
    ticked = re.findall(r'name="scopes" value="(\w+)" checked', admins)
    offered = re.findall(r'name="scopes" value="(\w+)"', admins)
    assert ticked == ["read", "upload", "edit", "share"]
    assert set(offered) - set(ticked) == {"account", "admin"}
    assert 'value="admin"' not in users
    own = signed_in(alice).get("/accounts/").content.decode()
    assert "Create my everyday account" in own


@pytest.mark.django_db
def test_sh70_a_key_with_admin_s_power_asks_for_the_password_again():
    client = signed_in(make("alice", "admin"))
    said = {"name": "x", "scopes": ["read", "admin"], "days": "30"}

    refused = client.post("/users/personal/key/", said)
    assert refused.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not PersonalKey.objects.exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/users/personal/key/", said).status_code == 200
    assert PersonalKey.objects.get().scopes == ["read", "admin"]


def test_sh15_an_address_has_128_uniform_bits():
    ids = [new_id() for _ in range(20_000)]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)
    for place in range(32):
        counts = Counter(one[place] for one in ids)
        expected = len(ids) / 16
        chi_square = sum((counts[digit] - expected) ** 2 / expected for digit in "0123456789abcdef")
        # 15 degrees of freedom: 60 is passed by chance once in a million; a UUID's fixed digit gives 300,000.
        assert chi_square < 60, (place, counts)


@pytest.mark.django_db
def test_ad01_what_a_proxy_might_say_gives_no_right_by_itself():
    make("alice", "admin")
    client = Client()
    client.handler = HANDLER
    forged = dict.fromkeys(("HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_FORWARDED_USER", "HTTP_X_AUTH_REQUEST_USER", "HTTP_X_WEBAUTH_USER", "HTTP_X_USER", "HTTP_X_ORIGINAL_URL"), "alice")  # fmt: skip

    assert client.get("/api/v2/datasets/", **forged).status_code == 401
    assert client.get("/admin-portal/", **forged).headers["Location"].startswith("/accounts/login/")
    forged["HTTP_X_HTTP_METHOD_OVERRIDE"] = "DELETE"
    assert client.post("/api/v2/share/link/", **forged).status_code == 401


@pytest.mark.django_db
def test_ad13_ad14_without_single_sign_on_its_routes_answer_in_json_and_sign_nobody_in():
    client = Client()
    client.handler = HANDLER
    for path in ("g/sso/oidc/login/", "g/sso/oidc/login/okta/", "o/acme/sso/oidc/login/",
                 "o/sso/oidc/jwt/0123/"):  # fmt: skip
        answer = client.post(f"/api/v2/{path}", {"client-type": "pygraphistry"})
        assert answer.json()["status"] == "ERR"
        assert "token" not in answer.json()
        assert not answer.cookies.get("sessionid")


def test_sh67_the_client_and_the_docs_take_tls_for_granted():
    assert graphistry.client().protocol() == "https"
    plain = {
        (page.name, address)
        for page in (ROOT / "docs").rglob("*.md")
        for address in re.findall(r"http://[\w.:-]+", page.read_text())
        if not re.match(r"http://(127\.|169\.254\.169\.254|localhost|\[::1\])", address)
    }

    assert plain == set()


@pytest.mark.django_db
def test_ad07_what_a_person_types_is_text_on_every_page():
    alice = make("alice", "admin")
    payload = '"><script>window.pwned=1</script>'
    type(alice).objects.filter(pk=alice.pk).update(name=payload)
    client = signed_in(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    for path in ("/accounts/", "/admin-portal/accounts/user/"):
        page = client.get(path).content.decode()
        assert "window.pwned" in page, path
        assert "<script>window.pwned" not in page, path

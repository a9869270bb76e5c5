"""SH-10, 21, 43, 82, AD-17: the guide's own labels, walked from a fresh start on another address than localhost."""

import re
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.chromium import new_page
from tests.servers import TestServer, start_server, stop_server
from tests.waiting import wait_for_settings

pytestmark = pytest.mark.browser
PASSWORD = "violet-tram-07-harbour"


class Elsewhere(TestServer):
    """The server by this machine's address on its network."""

    @property
    def url(self) -> str:
        return f"http://{own_address()}:{self.port}"


def own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        address: str = probe.getsockname()[0]
        return address


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    made, process = start_server(tmp_path_factory.mktemp("portal"), host="0.0.0.0")
    try:
        yield Elsewhere(home=made.home, port=made.port, env=made.env)
    finally:
        stop_server(process)


def confirm_password(page: Page) -> None:
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_the_guide_s_own_path_through_the_portal(elsewhere: TestServer, page: Page) -> None:
    page.goto(elsewhere.url)
    page.wait_for_url("**/accounts/signup/")
    for name, value in (
        ("username", "alice"), ("email", "alice@example.org"), ("password", PASSWORD),
        ("password_again", PASSWORD),
    ):  # fmt: skip
        page.fill(f"input[name={name}]", value)
    page.click("button[type=submit]")
    page.wait_for_url("**/datasets/")

    page.get_by_role("navigation", name="User menu").get_by_role("button").click()
    page.get_by_role("link", name="Admin portal").click()
    confirm_password(page)
    page.wait_for_url("**/admin-portal/")
    page.get_by_role("main").get_by_role("link", name="Config").click()
    page.get_by_label("IS_AIR_GAPPED").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("IS_AIR_GAPPED")).to_be_checked()
    assert '"target": "IS_AIR_GAPPED"' in elsewhere.run("audit", "--event", "setting.changed")

    page.get_by_role("group").filter(has_text="Settings").locator("summary").click()
    page.get_by_role("link", name="Site Settings").first.click()
    here = f"{own_address()}:{elsewhere.port}"
    page.get_by_role("button", name=f"Use this address: {here}").click()
    expect(page.get_by_label("SITE_DOMAIN")).to_have_value(here)
    wait_for_settings()
    foreign = requests.get(f"{elsewhere.url}/", headers={"Host": "evil.example.org"}, timeout=120)
    assert foreign.status_code == 400
    assert page.goto(f"{elsewhere.url}/datasets/").status == 200


def test_an_admin_makes_a_user_who_must_choose_a_password(
    elsewhere: TestServer, page: Page, browser: Browser
) -> None:
    sign_in(page, elsewhere, "alice", PASSWORD)
    page.goto(f"{elsewhere.url}/admin-portal/users/add/")
    confirm_password(page)
    first = secrets.token_urlsafe(12)
    page.fill("input[name=username]", "bob")
    page.fill("input[name=email]", "bob@example.org")
    page.fill("input[name=password]", first)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="bob", exact=True)).to_be_visible()

    other = new_page(browser)
    sign_in(other, elsewhere, "bob", first)
    other.wait_for_url("**/accounts/password/change/")
    other.fill("input[name=oldpassword]", first)
    for field in ("password1", "password2"):
        other.fill(f"input[name={field}]", "another-tram-09-meadow")
    other.get_by_role("button", name="Change Password").click()
    other.goto(f"{elsewhere.url}/datasets/")
    expect(other.get_by_role("heading", name="Graphs", exact=True)).to_be_visible()
    assert other.goto(f"{elsewhere.url}/admin-portal/").status == 404

    page.get_by_role("checkbox", name=re.compile("Select this object for an action - bob")).check()
    page.select_option("select[name=action]", "make_inactive")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).click()
    expect(page.get_by_text("Done for 1.")).to_be_visible()
    other.goto(f"{elsewhere.url}/datasets/")
    other.wait_for_url("**/accounts/login/**")
    other.context.close()


def test_the_audit_is_searched_and_exported(elsewhere: TestServer, page: Page) -> None:
    sign_in(page, elsewhere, "alice", PASSWORD)
    page.goto(f"{elsewhere.url}/admin-portal/accounts/auditevent/?q=setting.changed")
    confirm_password(page)
    expect(page.locator("#result_list")).to_contain_text("SITE_DOMAIN")
    expect(page.locator("#result_list")).not_to_contain_text("sign-in")
    for name, first in (("Export as JSON lines", '{"at": '), ("Export as CSV", "at,event,actor")):
        with page.expect_download() as downloading:
            page.get_by_role("link", name=name).click()
        text = downloading.value.path().read_text()
        assert text.startswith(first)
        assert "SITE_DOMAIN" in text
        assert "sign-in" not in text


def test_a_second_factor_is_set_up_demanded_and_recovered(
    elsewhere: TestServer, page: Page
) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    def code(secret: str) -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    elsewhere.run("config", "set", "REQUIRE_MFA", "admins")
    wait_for_settings()
    sign_in(page, elsewhere, "alice", PASSWORD)
    page.wait_for_url("**/accounts/2fa/")
    page.get_by_role("link", name="Activate").click()
    confirm_password(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.fill("input[name=code]", code(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    recovery = page.locator("textarea").input_value().split()[0]
    assert secret not in stored_factors(elsewhere)

    page.context.clear_cookies()
    sign_in(page, elsewhere, "alice", PASSWORD)
    page.wait_for_url("**/accounts/2fa/authenticate/")
    page.fill("input[name=code]", "000000")
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    page.fill("input[name=code]", recovery)
    page.get_by_role("button", name="Sign In").click()
    page.wait_for_url("**/datasets/")
    answer = requests.post(
        f"{elsewhere.url}/api-token-auth/",
        json={"username": "alice", "password": PASSWORD},
        timeout=120,
    )
    assert answer.status_code == 400
    assert "second factor" in answer.json()["non_field_errors"][0]


def stored_factors(server: TestServer) -> str:
    """What lies in the database of authenticators."""
    url = server.env.get("DATABASE_URL", "")
    query = "SELECT data FROM mfa_authenticator"
    if url:
        import psycopg

        with psycopg.connect(url.replace("postgres://", "postgresql://")) as link:
            rows = link.execute(query).fetchall()
    else:
        with sqlite3.connect(server.home / "data/db.sqlite3") as link:
            rows = link.execute(query).fetchall()
    assert rows
    return str(rows)


def sign_in(page: Page, server: TestServer, name: str, password: str) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)

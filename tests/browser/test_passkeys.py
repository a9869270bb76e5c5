"""A passkey is made and signs in, with the browser's own virtual authenticator."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.servers import TestServer, running_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    with running_server(tmp_path_factory.mktemp("passkeys"), "alice") as made:
        yield made


def test_a_passkey_signs_in_without_a_password(server: TestServer, page: Page) -> None:
    here = server.url.replace(
        "127.0.0.1", "localhost"
    )  # a passkey belongs to a name, not to an address
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{here}/accounts/login/")
    page.fill("input[name=login]", "alice")
    page.fill("input[name=password]", server.passwords["alice"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/datasets/")

    page.goto(f"{here}/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", server.passwords["alice"])
    page.get_by_role("button", name="Confirm").click()
    page.fill("input[name=name]", f"laptop {secrets.token_hex(2)}")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/**")

    page.context.clear_cookies()
    page.goto(f"{here}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/datasets/")
    expect(page.get_by_role("heading", name="Graphs", exact=True)).to_be_visible()
    assert '"kind": "webauthn"' in server.run("audit", "--event", "second-factor.added")

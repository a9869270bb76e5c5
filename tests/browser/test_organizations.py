"""AD-16, AD-19, SH-26: an organization from its first invitation to its last, and one's own sessions."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.chromium import new_context, new_page
from tests.servers import TestServer, running_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    with running_server(tmp_path_factory.mktemp("organizations"), "alice") as made:
        made.run("org", "create", "acme")
        made.run("org", "add", "acme", "--member", "alice", "--role", "admin")
        yield made


def test_an_invitation_makes_a_colleague_who_sees_what_is_shared(
    server: TestServer, page: Page, browser: Browser
) -> None:
    sign_in(page, server)
    page.goto(f"{server.url}/organizations/")
    page.get_by_role("button", name="Make active").click()
    said = {"node_encodings": {"bindings": {}}, "metadata": {}, "name": "for acme", "org_name": "acme",
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    mode = {"obj_pk": made, "obj_type": "dataset", "mode": "organization"}
    server.post("/api/v2/share/link/", json=mode)
    page.goto(f"{server.url}/organizations/acme/")
    page.get_by_role("button", name="Make an invitation").click()
    address = page.locator("pre").inner_text()

    other = new_page(browser)
    other.goto(address)
    for name, value in (
        ("username", "bob"), ("email", "bob@example.org"), ("password", "violet-tram-07-harbour"),
        ("password_again", "violet-tram-07-harbour"),
    ):  # fmt: skip
        other.fill(f"input[name={name}]", value)
    other.get_by_role("button", name="Create account").click()
    other.wait_for_url("**/datasets/")
    other.get_by_role("tab", name="Organization").click()
    expect(other.get_by_role("link", name="for acme", exact=True)).to_be_visible()
    other.get_by_role("tab", name="Shared with me").click()
    expect(other.get_by_text("No graphs are shared with you by name yet.")).to_be_visible()
    assert other.goto(address).status == 404

    page.goto(f"{server.url}/organizations/acme/")
    page.get_by_role("row", name="bob").get_by_role("button", name="Remove").click()
    other.goto(f"{server.url}/datasets/")
    other.get_by_role("tab", name="Organization").click()
    expect(other.get_by_text("No graphs are shared with your organizations yet.")).to_be_visible()
    other.context.close()


def test_sh26_a_person_sees_their_browsers_and_ends_one(
    server: TestServer, page: Page, browser: Browser
) -> None:
    sign_in(page, server)
    context = new_context(
        browser,
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )
    other = context.new_page()
    sign_in(other, server)

    page.goto(f"{server.url}/accounts/sessions/")
    row = page.get_by_role("row", name="Firefox on Linux")
    expect(row).to_be_visible()
    expect(page.get_by_role("row", name="this one")).to_have_count(1)
    row.get_by_role("button", name="End").click()
    expect(page.get_by_text("Signed out: Firefox on Linux.")).to_be_visible()
    other.goto(f"{server.url}/datasets/")
    other.wait_for_url("**/accounts/login/**")
    context.close()

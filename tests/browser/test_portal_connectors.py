"""SH-60, 61, 63, AD-23: connectors in the portal, from an empty page to a checked source with a grant."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.servers import TestServer

pytestmark = pytest.mark.browser
SECRET = "correct-horse-battery-staple"
ADDRESS = "/admin-portal/connectors/"


def screenshot(page: Page, name: str) -> None:
    folder = os.environ.get("GRAPHKEEP_SCREENSHOTS")
    if folder:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(Path(folder) / f"{name}-{scheme}.png"), full_page=True)


@pytest.fixture
def portal(page: Page, claimed: TestServer) -> Page:
    sign_in(page, claimed)
    page.goto(f"{claimed.url}{ADDRESS}")
    page.fill("input[name=password]", claimed.passwords["alice"])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(f"**{ADDRESS}")
    return page


def test_a_connector_is_added_checked_granted_and_deleted(portal: Page) -> None:
    screenshot(portal, "connectors-empty")
    portal.get_by_role("link", name="Sample data").click()
    portal.get_by_label("Name", exact=True).fill("samples")
    portal.get_by_role("button", name="Add and check").click()

    expect(portal.get_by_text("samples: The source answers.")).to_be_visible()
    portal.get_by_role("button", name="Show the schema").click()
    expect(portal.get_by_role("heading", name="What the account can read")).to_be_visible()
    portal.get_by_label("User or organization").fill("mallory")
    portal.get_by_label("Right").select_option("ask")
    portal.get_by_role("button", name="Grant").click()
    expect(portal.get_by_role("row", name="mallory ask Take away")).to_be_visible()
    screenshot(portal, "connector")

    portal.get_by_role("button", name="Take away").click()
    expect(portal.get_by_role("cell", name="Admins only.")).to_be_visible()
    portal.get_by_label("Type samples to confirm").fill("sample")
    portal.get_by_role("button", name="Delete this connector").click()
    expect(portal.get_by_text("Type the name samples to delete this connector.")).to_be_visible()
    portal.get_by_label("Type samples to confirm").fill("samples")
    portal.get_by_role("button", name="Delete this connector").click()
    expect(portal.get_by_text("Deleted samples.")).to_be_visible()
    expect(portal.get_by_text("No connectors yet.")).to_be_visible()


def test_a_host_inside_this_network_is_refused_with_the_remedy(portal: Page) -> None:
    portal.get_by_role("link", name="PostgreSQL").click()
    for label, value in (
        ("Name", "inventory"), ("Host", "user@127.0.0.1"), ("Database", "inventory"),
        ("Role", "reader"), ("Password", SECRET),
    ):  # fmt: skip
        portal.get_by_label(label, exact=True).fill(value)
    portal.get_by_role("button", name="Add and check").click()
    host = portal.locator(".portal-field", has=portal.get_by_label("Host", exact=True))
    expect(host.locator(".errorlist")).to_contain_text("it has a user name")
    expect(portal.get_by_label("Host", exact=True)).to_have_value("127.0.0.1")  # without the user
    screenshot(portal, "connector-wrong-host")

    portal.get_by_label("Host", exact=True).fill("127.0.0.1")
    portal.get_by_label("Password", exact=True).fill(SECRET)
    portal.get_by_role("button", name="Add and check").click()
    expect(portal.get_by_text("inventory failed at policy")).to_contain_text("CONNECTOR_NETWORKS")
    assert SECRET not in portal.content()
    expect(portal.get_by_label("Password", exact=True)).to_have_value("")

    portal.goto(portal.url.split(ADDRESS)[0] + ADDRESS)
    expect(portal.get_by_text("Failed at policy")).to_be_visible()
    screenshot(portal, "connectors")
    portal.get_by_role("link", name="Settings", exact=True).click()
    portal.get_by_label("Type inventory to confirm").fill("inventory")
    portal.get_by_role("button", name="Delete this connector").click()
    expect(portal.get_by_text("Deleted inventory.")).to_be_visible()


def test_a_credential_is_forgotten_and_personal_tokens_are_set_and_deleted(portal: Page) -> None:
    portal.get_by_role("link", name="TAXII 2.1").click()
    for label, value in (
        ("Name", "intel"),
        ("Host", "taxii.invalid"),
        ("Password or token", SECRET),
    ):
        portal.get_by_label(label, exact=True).fill(value)
    portal.get_by_role("button", name="Add and check").click()

    credentials = portal.locator("#credentials")
    expect(credentials.get_by_role("row", name="Password or token set")).to_be_visible()
    expect(credentials.get_by_text("Nobody has one.")).to_be_visible()
    credentials.get_by_label("User", exact=True).fill("nobody")
    credentials.get_by_label("Token", exact=True).fill(SECRET)
    credentials.get_by_role("button", name="Set token", exact=True).click()
    expect(portal.get_by_text("There is no user 'nobody'.")).to_be_visible()
    credentials.get_by_label("User", exact=True).fill("alice")
    credentials.get_by_label("Token", exact=True).fill(SECRET)
    credentials.get_by_role("button", name="Set token", exact=True).click()
    expect(portal.get_by_text("Set the personal token of alice.")).to_be_visible()

    csv = f"username,PAT\nmallory,{SECRET}\nalice,{SECRET}\n".encode()
    credentials.get_by_label("CSV file", exact=False).set_input_files(
        {"name": "tokens.csv", "mimeType": "text/csv", "buffer": csv}
    )
    credentials.get_by_role("button", name="Set tokens").click()
    expect(portal.get_by_text("Set 2 personal tokens.")).to_be_visible()
    screenshot(portal, "connector-credentials")
    credentials.get_by_role("button", name="Delete the token of mallory").click()
    expect(portal.get_by_text("Deleted the personal token of mallory.")).to_be_visible()
    credentials.get_by_role("button", name="Delete all personal tokens").click()
    expect(credentials.get_by_text("Nobody has one.")).to_be_visible()

    credentials.get_by_role("button", name="Forget Password or token").click()
    expect(portal.get_by_text("Password or token is forgotten.")).to_be_visible()
    expect(credentials.get_by_role("row", name="Password or token not set")).to_be_visible()
    expect(credentials.get_by_role("button", name="Forget Password or token")).to_have_count(0)
    assert SECRET not in portal.content()
    portal.get_by_label("Type intel to confirm").fill("intel")
    portal.get_by_role("button", name="Delete this connector").click()
    expect(portal.get_by_text("Deleted intel.")).to_be_visible()


def test_nobody_but_an_admin_finds_connectors_in_the_portal(
    page: Page, claimed: TestServer
) -> None:
    sign_in(page, claimed, "mallory")
    response = page.goto(f"{claimed.url}{ADDRESS}")

    assert response is not None
    assert response.status == 404 or "Connectors" not in page.content()

"""SH-06: the documentation in a real page: reached from the menu, searched, and without a word on the console."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shots, sign_in
from tests.servers import TestServer

pytestmark = pytest.mark.browser


def test_sh06_the_docs_are_reached_from_the_menu_and_searched(
    claimed: TestServer, page: Page
) -> None:
    sign_in(page, claimed)
    page.get_by_role("navigation", name="User menu").get_by_role("button").click()
    page.get_by_role("link", name="Documentation").click()
    page.wait_for_url("**/docs/")
    page.get_by_role("main").get_by_role("link", name="Network").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Network")
    expect(page.locator(".manual-pages [aria-current=page]")).to_have_text("Network")

    page.get_by_role("link", name="network.host").first.click()
    row = page.locator("tr", has=page.locator('[id="network.host"]'))
    expect(row).to_be_in_viewport()
    assert row.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"

    page.get_by_label("Search the documentation").fill("idle timeout")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="SESSION_IDLE_TIMEOUT").click()
    expect(page.get_by_role("heading", name="SESSION_IDLE_TIMEOUT")).to_be_in_viewport()


def test_sh06_a_narrow_window_scrolls_its_tables_and_not_itself(
    claimed: TestServer, page: Page
) -> None:
    sign_in(page, claimed)
    page.set_viewport_size({"width": 390, "height": 844})
    for where in ("how-to/harden/network", "how-to/accounts/administer", "reference/http-api"):
        page.goto(f"{claimed.url}/docs/{where}/")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where
    picture = shots("docs-narrow")
    if picture:
        page.screenshot(path=picture)

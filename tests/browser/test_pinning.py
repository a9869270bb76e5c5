"""A node that is dragged stays; by hand, by keyboard, by menu; for an editor for good, for a viewer in the page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import drawn, open_graph, show, sign_in
from tests.flows.sharing.test_sharing import share
from tests.servers import TestServer

pytestmark = pytest.mark.browser

MIDDLE = (640, 400)
THERE = (820, 470)


@pytest.fixture
def graph(claimed: TestServer, page: Page) -> str:
    """Alice's own, with nothing pinned and Valjean in the middle of the window."""
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    look_at_valjean(page)
    return parse_qs(urlsplit(page.url).query)["dataset"][0]


def look_at_valjean(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("Valjean")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Valjean")
    page.locator("canvas.above").focus()
    page.keyboard.press("Escape")


def heading(page: Page) -> Locator:
    return page.get_by_label("Inspector").get_by_role("heading")


def pinned(page: Page, count: int) -> None:
    expect(page.get_by_role("button", name="Unpin all")).to_have_text(str(count))


def nothing_pinned(page: Page) -> None:
    expect(page.get_by_role("button", name="Unpin all")).to_have_count(0)


def nothing_stored(page: Page) -> None:
    """Waits until another page, which has what the server stored, shows no pins either."""
    other = page.context.new_page()
    other.goto(page.url)
    drawn(other)
    nothing_pinned(other)
    other.close()


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def is_at(page: Page, name: str, place: tuple[int, int]) -> None:
    page.mouse.click(*place)
    expect(heading(page)).to_have_text(name)
    page.keyboard.press("Escape")


def test_a_dragged_node_stays_over_the_relaxing_layout_and_a_reload(
    graph: str, claimed: TestServer, page: Page
) -> None:
    drag(page, MIDDLE, THERE)
    pinned(page, 1)
    expect(page.get_by_role("button", name="Pause the layout")).to_be_visible()
    drawn(page)
    is_at(page, "Valjean", THERE)
    page.mouse.move(5, 300)
    show(page, "pinned-dark")
    page.keyboard.press("t")
    show(page, "pinned-light")
    page.keyboard.press("t")

    page.reload()
    drawn(page)
    pinned(page, 1)
    look_at_valjean(page)
    page.mouse.dblclick(*MIDDLE)
    nothing_pinned(page)
    nothing_stored(page)


def test_moves_by_keyboard_are_taken_back_and_done_again(graph: str, page: Page) -> None:
    page.mouse.click(*MIDDLE)
    page.keyboard.press("Alt+ArrowRight")
    pinned(page, 1)
    page.keyboard.press("Control+z")
    nothing_pinned(page)
    page.keyboard.press("Control+y")
    pinned(page, 1)
    page.keyboard.press("u")
    nothing_pinned(page)
    page.keyboard.press("k")
    pinned(page, 1)
    expect(page.get_by_role("button", name="Pinned")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+U")
    nothing_pinned(page)
    nothing_stored(page)


def test_the_menu_of_a_node_pins_and_lets_go(graph: str, page: Page) -> None:
    page.mouse.click(*MIDDLE, button="right")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem")).to_have_text(["Pin herek"])
    show(page, "pin-menu")
    page.keyboard.press("Enter")
    expect(menu).to_have_count(0)
    pinned(page, 1)
    drawn(page)
    page.keyboard.press("f")
    page.mouse.click(430, 30, button="right")  # above the picture, between the bars
    menu.get_by_role("menuitem", name="Unpin all 1").click()
    nothing_pinned(page)
    nothing_stored(page)


def test_who_may_only_look_moves_nodes_in_the_page_alone(
    graph: str, claimed: TestServer, page: Page
) -> None:
    share(claimed, graph, "public")
    try:
        page.context.clear_cookies()
        sign_in(page, claimed, "mallory")
        page.goto(f"{claimed.url}/graph/graph.html?dataset={graph}")
        drawn(page)
        look_at_valjean(page)
        drag(page, MIDDLE, THERE)
        pinned(page, 1)
        is_at(page, "Valjean", THERE)
        page.keyboard.press("Control+z")
        nothing_pinned(page)
        is_at(page, "Valjean", MIDDLE)
        page.keyboard.press("Control+Shift+Z")
        is_at(page, "Valjean", THERE)

        page.reload()
        drawn(page)
        nothing_pinned(page)
    finally:
        share(claimed, graph, "private")

"""The layout menu: chosen by mouse and keyboard, kept through a reload, taken back, refused in words."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import drawn, sign_in
from tests.servers import TestServer
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

NAMES = ("Amy", "Bess", "Carl", "Dora", "Emil", "Fay", "Gus", "Hal")
KNOWS = "s,d\n" + "".join(
    f"{one},{other}\n" for i, one in enumerate(NAMES) for other in NAMES[i + 1 :: i + 1]
)  # Amy knows all, and there are circles


@pytest.fixture
def graph(claimed: TestServer, page: Page) -> str:
    """Alice's own, drawn; other tests know nothing of it."""
    said = {
        "name": "Friends",
        "metadata": {},
        "node_encodings": {"bindings": {}},
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
    }
    made = claimed.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    claimed.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=KNOWS.encode())
    claimed.ready(made)
    sign_in(page, claimed)
    page.goto(f"{claimed.url}/graph/graph.html?dataset={made}")
    drawn(page)
    return made


def menu(page: Page) -> Locator:
    page.locator("canvas.above").focus()
    page.keyboard.press("g")
    panel = page.get_by_role("complementary", name="Layouts")
    expect(panel.get_by_role("radio")).to_have_count(10)
    return panel


def arrange(panel: Locator, name: str) -> None:
    panel.get_by_role("radio", name=name, exact=True).check(force=True)
    panel.get_by_role("button", name="Apply").click()
    expect(panel.get_by_role("button", name="Apply")).to_be_enabled()
    expect(panel.locator(".tile.current")).to_have_text(name)


def beneath(page: Page) -> int:
    """How many colours lie beneath the graph: none is there where nothing but the ground is."""
    return page.evaluate(
        """() => {
          const c = document.querySelector('canvas.below');
          const copy = document.createElement('canvas');
          copy.width = c.width; copy.height = c.height;
          const pen = copy.getContext('2d'); pen.drawImage(c, 0, 0);
          const data = new Uint32Array(pen.getImageData(0, 0, c.width, c.height).data.buffer);
          return new Set(data).size - 1;
        }"""
    )


def test_a_layout_is_chosen_kept_and_taken_back(graph: str, page: Page) -> None:
    panel = menu(page)
    expect(panel.get_by_role("radio", name="Force", exact=True)).to_be_focused()
    before = page.locator("canvas.picture").screenshot()

    arrange(panel, "Tree")
    expect(panel.get_by_text("This graph is no tree")).to_be_visible()
    wait_until(lambda: page.locator("canvas.picture").screenshot() != before)

    page.reload()
    drawn(page)
    panel = menu(page)
    expect(panel.get_by_role("radio", name="Tree", exact=True)).to_be_checked()
    panel.get_by_role("button", name="Undo").click()
    expect(panel.locator(".tile.current")).to_have_text("Force")
    expect(panel.get_by_role("button", name="Undo")).to_have_attribute("title", "Back to: Tree")

    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_rings_need_a_column_and_lie_beneath_the_graph_until_another_layout(
    graph: str, page: Page
) -> None:
    panel = menu(page)
    assert beneath(page) == 0

    panel.get_by_role("radio", name="Force", exact=True).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("radio", name="Rings")).to_be_checked()
    expect(panel.get_by_role("button", name="Apply")).to_be_disabled()
    panel.get_by_label("Column", exact=True).select_option("degree")
    panel.get_by_label("Largest inside").press("Enter")
    expect(panel.locator(".tile.current")).to_have_text("Rings")
    wait_until(lambda: beneath(page) > 3)

    page.reload()
    drawn(page)
    wait_until(lambda: beneath(page) > 3)
    arrange(menu(page), "Circle")
    wait_until(lambda: beneath(page) == 0)


def test_the_middle_is_the_node_that_is_selected(graph: str, page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("Dora")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    panel = menu(page)
    panel.get_by_role("radio", name="Radial").check(force=True)
    expect(panel.get_by_text("Dora")).to_be_visible()
    with page.expect_request("**/layout/") as sent:
        panel.get_by_role("button", name="Apply").click()

    said = sent.value.post_data_json
    assert (said["layout"], list(said["options"])) == ("radial", ["root"])
    expect(panel.locator(".tile.current")).to_have_text("Radial")


def test_what_cannot_be_is_said_in_the_menu(graph: str, page: Page) -> None:
    panel = menu(page)
    panel.get_by_role("radio", name="Map").check(force=True)
    panel.get_by_role("button", name="Apply").click()

    expect(panel.get_by_role("alert")).to_contain_text("There is no node column latitude")
    expect(panel.locator(".tile.current")).not_to_have_text("Map")


def test_who_may_only_look_is_told_so(graph: str, claimed: TestServer, page: Page) -> None:
    shared = {"obj_pk": graph, "obj_type": "dataset", "mode": "public"}
    assert claimed.post("/api/v2/share/link/", json=shared).status_code == 200
    page.context.clear_cookies()
    sign_in(page, claimed, "mallory")
    page.goto(f"{claimed.url}/graph/graph.html?dataset={graph}&layout=circle")
    drawn(page)
    panel = menu(page)

    expect(panel.get_by_role("button", name="Apply")).to_be_disabled()
    expect(
        panel.get_by_text("Only people who may edit this graph can change its layout")
    ).to_be_visible()
    assert claimed.get(f"/api/v2/datasets/{graph}/layout/").json()["name"] == "force"


def test_the_address_asks_for_a_layout_of_a_fresh_graph_and_offers_it_later(
    graph: str, claimed: TestServer, page: Page
) -> None:
    address = f"{claimed.url}/graph/graph.html?dataset={graph}&layout="
    page.goto(f"{address}circle")
    drawn(page)
    expect(menu(page).locator(".tile.current")).to_have_text("Circle")

    page.goto(f"{address}grid")
    panel = page.get_by_role("complementary", name="Layouts")
    expect(panel.get_by_text("The link to this page requests this layout")).to_be_visible()
    expect(panel.get_by_role("radio", name="Grid")).to_be_checked()
    assert claimed.get(f"/api/v2/datasets/{graph}/layout/").json()["name"] == "circle"

"""Metrics, and colours and sizes by a column, as people ask for them on the page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import drawn, open_graph, sign_in
from tests.servers import TestServer
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


def test_a_metric_is_computed_shown_kept_and_removed(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    picture = page.locator("canvas.picture")
    plain = picture.screenshot()
    page.keyboard.press("c")
    panel = page.get_by_role("complementary", name="Compute")
    expect(panel.get_by_text("No metrics are computed yet")).to_be_visible()
    expect(panel.get_by_label("Metric")).to_have_value("pagerank")
    panel.get_by_label("Weights").select_option("scenes")
    panel.get_by_label("Column").fill("fame")
    panel.get_by_role("button", name="Compute", exact=True).click()
    panel.get_by_role("button", name="Color by fame").click()
    legend = page.get_by_role("region", name="Legend")
    expect(legend).to_contain_text("fame")
    panel.get_by_role("button", name="Size by fame").click()
    expect(panel.get_by_role("button", name="Size by fame")).to_have_attribute(
        "aria-pressed", "true"
    )
    panel.get_by_role("button", name="Histogram").click()
    expect(page.get_by_role("slider", name="Filter by fame")).to_be_visible()
    wait_until(lambda: picture.screenshot() != plain)

    page.reload()
    drawn(page)
    expect(legend).to_contain_text("fame")
    page.keyboard.press("c")
    expect(panel.get_by_role("button", name="Color by fame")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("h")
    page.get_by_label("Add a histogram of a column").select_option("node:fame")
    expect(page.get_by_role("slider", name="Filter by fame")).to_be_visible()
    panel.get_by_role("button", name="Remove fame").click()
    expect(panel.get_by_text("No metrics are computed yet")).to_be_visible()
    expect(page.get_by_role("slider", name="Filter by fame")).to_have_count(0)
    expect(legend).to_contain_text("Communities")


def test_what_cannot_be_computed_says_why(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    page.get_by_role("button", name="Compute").click()
    panel = page.get_by_role("complementary", name="Compute")
    panel.get_by_label("Metric").select_option("betweenness")
    panel.get_by_label("Sources").evaluate("(field) => field.removeAttribute('max')")
    panel.get_by_label("Sources").fill("9999")
    panel.get_by_role("button", name="Compute", exact=True).click()

    expect(panel.get_by_role("alert")).to_have_text(
        "samples must be a whole number from 1 to 5000."
    )


def test_nodes_are_coloured_by_a_column_and_look_as_sent_again(
    claimed: TestServer, page: Page
) -> None:
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    page.keyboard.press("o")
    look = page.get_by_role("complementary", name="Appearance")
    look.get_by_label("Color by").select_option("degree")
    legend = page.get_by_role("region", name="Legend")
    expect(legend).to_contain_text("degree")
    look.get_by_label("Color by").select_option("As sent")
    expect(legend).to_contain_text("Communities")


def test_who_may_only_look_sees_metrics_and_cannot_ask_for_them(
    claimed: TestServer, page: Page
) -> None:
    dataset_id = claimed.get("/api/v2/datasets/?search=Mis").json()["results"][0]["dataset_id"]
    claimed.post(
        f"/api/v2/datasets/{dataset_id}/metrics/", json={"metric": "core", "column": "kernel"}
    )
    claimed.post("/api/v2/share/link/", json={"obj_pk": dataset_id, "mode": "public"})
    sign_in(page, claimed, "mallory")
    page.goto(f"{claimed.url}/graph/graph.html?dataset={dataset_id}")
    drawn(page)
    page.keyboard.press("c")
    panel = page.get_by_role("complementary", name="Compute")

    expect(panel.get_by_text("Only people who may edit this graph")).to_be_visible()
    expect(panel.get_by_role("button", name="Histogram")).to_be_visible()
    expect(panel.get_by_role("button", name="Color")).to_have_count(0)
    expect(panel.get_by_role("button", name="Remove")).to_have_count(0)
    claimed.post("/api/v2/share/link/", json={"obj_pk": dataset_id, "mode": "private"})

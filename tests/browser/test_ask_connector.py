"""A query to a connector becomes a graph, with the same choice of readings as a file."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import drawn, sign_in
from tests.servers import TestServer, running_server

pytestmark = pytest.mark.browser


def screenshot(page: Page, name: str) -> None:
    folder = os.environ.get("GRAPHKEEP_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.fixture
def samples(claimed: TestServer) -> None:
    claimed.run("connector", "add", "samples", "--kind", "sample_data")
    yield
    claimed.run("connector", "remove", "samples")


def open_panel(page: Page, server: TestServer, person: str = "alice") -> None:
    sign_in(page, server, person)
    page.get_by_role("button", name="New graph").click()
    page.get_by_role("button", name="Ask a connector").click()


@pytest.mark.usefixtures("samples")
def test_rows_of_a_query_are_drawn(page: Page, claimed: TestServer) -> None:
    open_panel(page, claimed)
    expect(page.get_by_role("combobox", name="Connector")).to_contain_text("samples · Sample data")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("region", name="Schema").get_by_role("listitem").first).to_be_visible()
    page.get_by_role("textbox", name="Query").press("Control+Enter")

    expect(page.get_by_role("status")).to_have_text("339 rows.", use_inner_text=True)
    rows = page.get_by_role("region", name="Rows of the result").get_by_role("row")
    expect(rows).to_have_count(201)
    expect(page.get_by_text("The first 200 of 339 rows. All of them are drawn.")).to_be_visible()
    expect(page.get_by_text("4,999 queries left today")).to_be_visible()
    screenshot(page, "ask-connector")
    page.get_by_role("button", name="Draw these rows").click()

    interpretations = page.get_by_role("region", name="Interpretations")
    expect(interpretations.get_by_role("button").first).to_be_visible()
    expect(page.get_by_role("link", name="Open the graph")).to_be_visible()
    screenshot(page, "ask-connector-drawn")
    page.get_by_role("link", name="Open the graph").click()
    drawn(page)
    expect(page.get_by_text("150 nodes · 339 edges")).to_be_visible()
    expect(page.get_by_text("from samples, ")).to_be_visible()
    screenshot(page, "graph-of-a-query")

    with page.expect_navigation():
        page.get_by_role("button", name="Fetch again").click()
    drawn(page)
    expect(page.get_by_text("150 nodes · 339 edges")).to_be_visible()
    queries = json.loads(page.evaluate("async () => (await fetch('/api/v2/queries/')).text()"))
    assert [(query["state"], query["rows"]) for query in queries["results"]] == [("done", 339)] * 2


@pytest.mark.usefixtures("samples")
def test_a_refused_query_says_what_is_allowed(page: Page, claimed: TestServer) -> None:
    open_panel(page, claimed)
    page.get_by_role("textbox", name="Query").fill("intrusion.secrets")
    page.get_by_role("button", name="Run").click()

    refusal = "There is no sample table 'intrusion.secrets'. Did you mean 'intrusion.edges'?"
    expect(page.get_by_role("alert")).to_have_text(refusal)
    expect(page.get_by_role("region", name="Rows of the result")).to_have_count(0)


@pytest.mark.usefixtures("samples")
def test_without_a_grant_there_is_no_connector(page: Page, claimed: TestServer) -> None:
    open_panel(page, claimed, "mallory")

    expect(page.get_by_role("heading", name="No connector that you may ask")).to_be_visible()
    expect(page.get_by_text("samples")).to_have_count(0)
    screenshot(page, "ask-connector-empty")


@pytest.fixture
def flows(tmp_path: Path) -> Iterator[TestServer]:
    """A server with the connector `flows`: 300 rows of 3 pairs in a SQLite file."""
    with closing(sqlite3.connect(tmp_path / "net.db")) as database, database:
        database.execute("CREATE TABLE flows (source TEXT, destination TEXT, bytes INTEGER)")
        rows = [(f"h{row % 3}", "gateway", row) for row in range(300)]
        database.executemany("INSERT INTO flows VALUES (?, ?, ?)", rows)
    (tmp_path / "home").mkdir()
    with running_server(tmp_path / "home", "alice", CONNECTOR_FILES_DIR=str(tmp_path)) as server:
        server.run("connector", "add", "flows", "--kind", "sqlite", "--set", "file=net.db")
        server.run("connector", "grant", "flows", "--user", "alice", "--right", "ask")
        yield server


def test_the_source_counts_an_edge_per_pair(page: Page, flows: TestServer) -> None:
    open_panel(page, flows)
    page.get_by_role("textbox", name="Query").fill("SELECT * FROM flows")
    page.get_by_role("textbox", name="Query").press("Control+Enter")
    expect(page.get_by_role("status")).to_have_text("300 rows.", use_inner_text=True)

    page.get_by_text("Fetch less: the database works it out").click()
    page.get_by_role("combobox", name="Source", exact=True).select_option("source")
    page.get_by_role("combobox", name="Destination", exact=True).select_option("destination")
    page.get_by_role("checkbox", name="One edge per pair, with its count").check()
    page.get_by_role("combobox", name="Sum of").select_option("bytes")
    screenshot(page, "fetch-less")
    page.get_by_role("button", name="Fetch these rows").click()

    expect(page.get_by_role("status")).to_have_text("3 rows.", use_inner_text=True)
    cells = page.get_by_role("region", name="Rows of the result").get_by_role("cell")
    screenshot(page, "fetch-less-rows")
    assert cells.all_inner_texts()[:4] == ["h0", "gateway", "100", "14850"]

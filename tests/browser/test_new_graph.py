"""New graph: what people drop is read, explained, changed by hand and drawn."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import show, sign_in
from tests.servers import TestServer

pytestmark = pytest.mark.browser
CASES = Path(__file__).parents[1] / "sources/cases"
LONG_NAME = "which_colleague_did_you_ask_for_advice_" * 4
IS_DRAWN = "() => document.querySelector('figure circle, [aria-label=Preview][aria-busy=false]')"
EDGES = "Source,Target\n1,2\n2,3\n3,1\n"
NODES = "Id,Label\n1,Office\n2,Kitchen\n3,Garden\n"


@pytest.fixture
def new_graph(claimed: TestServer, page: Page) -> Page:
    sign_in(page, claimed)
    wait_for_samples(page)
    page.get_by_role("button", name="New graph").click()
    return page


def wait_for_samples(page: Page) -> None:
    """The worker of a fresh server first draws the samples."""
    page.wait_for_function(
        """async () => {
          const rows = (await (await fetch('/api/v2/datasets/?limit=50')).json()).results;
          return rows.length >= 3 && rows.every((row) => row.edge_count > 0);
        }"""
    )


def choose(page: Page, *paths: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(list(paths))


def drop(page: Page, *paths: Path) -> None:
    """Drop files on the page, as a browser does."""
    transfer = page.evaluate_handle("() => new DataTransfer()")
    for path in paths:
        page.evaluate(
            """([transfer, name, bytes]) =>
              transfer.items.add(new File([new Uint8Array(bytes)], name))""",
            [transfer, path.name, list(path.read_bytes())],
        )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


def text(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(
        has=page.get_by_role("button", name=f"Remove {name}")
    )


def current(page: Page) -> Locator:
    return page.get_by_label("Interpretations").locator("button[aria-pressed=true]")


def expect_drawn(page: Page, counts: str) -> None:
    preview = page.frame_locator("iframe[title=Preview]")
    expect(preview.get_by_text(counts)).to_be_visible()


@pytest.mark.parametrize(
    ("files", "reading", "counts"),
    [
        (["D01/nodes.csv", "D01/edges.csv"], "Source → Target, nodes by Id", "3 nodes · 3 edges"),
        (["T22/conn.log"], "id.orig_h → id.resp_h", "4 nodes · 5 edges"),
        (["X04/network.xlsx"], "Source → Target, nodes of 'Nodes'", "4 nodes · 3 edges"),
        (["T24/dkb.csv"], "Zahlungspflichtige*r → Zahlungsempfänger*in", "3 nodes · 3 edges"),
        (["J04/bundle.json"], None, "5 nodes · 5 edges"),
        (["Z01/20260917_BloodHound.zip"], None, "4 nodes · 4 edges"),
    ],
    ids=["nodes and edges", "zeek", "gephi workbook", "bank", "stix", "bloodhound zip"],
)  # fmt: skip
def test_what_people_have_is_dropped_and_right_at_once(
    new_graph: Page, files: list[str], reading: str | None, counts: str
) -> None:
    drop(new_graph, *(CASES / name for name in files))

    new_graph.wait_for_function(IS_DRAWN)
    if reading is not None:
        expect(current(new_graph)).to_have_accessible_name(re.compile(re.escape(reading)))
    expect_drawn(new_graph, counts)
    expect(new_graph.get_by_role("alert")).to_have_count(0)
    show(new_graph, f"new-graph-{Path(files[0]).parent}")


def test_a_table_is_added_and_removed_again(new_graph: Page, tmp_path: Path) -> None:
    choose(new_graph, text(tmp_path, "edges.csv", EDGES))
    expect(current(new_graph)).to_have_accessible_name("Source → Target")
    expect(new_graph.get_by_text("3 rows, 2 columns, CSV")).to_be_visible()

    new_graph.get_by_label("Add a table").set_input_files(text(tmp_path, "nodes.csv", NODES))
    new_graph.get_by_role("button", name="Source → Target, nodes by Id").click()
    expect_drawn(new_graph, "3 nodes · 3 edges")
    expect(new_graph.frame_locator("iframe").get_by_text("Only alice")).to_be_visible()
    new_graph.get_by_role("button", name="Remove nodes.csv").click()

    expect(new_graph.get_by_role("button", name="nodes by Id")).to_have_count(0)
    expect(current(new_graph)).to_have_accessible_name("Source → Target")
    expect(card(new_graph, "nodes.csv")).to_have_count(0)


def test_another_way_to_read_a_file_is_taken_and_undone(new_graph: Page, tmp_path: Path) -> None:
    choose(new_graph, text(tmp_path, "flows.csv", "a;b;w\nx;y;1\ny;z;2\nz;x;3\n"))
    flows = card(new_graph, "flows.csv")
    expect(flows.get_by_text("3 rows, 3 columns")).to_be_visible()

    flows.get_by_role("button", name="How it is read").click()
    form = new_graph.get_by_role("form", name="How flows.csv is read")
    form.get_by_label("Column names").select_option("none")
    form.get_by_role("button", name="Read again").click()
    expect(flows.get_by_text("4 rows, 3 columns")).to_be_visible()
    show(new_graph, "new-graph-undo")
    flows.get_by_role("button", name="Undo").click()

    expect(flows.get_by_text("3 rows, 3 columns")).to_be_visible()
    expect(flows.get_by_role("button", name="Undo")).to_have_count(0)


def test_repairs_show_lines_and_offer_the_other_way(new_graph: Page) -> None:
    choose(new_graph, CASES / "T24/dkb.csv")
    statement = card(new_graph, "dkb.csv")
    statement.get_by_role("button", name="4 changes while reading").click()
    amount = statement.get_by_role("listitem").filter(has_text="Betrag")
    expect(amount).to_contain_text("Lines 5, 6 and 7")
    expect(amount).to_contain_text("-1.234,56")
    amount.get_by_role("button", name="as text").click()
    expect(statement.get_by_role("button", name="3 changes while reading")).to_be_visible()
    statement.get_by_role("button", name="Undo").click()
    expect(statement.get_by_role("button", name="4 changes while reading")).to_be_visible()
    expect_drawn(new_graph, "3 nodes · 3 edges")

    new_graph.get_by_role("link", name="Open the graph").click()
    new_graph.get_by_role("button", name="4 repairs").click()
    expect(new_graph.get_by_role("region", name="What was changed")).to_contain_text(
        "Lines 5, 6 and 7"
    )
    show(new_graph, "graph-page-repairs")


def test_a_reading_is_made_by_hand(new_graph: Page, tmp_path: Path) -> None:
    rows = "\n".join(f"p{i},c{i % 3},2026-01-0{i % 9 + 1}" for i in range(12))
    choose(new_graph, text(tmp_path, "people.csv", f"person,city,since\n{rows}\n"))
    expect(new_graph.get_by_role("form", name="Choose yourself")).to_be_visible()

    new_graph.get_by_label("What the table holds").select_option("hypergraph")
    for name in ("person", "city"):
        new_graph.get_by_role("checkbox", name=name).check()
    new_graph.get_by_role("checkbox", name="since").uncheck()
    new_graph.get_by_role("button", name="Draw").click()

    expect_drawn(new_graph, "27 nodes · 24 edges")


def test_a_file_that_cannot_be_read_says_why_and_the_rest_is_drawn(
    new_graph: Page, tmp_path: Path
) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 broken PAR1")
    drop(new_graph, tmp_path / "bad.parquet", text(tmp_path, "edges.csv", EDGES))

    expect(card(new_graph, "bad.parquet").get_by_role("alert")).to_contain_text("parquet")
    expect(current(new_graph)).to_have_accessible_name("Source → Target")
    show(new_graph, "new-graph-bad-file")


def test_a_list_of_one_column_says_what_a_graph_needs(new_graph: Page, tmp_path: Path) -> None:
    choose(new_graph, text(tmp_path, "iocs.csv", "ip\n198.51.100.7\n203.0.113.9\n"))

    expect(new_graph.get_by_role("heading", name="No graph was found")).to_be_visible()
    expect(new_graph.get_by_text("iocs.csv has 2 rows and 1 column: “ip”.")).to_be_visible()
    form = new_graph.get_by_role("form", name="How iocs.csv is read")
    expect(form.get_by_label("Separator")).to_be_visible()
    show(new_graph, "new-graph-one-column")


@pytest.mark.parametrize("width", [1280, 500])
def test_long_names_stay_inside_the_panel(new_graph: Page, tmp_path: Path, width: int) -> None:
    new_graph.set_viewport_size({"width": width, "height": 900})
    header = f"{LONG_NAME}source,{LONG_NAME}target,{'w' * 300}"
    choose(new_graph, text(tmp_path, f"{'n' * 120}.csv", f"{header}\na,b,1\nb,c,2\nc,a,3\n"))
    expect(new_graph.get_by_role("form", name="Choose yourself")).to_be_visible()
    new_graph.get_by_role("button", name="How it is read").click()

    beyond = new_graph.evaluate(
        """() => {
          const panel = document.querySelector('.side').getBoundingClientRect();
          return [...document.querySelectorAll('.side *')]
            .filter((element) => element.getBoundingClientRect().right > panel.right + 1)
            .map((element) => element.tagName + '.' + element.className);
        }"""
    )

    assert beyond == []
    assert new_graph.evaluate("document.documentElement.scrollWidth") <= width
    show(new_graph, f"new-graph-long-names-{width}")


def test_a_graph_is_made_by_keyboard_alone(new_graph: Page, tmp_path: Path) -> None:
    with new_graph.expect_file_chooser() as chooser:  # first: a key can overtake the listener
        tab_to(new_graph, "input[type=file]")
        new_graph.keyboard.press("Space")
    chooser.value.set_files([text(tmp_path, "edges.csv", "a,b,c\nx,y,1\ny,z,2\nz,x,3\n")])
    expect(current(new_graph)).to_have_count(1)
    expect(new_graph.get_by_role("heading", name="New graph")).to_be_focused()

    tab_to(new_graph, "select[aria-describedby]")
    for _ in range(2):  # past "Each row is a node"
        new_graph.keyboard.press("ArrowDown")
    expect(new_graph.get_by_role("group", name="Link each event")).to_be_visible()
    for _ in range(2):
        new_graph.keyboard.press("Tab")
        new_graph.keyboard.press("Space")
    tab_to(new_graph, "button[type=submit].primary")
    new_graph.keyboard.press("Enter")

    expect_drawn(new_graph, "9 nodes · 6 edges")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_a_discarded_graph_leaves_nothing(new_graph: Page, tmp_path: Path) -> None:
    shutil.copy(text(tmp_path, "edges.csv", EDGES), tmp_path / "thrown away.csv")
    choose(new_graph, tmp_path / "thrown away.csv")
    expect(new_graph.get_by_role("link", name="Open the graph")).to_be_visible()
    new_graph.get_by_role("button", name="Discard").click()

    expect(new_graph.get_by_role("heading", name="Graphs", exact=True)).to_be_visible()
    expect(new_graph.get_by_role("link", name="thrown away", exact=True)).to_have_count(0)
    left = new_graph.evaluate(
        "async () => (await (await fetch('/api/v2/files/?limit=500')).json()).results.map(row => row.name)"
    )
    assert "thrown away.csv" not in left

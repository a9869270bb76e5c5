"""What people do on the pages, from the first sign-up to a saved picture."""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import colours, drawn, open_graph, show, sign_in
from tests.servers import TestServer

pytestmark = pytest.mark.browser

FLOWS = "src_ip,dst_ip,port\n" + "".join(
    f"10.0.0.{i % 9},10.0.1.{i * 7 % 11},{443 if i % 3 else 22}\n" for i in range(90)
)


def test_the_first_person_becomes_admin_and_finds_three_graphs(
    claimed: TestServer, page: Page
) -> None:
    sign_in(page, claimed)

    for name in ("Les Misérables", "Your machine", "An intrusion"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.goto(f"{claimed.url}/accounts/signup/")
    assert page.url.endswith("/datasets/")
    assert "admin alice" in " ".join(claimed.run("user", "list").split()) or "admin" in claimed.run(
        "user", "list"
    )


def test_the_second_sign_up_is_refused(claimed: TestServer, page: Page) -> None:
    page.goto(f"{claimed.url}/accounts/signup/")
    page.fill("input[name=username]", "bob")
    page.fill("input[name=email]", "bob@example.org")
    for name in ("password", "password_again"):
        page.fill(f"input[name={name}]", "violet-tram-07-harbour")
    with page.expect_response("**/accounts/signup/") as answer:
        page.click("button[type=submit]")

    assert answer.value.status == 403
    expect(page.get_by_role("alert")).to_contain_text("by invitation only")
    page.context.clear_cookies()
    # Chromium reports the refused page itself; that word is expected here.


def test_a_wrong_password_is_told_without_saying_which_half(
    claimed: TestServer, page: Page
) -> None:
    texts = []
    for name in ("alice", "nobody"):
        page.goto(f"{claimed.url}/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", "wrong")
        page.click("button[type=submit]")
        texts.append(page.get_by_role("alert").inner_text())

    assert texts[0] == texts[1]


def test_exploring_by_mouse_and_keyboard(claimed: TestServer, page: Page, tmp_path: Path) -> None:
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    assert colours(page) > 50
    expect(page.get_by_text("77 nodes · 254 edges")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("valjean")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    inspector = page.get_by_label("Inspector")
    expect(inspector.get_by_role("heading")).to_have_text("Valjean")
    expect(inspector.get_by_role("tab", name="Neighbors")).to_contain_text("36")
    inspector.get_by_role("tab", name="Edges").click()
    expect(inspector).to_contain_text("scenes")
    page.keyboard.press("Escape")
    expect(inspector).to_have_count(0)

    page.keyboard.press("h")
    page.get_by_label("Add a histogram of a column").select_option("node:degree")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("nodes and")).to_contain_text("remain")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("77 nodes · 254 edges")).to_be_visible()

    page.locator("canvas.above").focus()
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").click()
    saved.value.save_as(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_click_selects_and_a_box_selects_many(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    page.keyboard.press("/")
    page.keyboard.type("Valjean")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    inspector = page.get_by_label("Inspector")
    expect(inspector.get_by_role("heading")).to_have_text("Valjean")
    page.locator("canvas.above").focus()
    page.keyboard.press("Escape")
    page.mouse.click(640, 400)
    expect(inspector.get_by_role("heading")).to_have_text("Valjean")

    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.down("Shift")
    page.mouse.move(60, 80)
    page.mouse.down()
    page.mouse.move(1200, 520, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(inspector.get_by_role("heading")).to_contain_text("nodes")


def test_a_run_of_the_layout_is_paused_resumed_and_stopped(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    open_graph(page, "An intrusion")
    before = page.locator("canvas.picture").screenshot()
    said = page.get_by_role("toolbar").get_by_role("status")
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Play the layout").click()
    expect(said).to_have_text("Laying out")
    expect(page.get_by_label("Progress of the layout")).to_be_visible()
    page.wait_for_timeout(1500)
    show(page, "laying-out")
    page.get_by_role("button", name="Pause the layout").click()
    expect(said).to_have_text("Paused")
    expect(page.get_by_label("Progress of the layout")).to_have_count(0)
    drawn(page)
    show(page, "paused")
    assert page.locator("canvas.picture").screenshot() != before

    page.locator("canvas.above").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause the layout")).to_be_visible()
    page.get_by_role("button", name="Stop the layout").click()
    expect(said).to_have_text("Done")
    expect(page.get_by_role("button", name="Play the layout")).to_be_visible()
    drawn(page)


def test_a_dropped_file_is_drawn_read_anew_and_deleted(
    claimed: TestServer, page: Page, tmp_path: Path
) -> None:
    (tmp_path / "flows.csv").write_text(FLOWS)
    sign_in(page, claimed)
    page.get_by_role("button", name="New graph").click()
    page.set_input_files("input[type=file]", tmp_path / "flows.csv")

    preview = page.frame_locator("iframe")
    expect(preview.get_by_text("20 nodes · 90 edges")).to_be_visible()
    expect(page.get_by_role("button", name="src_ip → dst_ip")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_label("Destination").select_option("port")
    page.get_by_role("button", name="Draw").click()
    expect(preview.get_by_text("11 nodes · 90 edges")).to_be_visible()
    page.get_by_role("button", name="Events with src_ip, dst_ip").click()
    expect(preview.get_by_text("110 nodes · 180 edges")).to_be_visible()
    page.get_by_role("button", name="Done").click()

    page.get_by_label("Search graphs").fill("flows")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article").get_by_text("Only alice")).to_be_visible()
    page.get_by_role("button", name="Delete flows").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No graph's name")).to_be_visible()


def test_a_broken_file_is_refused_in_words(claimed: TestServer, page: Page, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no parquet PAR1")
    sign_in(page, claimed)
    page.get_by_role("button", name="New graph").click()
    page.set_input_files("input[type=file]", tmp_path / "bad.parquet")

    expect(page.get_by_role("alert")).to_contain_text("does not read as parquet")


def test_a_private_graph_is_nothing_to_others(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    open_graph(page, "Your machine")
    address = page.url
    page.context.clear_cookies()

    for person in (None, "mallory"):
        if person:
            sign_in(page, claimed, person)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading")).to_have_text(
            "This page does not exist, or you have no access to it"
        )
        assert "machine" not in page.content()


def test_an_empty_dataset_and_a_bad_one_say_what_is_wrong(claimed: TestServer, page: Page) -> None:
    def make(**said: object) -> str:
        body = {
            "name": "fresh",
            "metadata": {},
            "node_encodings": {"bindings": {}},
            "edge_encodings": {"bindings": {"source": "s", "destination": "nowhere"}},
            **said,
        }
        answer = claimed.post("/api/v2/upload/datasets/", json=body)
        return str(answer.json()["data"]["dataset_id"])

    dataset = make(edge_hypergraph_transform=[{"entity_types": ["nowhere"]}])
    sign_in(page, claimed)
    page.goto(f"{claimed.url}/graph/graph.html?dataset={dataset}")
    page.wait_for_selector("html[data-state=empty]")
    expect(page.get_by_text("has no edges yet")).to_be_visible()

    claimed.post(f"/api/v2/upload/datasets/{dataset}/edges/csv", data="s,d\na,b\n")
    page.wait_for_selector("html[data-state=error]")
    expect(page.get_by_role("alert")).to_contain_text("There is no column 'nowhere'")


def test_keys_are_made_shown_once_and_revoked(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    page.goto(f"{claimed.url}/users/personal/key/")
    page.fill("input[name=name]", "notebook")
    page.get_by_role("button", name="Create key").click()
    shown = page.locator("pre").inner_text()
    key_id = shown.split('personal_key_id="')[1].split('"')[0]
    secret = shown.split('personal_key_secret="')[1].split('"')[0]
    header = {"Authorization": f"PersonalKey {key_id}:{secret}"}
    route = f"{claimed.url}/api/v2/auth/pkey/jwt/"
    assert requests.get(route, headers=header, timeout=120).status_code == 200

    page.goto(f"{claimed.url}/users/personal/key/")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("You have no keys.")).to_be_visible()
    assert requests.get(route, headers=header, timeout=120).status_code == 401


def test_the_address_turns_panels_off_and_names_the_page(claimed: TestServer, page: Page) -> None:
    sign_in(page, claimed)
    open_graph(page, "Les Misérables")
    page.goto(page.url + "&menu=false&info=false&pageTitle=Hugo&bg=%23ff0000&unknown=1")
    drawn(page)

    assert page.title() == "Hugo"
    expect(page.get_by_role("toolbar")).to_have_count(0)
    expect(page.get_by_label("Legend")).to_have_count(0)


def test_a_click_on_an_edge_shows_its_row(claimed: TestServer, page: Page) -> None:
    rows = "s,d,note\na,b,between\n"
    made = claimed.post(
        "/api/v2/upload/datasets/",
        json={
            "name": "one edge",
            "metadata": {},
            "node_encodings": {"bindings": {}},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        },
    )
    dataset = made.json()["data"]["dataset_id"]
    claimed.post(f"/api/v2/upload/datasets/{dataset}/edges/csv", data=rows)
    sign_in(page, claimed)
    page.goto(f"{claimed.url}/graph/graph.html?dataset={dataset}")
    drawn(page)
    page.mouse.click(640, 400)

    inspector = page.get_by_label("Inspector")
    expect(inspector.get_by_role("heading", level=2)).to_have_text("a → b")
    expect(inspector).to_contain_text("between")

"""SH-13, 14, 35, 37: two origins in a real browser, third-party cookies blocked and allowed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Frame, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import colours, sign_in
from tests.chromium import FLAGS, chromium, new_page, patient, timeout_ms
from tests.servers import TestServer
from tests.waiting import machine_load, wait_for_settings, wait_until

pytestmark = pytest.mark.browser
HOST_PAGE = """<!doctype html><title>Intranet</title><iframe id="graph" width="800" height="500"
src="{address}"></iframe><script>
window.asked = [];
addEventListener('message', (event) => {{
  if (event.origin !== '{server}') return;
  window.asked.push(event.data.type);
  if ('{token}') event.source.postMessage({{type: 'graphkeep:token', token: '{token}'}}, '{server}');
}});
</script>"""

STATE = """() => document.documentElement.dataset.state
  ?? (document.readyState === 'complete' && location.href !== 'about:blank' ? 'another page' : '')"""
ENDS = ("converged", "empty", "error", "refused", "another page")


@dataclass
class Intranet:
    """Another site, which frames what it is told to."""

    port: int
    page: str = ""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def shows(self, address: str, server: TestServer, token: str = "") -> str:
        self.page = HOST_PAGE.format(address=address, server=server.url, token=token)
        return self.origin


@pytest.fixture(scope="module")
def intranet() -> Iterator[Intranet]:
    made = Intranet(port=0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = site.server_port
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield made
    site.shutdown()
    site.server_close()


Open = Callable[[], Page]


@contextmanager
def with_cookies(browser: Browser, profile: Path) -> Iterator[Open]:
    """A browser of a person's own, which takes third-party cookies."""
    (profile / "Default").mkdir(parents=True)
    (profile / "Default/Preferences").write_text('{"profile": {"cookie_controls_mode": 0}}')
    context = patient(
        browser.browser_type.launch_persistent_context(
            profile,
            executable_path=chromium(),
            args=FLAGS,
            ignore_https_errors=True,
            timeout=timeout_ms(),
        )
    )

    def opened() -> Page:
        context.clear_cookies()
        return context.new_page()

    yield opened
    context.close()


def without_cookies(browser: Browser) -> Open:
    """A private window, in which Chromium sends no cookie from another site's page."""
    return lambda: new_page(browser, ignore_https_errors=True)


@pytest.fixture(scope="module", params=["allowed", "blocked"])
def cookies(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Open]:
    if request.param == "blocked":
        yield without_cookies(browser)
        return
    with with_cookies(browser, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def private_graph(claimed: TestServer, intranet: Intranet) -> str:
    claimed.run("config", "set", "EMBED_ORIGINS", intranet.origin)
    wait_for_settings()
    found = claimed.get("/api/v2/datasets/?search=Mis").json()["results"]
    return str(found[0]["dataset_id"])


def frame_of(page: Page) -> Frame:
    """The page's frame, once its document has loaded or the browser has refused it."""
    page.wait_for_function("() => document.getElementById('graph') !== null")
    frame = page.locator("#graph").element_handle().content_frame()
    assert frame is not None
    wait_until(lambda: state_of(frame) != "")
    return frame


def state_of(frame: Frame) -> str:
    """ "refused" by the browser, else the state of the graph page or what it says instead; empty: still loading."""
    if frame.url.startswith("chrome-error://"):
        return "refused"
    try:
        return frame.evaluate(STATE) or ""
    except PlaywrightError:  # the document is being replaced
        return ""


def draws(frame: Frame) -> bool:
    """Whether the frame ends with a picture, rather than without one."""
    state = wait_until(lambda: (ended := state_of(frame)) in ENDS and ended)
    return state == "converged" and colours(frame) > 20  # type: ignore[arg-type]


def embed_token(server: TestServer, dataset: str, origin: str) -> str:
    answer = server.post("/api/v2/embed/token/", json={"dataset_id": dataset, "origin": origin})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def test_sh35_a_token_shows_a_private_graph_with_and_without_cookies(
    cookies: Open, claimed: TestServer, intranet: Intranet, private_graph: str
) -> None:
    token = embed_token(claimed, private_graph, intranet.origin)
    page = cookies()
    address = f"{claimed.url}/embed/?origin={intranet.origin}"
    page.goto(intranet.shows(address, claimed, token))

    assert draws(frame_of(page))
    assert page.evaluate("window.asked") == ["graphkeep:ready"]
    assert token not in frame_of(page).url
    page.close()


def test_sh35_another_site_sees_nothing_with_the_same_token(
    cookies: Open, claimed: TestServer, intranet: Intranet, private_graph: str
) -> None:
    """The attacker's page stands on 127.0.0.1, and says it is the intranet."""
    token = embed_token(claimed, private_graph, intranet.origin)
    page = cookies()
    intranet.shows(f"{claimed.url}/embed/?origin={intranet.origin}", claimed, token)
    page.goto(f"http://127.0.0.1:{intranet.port}")

    assert not draws(frame_of(page))
    page.close()


def test_sh14_a_signed_in_browser_shows_nothing_private_in_a_foreign_frame(
    cookies: Open, claimed: TestServer, intranet: Intranet, private_graph: str
) -> None:
    page = cookies()
    sign_in(page, claimed)
    for path in (f"/graph/graph.html?dataset={private_graph}", "/accounts/login/", "/accounts/",
                 "/datasets/"):  # fmt: skip
        page.goto(intranet.shows(f"{claimed.url}{path}", claimed))
        frame = frame_of(page)
        assert frame.url.startswith("chrome-error://"), (path, frame.url)
    page.close()


def test_sh13_a_public_graph_is_framed_from_anywhere(
    cookies: Open, claimed: TestServer, intranet: Intranet, private_graph: str
) -> None:
    said = {"obj_pk": private_graph, "obj_type": "dataset", "mode": "public"}
    claimed.post("/api/v2/share/link/", json=said)
    page = cookies()
    page.goto(
        intranet.shows(
            f"{claimed.url}/graph/graph.html?dataset={private_graph}&menu=false", claimed
        )
    )

    assert draws(frame_of(page))
    page.close()
    claimed.post("/api/v2/share/link/", json={**said, "mode": "private"})


def test_sh14_a_cross_site_form_does_not_sign_anybody_in(claimed: TestServer) -> None:
    answer = requests.post(
        f"{claimed.url}/accounts/login/",
        data={"login": "alice", "password": claimed.passwords["alice"]},
        headers={"Origin": "http://evil.example.org"},
        timeout=120,
        allow_redirects=False,
    )

    assert answer.status_code == 403
    assert "sessionid" not in answer.cookies


def test_a_link_is_made_opened_and_revoked_on_the_page(
    claimed: TestServer, page: Page, browser: Browser, private_graph: str
) -> None:
    sign_in(page, claimed)
    page.goto(f"{claimed.url}/graph/graph.html?dataset={private_graph}")
    page.wait_for_selector("html[data-state=converged]")
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Create link").click()
    address = page.get_by_label("The link's address").input_value()
    other = new_page(browser)
    other.goto(address)

    assert draws(other.main_frame)
    page.get_by_role("button", name="Revoke").click()
    other.get_by_text("no longer shared with you").wait_for(timeout=3000 * machine_load())
    other.goto("about:blank")
    other.goto(address)
    other.get_by_text("This graph cannot be shown").wait_for()
    other.context.close()

"""A real Chromium against a real server; a word on the console or a blocked asset fails the test."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import new_context, new_page, running_chromium
from tests.servers import TestServer, start_server, stop_server


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """A server that nobody has claimed."""
    made, process = start_server(tmp_path_factory.mktemp("browser"))
    try:
        yield made
    finally:
        stop_server(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(
        browser,
        viewport={"width": 1280, "height": 800},
        color_scheme="dark",
        accept_downloads=True,
    )
    made = context.new_page()
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type in {"error", "warning"}
            and "the server responded with a status" not in said.text
            else None
        ),
    )
    yield made
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def claimed(empty_server: TestServer, browser: Browser) -> TestServer:
    """The server after alice has signed up as its first Admin, in the browser."""
    password = secrets.token_urlsafe(16)
    page = new_page(browser)
    page.goto(empty_server.url)
    assert page.url.endswith("/accounts/signup/")
    page.fill("input[name=username]", "alice")
    page.fill("input[name=email]", "alice@example.org")
    page.fill("input[name=password]", password)
    page.fill("input[name=password_again]", password)
    page.click("button[type=submit]")
    page.wait_for_url("**/datasets/")
    page.context.close()
    empty_server.passwords["alice"] = password
    empty_server.passwords["mallory"] = secrets.token_urlsafe(16)
    empty_server.run(
        "user", "create", "--username", "mallory", "--email", "mallory@example.org",
        "--role", "user", "--password-stdin", stdin=empty_server.passwords["mallory"] + "\n",
    )  # fmt: skip
    return empty_server


def sign_in(page: Page, server: TestServer, person: str = "alice") -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", server.passwords[person])
    page.click("button[type=submit]")
    page.wait_for_url("**/datasets/")


def open_graph(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    drawn(page)


def drawn(page: Page) -> None:
    page.wait_for_selector("html[data-state=converged]")


def colours(page: Page) -> int:
    """How many different colours the picture has: a blank one has a single one."""
    return page.evaluate(
        """() => {
          const c = document.querySelector('canvas.picture');
          const copy = document.createElement('canvas');
          copy.width = c.width; copy.height = c.height;
          const pen = copy.getContext('2d'); pen.drawImage(c, 0, 0);
          const data = new Uint32Array(pen.getImageData(0, 0, c.width, c.height).data.buffer);
          return new Set(data).size;
        }"""
    )


def shots(name: str) -> Path | None:
    """Where a screenshot goes when GRAPHKEEP_SHOTS names a folder."""
    folder = os.environ.get("GRAPHKEEP_SHOTS")
    return Path(folder) / f"{name}.png" if folder else None


def show(page: Page, name: str) -> None:
    path = shots(name)
    if path is not None:
        page.screenshot(path=path)

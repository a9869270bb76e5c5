"""Makes the screenshots of the README and the docs, from a fresh server in headless Chromium.

python docs/images/scripts/screenshots.py
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))
IMAGES = Path(__file__).parents[1]

from benchmarks.running import CHROMIUM, CHROMIUM_WORDS, community_graph, wait_for  # noqa: E402


def drawn(page: Page, seconds: int = 120) -> None:
    page.wait_for_selector("html[data-state=converged]", timeout=seconds * 1000)
    time.sleep(1.5)


def theme(page: Page, name: str) -> None:
    page.evaluate("name => localStorage.setItem('graphkeep-theme', name)", name)


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [Path(sys.executable).parent / "graphkeep", "up", "--port", str(port)],
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": os.pathsep.join(sys.path),
                "GRAPHISTRY_HOME": home,
                "NUMBA_CACHE_DIR": str(ROOT / ".cache/numba"),
            },
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{url}/healthz")
            take_pictures(url, port)
        finally:
            process.terminate()
            process.wait(timeout=30)


def take_pictures(url: str, port: int) -> None:
    password = secrets.token_urlsafe(16)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/accounts/signup/")
        page.screenshot(path=IMAGES / "sign-up.png")
        page.fill("input[name=username]", "alice")
        page.fill("input[name=email]", "alice@example.org")
        for field in page.locator("input[type=password]").all():
            field.fill(password)
        page.locator("form button[type=submit]").last.click()
        page.wait_for_url("**/datasets/**")
        graphs = wait_for_samples(page, url)
        for name in ("dark", "light"):
            theme(page, name)
            page.goto(f"{url}/graph/graph.html?dataset={graphs['Les Misérables']}")
            drawn(page)
            page.screenshot(path=IMAGES / f"les-miserables-{name}.png")
        theme(page, "dark")
        page.goto(f"{url}/graph/graph.html?dataset={graphs['An intrusion']}")
        drawn(page)
        page.screenshot(path=IMAGES / "intrusion.png")
        page.keyboard.press("s")
        page.get_by_role("button", name="Create link").click()
        page.get_by_label("The link's address").wait_for()
        page.screenshot(path=IMAGES / "share.png")
        page.keyboard.press("Escape")
        page.goto(f"{url}/graph/graph.html?dataset={graphs['Les Misérables']}")
        drawn(page)
        arrange_in_boxes(page)
        page.screenshot(path=IMAGES / "layouts.png")
        plot_large(page, url, port, password)
        page.goto(f"{url}/datasets/")
        page.wait_for_timeout(4000)
        page.screenshot(path=IMAGES / "gallery.png")
        drop_a_table(page)
        page.screenshot(path=IMAGES / "new-graph.png")
        page.goto(f"{url}/admin-portal/")
        page.fill("input[name=password]", password)
        page.get_by_role("button", name="Confirm").click()
        page.screenshot(path=IMAGES / "portal.png")
        page.goto(f"{url}/admin-portal/accounts/auditevent/")
        page.screenshot(path=IMAGES / "audit.png")
        stranger = browser.new_page(viewport={"width": 1440, "height": 900})
        stranger.goto(f"{url}/accounts/login/")
        stranger.screenshot(path=IMAGES / "sign-in.png")
        browser.close()


def arrange_in_boxes(page: Page) -> None:
    page.keyboard.press("g")
    page.get_by_text("Boxes", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    page.locator(".tile.current", has_text="Boxes").wait_for()
    time.sleep(2)


def wait_for_samples(page: Page, url: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(300):
        rows = page.evaluate("fetch('/api/v2/datasets/?limit=50').then(r => r.json())")["results"]
        found = {row["name"]: row["dataset_id"] for row in rows}
        if len(found) >= 3 and all(row["edge_count"] for row in rows):
            return found
        time.sleep(0.5)
    raise RuntimeError(f"the samples did not come: {found}")


def plot_large(page: Page, url: str, port: int, password: str) -> None:
    import graphistry

    graphistry.register(
        api=3, protocol="http", server=f"127.0.0.1:{port}", username="alice", password=password
    )
    address = (
        graphistry.edges(community_graph(100_000), "src", "dst")
        .name("100,000 edges")
        .plot(render=False)
    )
    page.goto(f"{url}/graph/graph.html?dataset={address.split('dataset=')[1].split('&')[0]}")
    drawn(page)
    page.screenshot(path=IMAGES / "100k-edges.png")


def drop_a_table(page: Page) -> None:
    rows = ["time,user,host,address,bytes"]
    rows += [
        f"2026-11-{1 + i % 28:02d}T{i % 24:02d}:00:00Z,user{i * 7 % 23},host{i * 13 % 41},"
        f"10.0.{i % 5}.{i * 3 % 17},{i * 97 % 5000}"
        for i in range(400)
    ]
    page.get_by_role("button", name="New graph").click()
    page.locator("input[type=file]").first.set_input_files(
        {
            "name": "connections.csv",
            "mimeType": "text/csv",
            "buffer": "\n".join(rows).encode(),
        }
    )
    page.locator("[aria-label=Preview][aria-busy=false]").wait_for(timeout=120_000)
    time.sleep(2)


if __name__ == "__main__":
    main()

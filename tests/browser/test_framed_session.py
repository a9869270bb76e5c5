"""SH-37: a signed-in person's own session in another site's frame, where an administrator wanted it: three lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_embedding import (  # noqa: F401 - a fixture
    Intranet,
    Open,
    draws,
    frame_of,
    intranet,
    with_cookies,
    without_cookies,
)
from tests.observatory.tls import Tls, behind_tls
from tests.servers import running_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tls(
    tmp_path_factory: pytest.TempPathFactory,
    intranet: Intranet,  # noqa: F811
) -> Iterator[Tls]:
    with (
        running_server(
            tmp_path_factory.mktemp("framed"),
            "alice",
            COOKIE_SECURE="true",
            COOKIE_SAMESITE="None",
            EMBED_ORIGINS=f"http://127.0.0.1:{intranet.port}",
            TRUSTED_PROXIES="127.0.0.0/8",
        ) as server,
        behind_tls(tmp_path_factory.mktemp("tls"), server) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def graph(tls: Tls) -> str:
    said = {"node_encodings": {"bindings": {}}, "metadata": {},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = tls.server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    rows = b"s,d\n" + b"".join(b"%d,%d\n" % (n % 40, n * 7 % 40) for n in range(200))
    tls.server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=rows)
    tls.server.ready(made)
    private = {"obj_pk": made, "obj_type": "dataset", "mode": "private"}
    tls.server.post("/api/v2/share/link/", json=private)
    return f"{tls.url}/graph/graph.html?dataset={made}"


def signed_in(opened: Open, tls: Tls) -> Page:
    page = opened()
    page.goto(f"{tls.url}/accounts/login/")
    page.fill("input[name=login]", "alice")
    page.fill("input[name=password]", tls.server.passwords["alice"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/datasets/")
    return page


@pytest.fixture
def allowed(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    with with_cookies(browser, tmp_path / "profile") as opened:
        yield opened


def test_sh37_the_named_site_frames_a_session_and_no_other_site_does(
    allowed: Open,
    tls: Tls,
    graph: str,
    intranet: Intranet,  # noqa: F811
) -> None:
    page = signed_in(allowed, tls)
    cookies = {one["name"]: one for one in page.context.cookies()}
    for name in ("sessionid", "csrftoken", "graphistry_jwt"):
        assert (cookies[name]["secure"], cookies[name]["httpOnly"], cookies[name]["sameSite"]) == (
            True, True, "None",
        )  # fmt: skip
    intranet.shows(graph, tls.server)

    page.goto(f"http://127.0.0.1:{intranet.port}")
    assert draws(frame_of(page))
    page.goto(f"http://localhost:{intranet.port}")
    assert frame_of(page).url.startswith("chrome-error://")
    intranet.shows(f"{tls.url}/accounts/", tls.server)
    page.goto(f"http://127.0.0.1:{intranet.port}")
    assert frame_of(page).url.startswith("chrome-error://")
    page.close()


def test_sh37_without_third_party_cookies_the_frame_shows_nothing(
    browser: Browser,
    tls: Tls,
    graph: str,
    intranet: Intranet,  # noqa: F811
) -> None:
    page = signed_in(without_cookies(browser), tls)
    intranet.shows(graph, tls.server)

    page.goto(f"http://127.0.0.1:{intranet.port}")
    assert not draws(frame_of(page))
    page.context.close()

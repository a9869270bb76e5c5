"""The documentation: no dead link, a reader for every page, and the server serves it itself (SH-05, SH-06)."""

import posixpath
import re
from pathlib import Path

import pytest
from django.test import Client

from graphkeep.server.docs_site.index import anchor_of_check, groups, search
from graphkeep.server.docs_site.markdown import parser, read
from graphkeep.server.docs_site.page_index import INDEX, page_at, pages, pictures
from graphkeep.upkeep.doctor.checks import CHECKS
from tests.people import make
from tests.rights.test_matrix import HANDLER

ROOT = Path(__file__).parent.parent.parent
HARDEN = "docs/how-to/harden/README.md"
IN_ONE_CLICK = {
    "docs/how-to/operate/configure.md",
    "docs/explanation/threat-model.md",
    "docs/how-to/accounts/protect-your-account.md",
    "docs/how-to/deploy/plan-a-deployment.md",
    "docs/how-to/deploy/plan-capacity.md",
}
TRICKS = (
    "../pyproject.toml", "../../etc/passwd", "..%2f..%2fpyproject.toml", "%2e%2e/%2e%2e/README",
    "how-to/../../pyproject.toml", "images/../README.md", "images/..%2fREADME.md", "images/scripts/screenshots.py",
    "images/portal.png%00.png", "images/%2e%2e%2fREADME.md", "/etc/passwd", "//etc/passwd",
    "how-to//configure", "how-to/./configure", "how-to/operate/configure.md", "how-to/operate/configure/x",
    "how-to/operate/configure%00", "how-to\\configure", "README", "README.md", "images/", "no-such-page/",
    "settings%0d%0aSet-Cookie:x=1", "x" * 500,
)  # fmt: skip


def links_of(source: str) -> list[tuple[str, str]]:
    """Each link inside the repository, as the source that it names and the anchor there."""
    found = []
    for token in parser().parse((ROOT / source).read_text()):
        for child in token.children or []:
            href = str(child.attrGet("href") or child.attrGet("src") or "")
            if href and "://" not in href:
                place, _, anchor = href.partition("#")
                base = posixpath.dirname(source)
                named = posixpath.normpath(posixpath.join(base, place)) if place else source
                found.append((named, anchor))
    return found


def anchors_of(source: str) -> set[str]:
    text = (ROOT / source).read_text()
    return {one.anchor for one in read(pages()[source]).headings} | set(
        re.findall(r'<a id="([\w.-]+)">', text)
    )


def signed_in() -> Client:
    client = Client()
    client.handler = HANDLER
    client.force_login(make("bob"))
    return client


def test_sh05_no_link_and_no_anchor_is_dead() -> None:
    dead = [
        (source, named, anchor)
        for source in (*pages(), "README.md")
        for named, anchor in links_of(source)
        if not (ROOT / named).exists()
        or (anchor and (named not in pages() or anchor not in anchors_of(named)))
    ]

    assert dead == []


def test_sh05_every_page_is_reached_from_the_readme_and_from_the_index() -> None:
    for start in ("README.md", INDEX):
        reached, waiting = {start}, [start]
        while waiting:
            for named, _ in links_of(waiting.pop()):
                if named in pages() and named not in reached:
                    reached.add(named)
                    waiting.append(named)
        assert set(pages()) - reached == set()


def test_sh05_every_page_begins_with_whom_it_is_for() -> None:
    silent = [
        source
        for source, page in pages().items()
        if source.startswith("docs/")
        and not read(page).whom
        # A decision is written once, for whoever changes the code: their index says so for all.
        and not re.match(r"docs/decisions/\d", source)
    ]

    assert silent == []


def test_sh05_every_check_is_told_of_at_its_own_anchor() -> None:
    for one in CHECKS:
        address, _, anchor = anchor_of_check(one.topic, one.check_id).partition("#")
        page = page_at(address)
        assert page is not None
        assert f'<a id="{anchor}"></a>' in read(page).html


def test_sh06_five_pages_are_one_click_from_the_hardening_page() -> None:
    assert {named for named, _ in links_of(HARDEN)} >= IN_ONE_CLICK


@pytest.mark.django_db
def test_sh06_the_server_serves_every_page_and_every_link_of_it_to_who_is_signed_in() -> None:
    client = signed_in()
    answers = {page.address: client.get(page.address) for page in pages().values()}
    assert {address: one.status_code for address, one in answers.items()} == dict.fromkeys(
        answers, 200
    )

    texts = {address: one.content.decode() for address, one in answers.items()}
    known = {f"/docs/images/{Path(one).name}" for one in pictures()}
    dead = []
    for address, text in texts.items():
        article = text.partition("<article>")[2].partition("</article>")[0]
        assert not re.search(r"<(?!pre|/pre)[^>]*\s(style|on\w+)=|<script", article), address
        for target in re.findall(r'(?:href|src)="([^"]*)"', article):
            place, _, anchor = target.partition("#")
            if "://" in target or place in known:
                continue
            place = place or address
            if place not in texts or (anchor and f'id="{anchor}"' not in texts[place]):
                dead.append((address, target))
    assert dead == []
    picture = client.get("/docs/images/portal.png")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert client.get("/docs").status_code == 200
    assert client.get("/docs/api/v2").headers["Location"] == "/docs/reference/http-api/"


@pytest.mark.django_db
def test_sh06_a_stranger_is_shown_the_sign_in_page_and_no_word_of_the_docs() -> None:
    client = Client()
    client.handler = HANDLER
    for address in (
        "/docs/",
        "/docs/how-to/operate/configure/",
        "/docs/images/portal.png",
        "/docs/?q=a",
    ):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=%2Fdocs")
        assert answer.content == b""


@pytest.mark.django_db
def test_sh06_no_way_of_writing_an_address_opens_another_file() -> None:
    client = signed_in()
    for trick in TRICKS:
        answer = client.get(f"/docs/{trick}")
        assert answer.status_code in {400, 404}, (trick, answer.status_code)
        assert b"build-backend" not in answer.content


@pytest.mark.django_db
def test_bookmarks_of_how_to_pages_lead_to_their_new_address() -> None:
    answer = signed_in().get("/docs/how-to/configure/")

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/docs/how-to/operate/configure/",
    )


@pytest.mark.django_db
def test_sh06_words_are_found_and_come_back_as_text() -> None:
    client = signed_in()
    found = [one.read.page.source for one in search("retire DJANGO")]
    assert "docs/how-to/operate/keep-the-secrets.md" in found[:4]
    assert search("no-such-word-anywhere") == []

    text = client.get("/docs/", {"q": "SESSION_IDLE_TIMEOUT"}).content.decode()
    assert '/docs/reference/settings/#session_idle_timeout"' in text
    hostile = client.get("/docs/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in hostile
    assert "&lt;script&gt;alert" in hostile


def test_the_way_through_the_docs_is_by_role() -> None:
    assert [one.title for one in groups()] == [
        "Tutorials",
        "For the analyst",
        "For the developer",
        "For the administrator",
        "Connect data sources",
        "Harden the server",
        "Reference",
        "For whoever changes the code",
    ]


def test_raw_html_comes_through_as_letters_but_for_anchors(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(
        '# T\n\n<a id="a.b"></a>`x` <img src=x onerror=y> [r](../../src/graphkeep/x.py)\n\n<b>no</b>\n\n'
        '<div onclick="x">no</div>\n\n[s](javascript:alert(1)) [t](//evil.example/x)\n'
    )
    page = type(next(iter(pages().values())))(source="docs/x/y.md", path=path, address="/docs/x/y/")

    html = read(page).html

    assert '<a id="a.b"></a><code>x</code> &lt;img src=x onerror=y&gt;' in html
    assert '<span class="elsewhere">r</span>' in html
    assert "<b>" not in html
    assert "<div" not in html
    assert "href" not in html

"""A page of Markdown as HTML of ours: links lead to the server's own pages, and no other HTML comes through."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from graphkeep.server.docs_site.page_index import Page, pages, pictures

ANCHOR = re.compile(r'<a id="[\w.-]+">|</a>')
WHOM = re.compile(r"^\*(For [^*]+?)\.?\*", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Heading:
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class RenderedPage:
    """A page that was read: `words` is its text without any markup, for the search."""

    page: Page
    title: str
    whom: str
    html: str
    headings: tuple[Heading, ...]
    words: str


def read(page: Page) -> RenderedPage:
    return read_as_of(page, page.path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def read_as_of(page: Page, changed_ns: int) -> RenderedPage:
    text = page.path.read_text(encoding="utf-8")
    tokens = parser().parse(text)
    headings = tuple(headings_of(tokens))
    whom = WHOM.search(text)
    for inline in (one for one in tokens if one.type == "inline"):
        lead(inline.children or [], page)
    return RenderedPage(
        page=page,
        title=headings[0].text if headings else page.source,
        whom=whom[1] if whom else "",
        html=parser().renderer.render(tokens, parser().options, {}),
        headings=headings,
        words=" ".join(" ".join(words_of(tokens)).split()),
    )


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    return MarkdownIt("commonmark", renderer_cls=Renderer).enable("table")


class Renderer(RendererHTML):
    """Raw HTML comes through as its own letters, but for the anchors of the doctor's tables."""

    def html_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        said = tokens[idx].content
        return said if ANCHOR.fullmatch(said) else escape(said)

    def html_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f"<pre>{escape(tokens[idx].content)}</pre>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'

    def table_open(self, *_: Any) -> str:
        return '<div class="table" tabindex="0">\n<table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table>\n</div>\n"


def headings_of(tokens: list[Token]) -> Iterator[Heading]:
    """Each heading, with the anchor that the repository's host gives it too."""
    taken: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = plain(tokens[at + 1].children or [])
        slug = slug_of(text)
        count = taken.get(slug, 0)
        taken[slug] = count + 1
        anchor = f"{slug}-{count}" if count else slug
        token.attrSet("id", anchor)
        yield Heading(level=int(token.tag[1]), text=text, anchor=anchor)


def slug_of(text: str) -> str:
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def plain(children: list[Token]) -> str:
    kept = ("text", "code_inline", "softbreak")
    return "".join(
        " " if one.type == "softbreak" else one.content for one in children if one.type in kept
    )


def words_of(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield plain(token.children or [])
        elif token.type == "fence":
            yield token.content


def lead(children: list[Token], page: Page) -> None:
    """Have links and pictures lead to where this server keeps them; a file that it does not serve is named only."""
    names_only: list[bool] = []
    for token in children:
        if token.type == "image":
            source = resolve_link(str(token.attrGet("src")), page)
            token.attrSet(
                "src", f"/docs/images/{Path(source).name}" if source in pictures() else ""
            )
            token.attrSet("loading", "lazy")
        elif token.type == "link_open":
            led = address_from(str(token.attrGet("href")), page)
            names_only.append(led is None)
            if led is None:
                token.tag, token.attrs = "span", {"class": "elsewhere"}
            else:
                token.attrSet("href", led)
                if "://" in led:
                    token.attrSet("rel", "noreferrer noopener")
        elif token.type == "link_close" and names_only.pop():
            token.tag = "span"


def address_from(href: str, page: Page) -> str | None:
    if href.startswith(("#", "https://", "http://")):
        return href
    place, hash_sign, anchor = href.partition("#")
    found = pages().get(resolve_link(place, page))
    return f"{found.address}{hash_sign}{anchor}" if found else None


def resolve_link(href: str, page: Page) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.source), unquote(href)))

"""Markdown rendering: relative links become addresses on this server, and raw HTML is escaped."""

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
    """A rendered page; `words` is its text without markup, for the search."""

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
    for inline in (token for token in tokens if token.type == "inline"):
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
    """The parser that all threads share, with its rules compiled.

    markdown-it compiles them at the first use, and meanwhile another thread finds an empty set of rules:
    "none of the block rules matched".
    """
    compiled = MarkdownIt("commonmark", renderer_cls=Renderer).enable("table")
    compiled.parse("compile *all* rules")
    return compiled


class Renderer(RendererHTML):
    """Escapes raw HTML, except the anchors in the tables of doctor checks."""

    def html_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        content = tokens[idx].content
        return content if ANCHOR.fullmatch(content) else escape(content)

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
    """Each heading with its anchor, derived as on Git hosting sites; sets the `id` of its token."""
    counts: dict[str, int] = {}
    for position, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = plain(tokens[position + 1].children or [])
        slug = slug_of(text)
        count = counts.get(slug, 0)
        counts[slug] = count + 1
        anchor = f"{slug}-{count}" if count else slug
        token.attrSet("id", anchor)
        yield Heading(level=int(token.tag[1]), text=text, anchor=anchor)


def slug_of(text: str) -> str:
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def plain(children: list[Token]) -> str:
    types = ("text", "code_inline", "softbreak")
    return "".join(
        " " if child.type == "softbreak" else child.content
        for child in children
        if child.type in types
    )


def words_of(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield plain(token.children or [])
        elif token.type == "fence":
            yield token.content


def lead(children: list[Token], page: Page) -> None:
    """Point links and images to addresses on this server; links to files that it does not serve become text."""
    names_only: list[bool] = []
    for token in children:
        if token.type == "image":
            source = resolve_link(str(token.attrGet("src")), page)
            token.attrSet(
                "src", f"/docs/images/{Path(source).name}" if source in pictures() else ""
            )
            token.attrSet("loading", "lazy")
        elif token.type == "link_open":
            target = address_from(str(token.attrGet("href")), page)
            names_only.append(target is None)
            if target is None:
                token.tag, token.attrs = "span", {"class": "elsewhere"}
            else:
                token.attrSet("href", target)
                if "://" in target:
                    token.attrSet("rel", "noreferrer noopener")
        elif token.type == "link_close" and names_only.pop():
            token.tag = "span"


def address_from(href: str, page: Page) -> str | None:
    if href.startswith(("#", "https://", "http://")):
        return href
    path, hash_sign, anchor = href.partition("#")
    linked = pages().get(resolve_link(path, page))
    return f"{linked.address}{hash_sign}{anchor}" if linked else None


def resolve_link(href: str, page: Page) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.source), unquote(href)))

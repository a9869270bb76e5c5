"""Navigation of the documentation: page groups by role, from the index page, and full-text search."""

from dataclasses import dataclass, replace

from graphkeep.server.docs_site.markdown import (
    Heading,
    RenderedPage,
    address_from,
    parser,
    plain,
    read,
)
from graphkeep.server.docs_site.page_index import INDEX, address_of, pages

MAX_HITS = 30
LONGEST_SEARCH = 200
AROUND = 90


@dataclass(frozen=True, kw_only=True)
class Group:
    """A role and its pages: pairs of address and title."""

    title: str
    entries: tuple[tuple[str, str], ...]
    is_open: bool = True


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    read: RenderedPage
    heading: Heading | None
    before: str
    hit: str
    after: str


def groups_around(address: str) -> list[Group]:
    """All groups, those with this page open; if no group has it, all are open."""
    all_groups = groups()
    matches = [
        any(page_address == address for page_address, _ in group.entries) for group in all_groups
    ]
    return [
        replace(group, is_open=is_match or not any(matches))
        for group, is_match in zip(all_groups, matches, strict=True)
    ]


def groups() -> list[Group]:
    """The groups in `docs/README.md`: each second-level heading with the links below it."""
    index = pages()[INDEX]
    collected: list[Group] = []
    tokens = parser().parse(index.path.read_text(encoding="utf-8"))
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            collected.append(Group(title=plain(tokens[position + 1].children or []), entries=()))
        elif token.type == "inline" and collected:
            children = token.children or []
            for number, child in enumerate(children):
                if child.type != "link_open":
                    continue
                address = address_from(str(child.attrGet("href")), index)
                if address is not None:
                    text = plain(children[number : number + 2])
                    collected[-1] = Group(
                        title=collected[-1].title, entries=(*collected[-1].entries, (address, text))
                    )
    return collected


def search(query: str) -> list[SearchHit]:
    """Full-text search: pages with every word, ranked; matches in titles and headings first."""
    terms = query[:LONGEST_SEARCH].casefold().split()
    if not terms:
        return []
    ranked = []
    for page in pages().values():
        rendered = read(page)
        text = rendered.words.casefold()
        if not all(term in text for term in terms):
            continue
        title = rendered.title.casefold()
        heading, hits = best_heading(rendered, terms)
        score = 4.0 * sum(term in title for term in terms) + 2 * hits / len(terms)
        score += min(text.count(terms[0]), 10) / 10
        score -= 3 * page.source.startswith(("docs/decisions", "CHANGELOG", INDEX))
        ranked.append((score, excerpt(rendered, heading, terms)))
    ranked.sort(key=lambda result: -result[0])
    return [hit for _, hit in ranked[:MAX_HITS]]


def best_heading(rendered: RenderedPage, terms: list[str]) -> tuple[Heading | None, int]:
    """The heading below the title with the most search words, and their number."""
    counted = [
        (sum(term in heading.text.casefold() for term in terms), heading)
        for heading in rendered.headings[1:]
    ]
    hits, heading = max(counted, key=lambda pair: pair[0], default=(0, None))
    return (heading, hits) if hits else (None, 0)


def excerpt(rendered: RenderedPage, heading: Heading | None, terms: list[str]) -> SearchHit:
    text = rendered.words
    start = text.casefold().find(terms[0])
    end = start + len(terms[0])
    return SearchHit(
        read=rendered,
        heading=heading,
        before=text[max(0, start - AROUND) : start],
        hit=text[start:end],
        after=text[end : end + AROUND],
    )


def anchor_of_check(topic: str, check_id: str) -> str:
    """The address of a doctor check in the hardening guide."""
    return f"{address_of(f'docs/how-to/harden/{topic}.md')}#{check_id}"

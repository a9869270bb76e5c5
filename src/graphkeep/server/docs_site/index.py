"""The way through the documentation: by role, as the index page lists it, and by words."""

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
    """A role, and the pages that are for it."""

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
    """All groups; open are those that hold this page, or all where none does."""
    found = groups()
    holding = [any(where == address for where, _ in one.entries) for one in found]
    return [
        replace(one, is_open=holds or not any(holding))
        for one, holds in zip(found, holding, strict=True)
    ]


def groups() -> list[Group]:
    """Roles and pages as `docs/README.md` lists them: its headings, and the links below each."""
    index = pages()[INDEX]
    found: list[Group] = []
    tokens = parser().parse(index.path.read_text(encoding="utf-8"))
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            found.append(Group(title=plain(tokens[at + 1].children or []), entries=()))
        elif token.type == "inline" and found:
            children = token.children or []
            for number, child in enumerate(children):
                if child.type != "link_open":
                    continue
                address = address_from(str(child.attrGet("href")), index)
                if address is not None:
                    text = plain(children[number : number + 2])
                    found[-1] = Group(
                        title=found[-1].title, entries=(*found[-1].entries, (address, text))
                    )
    return found


def search(words: str) -> list[SearchHit]:
    """Pages that hold every word, those that name them in a title or heading first."""
    wanted = words[:LONGEST_SEARCH].casefold().split()
    if not wanted:
        return []
    ranked = []
    for page in pages().values():
        one = read(page)
        text = one.words.casefold()
        if not all(word in text for word in wanted):
            continue
        title = one.title.casefold()
        heading, hits = best_heading(one, wanted)
        score = 4.0 * sum(word in title for word in wanted) + 2 * hits / len(wanted)
        score += min(text.count(wanted[0]), 10) / 10
        score -= 3 * page.source.startswith(("docs/decisions", "CHANGELOG", INDEX))
        ranked.append((score, excerpt(one, heading, wanted)))
    ranked.sort(key=lambda each: -each[0])
    return [found for _, found in ranked[:MAX_HITS]]


def best_heading(one: RenderedPage, wanted: list[str]) -> tuple[Heading | None, int]:
    """The heading below the title that holds most of the words, and how many."""
    counted = [
        (sum(word in each.text.casefold() for word in wanted), each) for each in one.headings[1:]
    ]
    hits, heading = max(counted, key=lambda each: each[0], default=(0, None))
    return (heading, hits) if hits else (None, 0)


def excerpt(one: RenderedPage, heading: Heading | None, wanted: list[str]) -> SearchHit:
    text = one.words
    at = text.casefold().find(wanted[0])
    end = at + len(wanted[0])
    return SearchHit(
        read=one,
        heading=heading,
        before=text[max(0, at - AROUND) : at],
        hit=text[at:end],
        after=text[end : end + AROUND],
    )


def anchor_of_check(topic: str, check_id: str) -> str:
    """Where the guide tells of a question of the doctor's."""
    return f"{address_of(f'docs/how-to/harden/{topic}.md')}#{check_id}"

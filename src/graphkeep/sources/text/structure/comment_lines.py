"""Comments above a table: their mark, and the names of columns in the last of them."""

from collections.abc import Callable, Sequence

from graphkeep.sources.text.structure.header import (
    is_header_like,
)
from graphkeep.sources.text.structure.table_range import Row, Structure, TableRange

COMMENT_MARKS = ("#", "%", "//", "!", ";")
FIELDS_TAGS = ("#fields:", "#fields", "# fields:", "#columns:", "# columns:")
Splitter = Callable[[str], list[str]]


def leading_comments(rows: Sequence[Row], texts: Sequence[str]) -> tuple[str, int]:
    """The mark that comment lines at the start begin with, and how many rows belong to them."""
    for mark in COMMENT_MARKS[:3]:
        end = 0
        for position, row in enumerate(rows):
            text = texts[row.line].lstrip('"')
            if text.startswith(mark):
                end = position + 1
            elif not row.is_blank:
                break
        if end:
            return mark, end
    return "", 0


def only_comments(
    rows: Sequence[Row], comments: list[Row], texts: Sequence[str], mark: str, split: Splitter
) -> Structure:
    """A file of comments alone: its last one may name the columns of a table without rows."""
    last = rows[-1] if rows else Row(0, 1, [""])
    names = split(texts[last.line].lstrip(mark + " ")) if rows else [""]
    return Structure(
        tables=(
            TableRange(width=len(names), header=names, header_line=last.line, first_line=last.end),
        ),
        comment=mark,
        comments=tuple(comments[:-1]),
    )


def commented_header(
    comments: Sequence[Row], texts: Sequence[str], mark: str, width: int, split: Splitter
) -> tuple[list[str], int] | None:
    """The names in the last comment line that has as many as the rows have cells, and its line."""
    for row in reversed(comments):
        text = texts[row.line].strip()
        if not text.strip(mark + " "):
            continue
        lowered = text.lower()
        for tag in FIELDS_TAGS:
            if lowered.startswith(tag):
                text = text[len(tag) :]
                break
        text = text.lstrip(mark).strip(" \t") if text.startswith(mark) else text.strip(" \t")
        for cells in (split(text), text.split()):
            if len(cells) == width and width > 1 and is_header_like(cells):
                return [cell.strip() for cell in cells], row.line
        return None
    return None

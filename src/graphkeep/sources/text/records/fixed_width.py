"""Tables whose columns begin at the same character of each line, and whose cells may hold blanks."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace

from graphkeep.graph.repairs import Repair
from graphkeep.sources.text.encoding.text_source import SAMPLE_BYTES, TextSource, sampled

MIN_LINES = 4
MAX_LINES = 400
MAX_LINE = 2_000
MAX_BYTES = 256 << 20
MIN_CELLS_WITH_BLANKS = 2
WIDE_GAP = re.compile(r"\S {2,}\S")


def find_starts(lines: Sequence[str]) -> tuple[int, ...]:
    """Where the columns begin, as characters from 0; none where blanks separate all words alike.

    Columns are apart by characters that are blank in every line, most lines have wide gaps, and several cells hold a
    blank of their own.
    """
    filled = [line.rstrip() for line in lines if line.strip()][:MAX_LINES]
    if len(filled) < MIN_LINES or any("\t" in line or len(line) > MAX_LINE for line in filled):
        return ()
    if sum(WIDE_GAP.search(line) is not None for line in filled) < 0.8 * len(filled):
        return ()
    width = max(map(len, filled))
    is_used = [False] * width
    for line in filled:
        for position, character in enumerate(line):
            is_used[position] = is_used[position] or character != " "
    starts = tuple(
        position
        for position in range(width)
        if is_used[position]
        and not (position and is_used[position - 1])
        and begins_column(filled, position)
    )
    if len(starts) < 2 or starts[0]:
        return ()
    cells = [cut(line, starts) for line in filled]
    with_blanks = sum(bool(re.search(r"\S \S", cell)) for row in cells for cell in row)
    has_wide_cells = any("  " in cell for row in cells for cell in row)
    is_full = sum(all(row) for row in cells) >= 0.5 * len(cells)
    return starts if with_blanks >= MIN_CELLS_WITH_BLANKS and is_full and not has_wide_cells else ()


def begins_column(lines: Sequence[str], position: int) -> bool:
    """Whether a name of the first line begins here, or a wide gap of most lines ends here."""
    if (
        position < 2
        or lines[0][position - 1 : position + 1].strip() == lines[0][position : position + 1] != ""
    ):
        return True
    return sum(line[position - 2 : position] == "  " for line in lines) >= 0.5 * len(lines)


def cut(line: str, starts: Sequence[int]) -> list[str]:
    ends = [*starts[1:], len(line)]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def with_separators(source: TextSource, starts: Sequence[int]) -> TextSource | None:
    """The file with tabs between its columns, line for line, and a repair; None where a later line does not fit."""
    if source.size > MAX_BYTES:
        return None
    source.stream.seek(0)
    lines = source.stream.read().decode("utf-8", "surrogateescape").split("\n")
    written = []
    for line in lines:
        text = line.rstrip()
        if "\t" in text or any(
            len(text) > start and text[start - 1] != " " for start in starts[1:]
        ):
            return None
        written.append("\t".join(cut(text, starts)) if text else text)
    content = "\n".join(written).encode("utf-8", "surrogateescape")
    repair = Repair(
        code="fixed-width",
        message="The columns begin at the same character of each line; they are cut there, at "
        f"{', '.join(str(start + 1) for start in starts[:20])}.",
        count=len(starts),
        before=lines[0][:200],
        after=written[0].replace("\t", " | ")[:200],
    )
    other = sampled(io.BytesIO(content), len(content), content[:SAMPLE_BYTES])
    return replace(other, encoding=source.encoding, repairs=(*source.repairs, repair))

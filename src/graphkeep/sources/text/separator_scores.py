"""How evenly and how plausibly a separator splits the lines of a text table."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.split_line import Problem, split_strict, splits_plainly
from graphkeep.sources.text.structure.cell_shapes import Shape, shape_of

MAX_QUOTED_LINES = 600
MAX_WEIGHED_ROWS = 200
ONE_COLUMN = 0.55
COMMON = ",;\t|"
SEPARATED = re.compile(r"[,;\t|][^\s]")
SEPARATED_LINE = 0.4
MIN_NODES = 3
NODE_CODE = re.compile(r"[\w.@-]{1,40}")
RAGGED = 0.75  # rows of different widths still show a common separator
WEIGHTS = {
    Shape.EMPTY: 0.9,
    Shape.NUMBER: 1.0,
    Shape.TIME: 1.0,
    Shape.ADDRESS: 1.0,
    Shape.WORD: 0.95,
    Shape.PHRASE: 0.8,
    Shape.OTHER: 0.2,
}
ATOMS = (Shape.NUMBER, Shape.TIME, Shape.ADDRESS)


def rows_of(lines: Sequence[str], dialect: Dialect) -> Iterator[tuple[list[str], str, bool]]:
    """Each record's cells, its text, and whether its quotes keep the rules."""
    if splits_plainly(lines, dialect):
        separator = dialect.separator
        yield from ((line.split(separator), line, True) for line in lines)
        return
    position = 0
    while position < len(lines):
        record = lines[position]
        position += 1
        cells = split_strict(record, dialect)
        if cells is Problem.UNCLOSED:
            joined, end = record, position
            while end < len(lines) and end - position < MAX_QUOTED_LINES:
                joined += "\n" + lines[end]
                end += 1
                if lines[end - 1].count(dialect.quote) % 2 == 0:
                    continue
                if isinstance(cells := split_strict(joined, dialect), list):
                    record, position = joined, end
                    break
                if cells is Problem.STRAY:
                    break
        if isinstance(cells, list):
            yield cells, record, True
        else:
            yield plain_split(record, dialect), record, False


def plain_split(line: str, dialect: Dialect) -> list[str]:
    if dialect.is_whitespace:
        return line.split()
    return line.split(dialect.separator) if dialect.separator else [line]


def score_of(sample: list[str], dialect: Dialect, *, better_than: float = -1.0) -> float:
    """Evenness of the rows times the share of cells that look like values; 0 where nothing is split.

    Without a look at the cells where the score cannot be `better_than` this: then it is too high, and not better.
    """
    rows = list(rows_of(sample, dialect))
    widths = Counter([filled_width(cells) for cells, _, _ in rows])
    full_widths = Counter([len(cells) for cells, _, _ in rows])
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    full_width, full_count = max(
        full_widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0])
    )
    if full_count >= count:
        width, count = full_width, full_count
    if width < 2:
        return 0.0
    evenness = count / len(rows)
    if dialect.separator in COMMON:
        evenness = max(evenness, RAGGED * sum(len(cells) > 1 for cells, _, _ in rows) / len(rows))
    if dialect.is_whitespace and width == 2 and len(rows[0][0]) == 1 and len(rows) > 1:
        evenness *= 0.5  # one name above pairs of words: a column of phrases
    without_weights = evenness * (1 - 1 / width) ** 0.5
    if without_weights <= better_than:
        return without_weights
    even = [row for row in rows if len(row[0]) == width or filled_width(row[0]) == width]
    weights = [
        row_weight(cells, record, is_regular, dialect)
        for cells, record, is_regular in even[:: max(1, len(even) // MAX_WEIGHED_ROWS)]
    ]
    return without_weights * sum(weights) / max(1, len(weights))


def filled_width(cells: Sequence[str]) -> int:
    """The number of cells without the empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return end


@lru_cache(maxsize=65536)
def weight_of(cell: str) -> float:
    return WEIGHTS[shape_of(cell)]


def row_weight(cells: list[str], record: str, is_regular: bool, dialect: Dialect) -> float:
    quote = dialect.quote
    has_quotes = bool(quote) and quote in record
    if not is_regular:
        return 0.9 * sum(0.1 if quote in cell else weight_of(cell) for cell in cells) / len(cells)
    if not has_quotes:
        if '"' not in record:
            return sum(map(weight_of, cells)) / len(cells)
        return sum(0.1 if '"' in cell else weight_of(cell) for cell in cells) / len(cells)
    return sum(
        max(weight_of(cell), 1.0 if quote + cell + quote in record else 0.0)
        if quote not in cell
        else 0.5
        for cell in cells
    ) / len(cells)  # fmt: skip


def is_one_column(sample: list[str]) -> bool:
    """Whether (almost) every line as a whole is one value, such as an address or a time."""
    rows = sample[1:] if len(sample) > 1 else sample
    atoms = sum("," not in line and shape_of(line) in ATOMS for line in rows)
    return bool(rows) and atoms >= 0.9 * len(rows)


def are_neighbors(sample: list[str]) -> bool:
    """Whether lines of different lengths are nodes and their neighbors: each begins with a code of its own that other lines name too."""
    rows = [line.split() for line in sample]
    firsts = {row[0] for row in rows}
    if len(rows) < MIN_NODES or len(firsts) < len(rows):
        return False
    neighbors = [cell for row in rows for cell in row[1:]]
    known = sum(cell in firsts for cell in neighbors)
    return (
        len(firsts.intersection(neighbors)) > 0.5 * len(firsts)
        and known >= 0.5 * len(neighbors)
        and all(NODE_CODE.fullmatch(cell) for cell in (*firsts, *neighbors))
    )


def one_column_score(sample: list[str]) -> float:
    if not sample:
        return 1.0
    weights = (
        SEPARATED_LINE if SEPARATED.search(line) else WEIGHTS[shape_of(line)] for line in sample
    )
    return ONE_COLUMN * sum(weights) / len(sample)

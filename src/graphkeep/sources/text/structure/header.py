"""Whether the first row of a table names its columns or is data already."""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

from graphkeep.graph.interpretations.pair_names import name_score
from graphkeep.sources.text.structure.cell_shapes import Shape, outline_of, shape_of

MAX_COMPARED_ROWS = 200
MAX_NAMES = 20
SURE_NAMES = 0.9
VALUES = (Shape.NUMBER, Shape.TIME)
BOOLEANS = frozenset({"true", "false"})
HEADER_WORDS = frozenset(
    [
        "source",
        "target",
        "from",
        "to",
        "src",
        "dst",
        "dest",
        "destination",
        "start",
        "end",
        "id",
        "ids",
        "name",
        "names",
        "label",
        "labels",
        "weight",
        "type",
        "kind",
        "node",
        "nodes",
        "edge",
        "edges",
        "node1",
        "node2",
        "node_1",
        "node_2",
        "s",
        "d",
        "t",
        "u",
        "v",
        "w",
        "x",
        "y",
        "z",
        "lat",
        "lon",
        "latitude",
        "longitude",
        "date",
        "time",
        "timestamp",
        "value",
        "amount",
        "count",
        "key",
        "parent",
        "child",
        "user",
        "item",
        "url",
        "ip",
        "host",
        "port",
        "group",
        "class",
        "category",
        "title",
        "description",
        "status",
        "author",
        "sender",
        "receiver",
        "payer",
        "payee",
        "person",
        "country",
        "city",
        "relation",
        "relationship",
        "predicate",
        "subject",
        "object",
        "quelle",
        "ziel",
        "von",
        "nach",
        "origen",
        "destino",
        "origine",
        "gewicht",
        "betrag",
    ]
)
TYPE_EVIDENCE = 2.0
SAME_TYPE_EVIDENCE = -1.5
RECURRING_EVIDENCE = -1.5
OUTLINE_EVIDENCE = 1.0
SAME_OUTLINE_EVIDENCE = -0.8
WORD_EVIDENCE = 1.2
CATEGORY_EVIDENCE = 0.8
MIN_CATEGORY_ROWS = 20
MIN_REPEATS = 5
ALPHABET_EVIDENCE = 3.5


def is_header_like(cells: Sequence[str]) -> bool:
    """Whether these cells could be names: all texts, none twice, no number, time or address among them."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return (
        bool(filled)
        and len(filled) >= 0.6 * len(cells)
        and len(set(filled)) == len(filled)
        and all(
            shape_of(cell) in {Shape.WORD, Shape.PHRASE, Shape.OTHER} and len(cell) <= 120
            for cell in filled
        )
        and any(any(character.isalpha() for character in cell) for cell in filled)
    )


def names_columns(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns of the rows below it; so taken where nothing speaks against it."""
    return header_score(first, rows) >= 0


def header_score(first: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    """Positive for names, negative for data.

    A column of numbers or times under a text is named by it; a first row with numbers of its own, with values
    that occur again below, or with the outline of all values below, is data.
    """
    below = rows[:MAX_COMPARED_ROWS]
    if not below:
        return 1.0 if is_header_like(first) else -1.0 if has_values(first) else 0.0
    score = 0.0
    seen = Counter(cell.strip() for row in below for cell in row if cell.strip())
    for position, cell in enumerate(first):
        column = [row[position].strip() for row in below if position < len(row)]
        score += column_evidence(cell.strip(), [value for value in column if value])
    recurring = recurring_evidence(first, below, seen)
    score += recurring
    filled = [cell.strip().lower() for cell in first if cell.strip()]
    known = sum(word_in_header(cell) for cell in filled)
    if not recurring and has_pair_of_ends(filled):
        known = max(known, 2)
    score += min(known, 3) * WORD_EVIDENCE
    if len(set(filled)) < len(filled):
        score -= 0.7
    if is_alphabet(filled) and not recurring:
        score += ALPHABET_EVIDENCE
    return score


def has_pair_of_ends(cells: Sequence[str]) -> bool:
    """Whether two cells are known names of a source and a destination, in whatever language."""
    words = [cell for cell in cells[:MAX_NAMES] if len(cell) > 1]
    return any(name_score(first, second) >= SURE_NAMES for first, second in permutations(words, 2))


def has_values(cells: Sequence[str]) -> bool:
    return any(shape_of(cell) in VALUES for cell in cells)


def word_in_header(cell: str) -> bool:
    word = cell.strip(" :~_#\"'").lower()
    return word in HEADER_WORDS or any(
        part in HEADER_WORDS for part in word.replace("-", "_").split("_") if len(part) > 1
    )


def is_alphabet(cells: Sequence[str]) -> bool:
    """Names such as a, b, c."""
    return len(cells) > 1 and cells == [chr(97 + position) for position in range(len(cells))]


def column_evidence(cell: str, column: list[str]) -> float:
    if not column:
        return 0.0
    shapes = Counter(shape_of(value) for value in column)
    shape, count = shapes.most_common(1)[0]
    own = shape_of(cell)
    if not cell:
        return -0.2
    values = sum(shapes[each] for each in VALUES)
    if values >= 0.9 * len(column) or (shape is Shape.ADDRESS and count >= 0.9 * len(column)):
        if own in {Shape.NUMBER, Shape.TIME, Shape.ADDRESS}:
            return 0.4 if is_year(cell) and not all(map(is_year, column)) else SAME_TYPE_EVIDENCE
        return TYPE_EVIDENCE
    if all(value.lower() in BOOLEANS for value in column):
        return SAME_TYPE_EVIDENCE if cell.lower() in BOOLEANS else TYPE_EVIDENCE
    if own in VALUES:
        return SAME_TYPE_EVIDENCE / 2
    return outline_evidence(cell, column) + category_evidence(cell, column)


def category_evidence(cell: str, column: Sequence[str]) -> float:
    """A text that is none of the few values that come again and again below it names them."""
    counts = Counter(value.lower() for value in column)
    is_category = len(column) >= MIN_CATEGORY_ROWS and min(counts.values()) >= MIN_REPEATS
    return CATEGORY_EVIDENCE if is_category and cell.lower() not in counts else 0.0


def is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and 1800 <= int(cell) <= 2100


def outline_evidence(cell: str, column: list[str]) -> float:
    """Values that are all built alike, as `nm0001` or `Title 7` are, tell a name from a value."""
    outlines = Counter(outline_of(value) for value in column)
    outline, count = outlines.most_common(1)[0]
    if count < 0.9 * len(column) or len(column) < 2:
        return 0.0
    if outline_of(cell) != outline:
        return OUTLINE_EVIDENCE if any(character.isdigit() for character in outline) else 0.3
    lengths = {len(value) for value in column}
    return SAME_OUTLINE_EVIDENCE if len(lengths) == 1 and len(cell) in lengths else -0.1


def recurring_evidence(
    first: Sequence[str], rows: Sequence[Sequence[str]], seen: Counter[str]
) -> float:
    """Values of the first row that stand below again, in rows that are not the same as it, are data."""
    stripped = [cell.strip() for cell in first]
    copies = sum([cell.strip() for cell in row] == stripped for row in rows)
    recurring = sum(
        seen[cell] > copies
        for cell in set(stripped)
        if cell and len(cell) < 60 and shape_of(cell) not in VALUES
    )
    return RECURRING_EVIDENCE * min(recurring, 3)

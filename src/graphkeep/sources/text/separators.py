"""Which separator and quote a text table uses, found by how evenly and how plausibly they split its lines.

After van den Burg, Nazabal, Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019): the score of a
dialect is the evenness of its rows times the share of cells that look like values.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphkeep.sources.text.options import QUOTE_NONE, WHITESPACE, TextOptions
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.split_line import Problem, split_strict
from graphkeep.sources.text.structure.cell_shapes import Shape, shape_of

MAX_FIRST_LINES = 600
MAX_LATER_LINES = 200
MAX_QUOTED_LINES = 600
PRIORS = {
    ",": 1.0, "\t": 1.0, ";": 1.0, "|": 1.0, WHITESPACE: 0.88, "^": 0.95, "~": 0.9, ":": 0.6, "\x01": 1.0,
    "\x1f": 1.0, "\x1e": 0.9, "\x02": 0.9, "¦": 0.95, "§": 0.95, "!": 0.65, "#": 0.6, "*": 0.6, "&": 0.6,
    "=": 0.45, "/": 0.35, "\\": 0.5, "+": 0.35, "%": 0.35, "\uff0c": 0.9, "、": 0.8, "\uff1b": 0.9, "·": 0.6,
}  # fmt: skip
PAIR_PRIOR = 0.9
DOUBLED = "|:^~¦#*&!;"
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
PAIR = re.compile(r"(?<![^\w\s\"'])([^\w\s\"'.()\[\]{}-][^\w\s\"'.()\[\]{}]{1,2})(?![^\w\s\"'])")
SEPARATOR_LINE = re.compile(r'"?sep=(.|\\t)"?', re.IGNORECASE)


def separator_line(line: str) -> str | None:
    """The separator that a first line such as `sep=;` names."""
    match = SEPARATOR_LINE.fullmatch(line.strip("\r\n\ufeff "))
    if not match and line.strip("\r\n ").lower() == "sep=":
        return "\t"
    return None if not match else match[1].replace("\\t", "\t")


def find_dialect(lines: Sequence[str], options: TextOptions) -> Dialect:
    """The dialect of these lines, as far as the sender did not say it."""
    sample = sample_lines(lines)
    told = Dialect(
        separator=options.separator or "",
        quote=quote_of(options),
        doublequote=options.doublequote,
        escape=options.escape or "",
        unescapes_cells=options.escape is not None,
        skip_initial_space=bool(options.skip_initial_space),
    )
    candidates = [options.separator] if options.separator else candidate_separators(sample)
    quotes = (
        [told.quote] if options.quote or options.quoting == QUOTE_NONE else quote_characters(sample)
    )
    best, best_score = told, -1.0
    if not options.separator and not is_one_column(sample):
        for separator in candidates:
            for quote in quotes:
                dialect = replace(told, separator=separator, quote=quote)
                if options.skip_initial_space is None and has_initial_spaces(sample, dialect):
                    dialect = replace(dialect, skip_initial_space=True)
                score = score_of(sample, dialect) * PRIORS.get(separator, PAIR_PRIOR)
                if score > best_score:
                    best, best_score = dialect, score
        if one_column_score(sample) > best_score:
            is_list = WHITESPACE in candidates and are_neighbors(sample)
            best = replace(told, separator=WHITESPACE if is_list else "")
    elif options.separator and len(quotes) > 1:
        best = max(
            (replace(told, quote=quote) for quote in quotes),
            key=lambda each: score_of(sample, each),
        )
    return with_details(best, sample, options)


def with_details(dialect: Dialect, sample: list[str], options: TextOptions) -> Dialect:
    """The dialect with the escape character, blanks after separators and the single blank that its lines show."""
    if options.quoting == QUOTE_NONE or (not options.quote and quotes_are_text(sample, dialect)):
        dialect = replace(dialect, quote="")
    if not options.escape and dialect.quote and uses_backslash(sample, dialect):
        dialect = replace(dialect, escape="\\")
    if options.skip_initial_space is None and has_initial_spaces(sample, dialect):
        dialect = replace(dialect, skip_initial_space=True)
    if dialect.is_whitespace and not options.separator and has_single_blanks(sample):
        character = "\t" if any("\t" in line for line in sample) else " "
        dialect = replace(dialect, separator=character)
    return dialect


def quote_of(options: TextOptions) -> str:
    return "" if options.quoting == QUOTE_NONE else options.quote or '"'


def sample_lines(lines: Sequence[str]) -> list[str]:
    """Lines that hold rows: from the start, and some from the rest."""
    rows = [line for line in lines if line.strip() and not line.startswith(("#", "%"))]
    if not rows:
        rows = [line for line in lines if line.strip()]
    later = rows[MAX_FIRST_LINES:]
    return (
        rows[:MAX_FIRST_LINES] + later[:: max(1, len(later) // MAX_LATER_LINES)][:MAX_LATER_LINES]
    )


def candidate_separators(sample: list[str]) -> list[str]:
    needed = max(1, len(sample) * 0.4)
    candidates = []
    for separator in PRIORS:
        if separator == WHITESPACE:
            if is_tabbed(sample):
                continue
            count = sum(" " in line.strip() or "\t" in line.strip() for line in sample)
        else:
            count = sum(separator in line for line in sample)
        if count >= (1 if separator in COMMON else needed):
            is_doubled = separator in DOUBLED and is_always_doubled(sample, separator)
            candidates.append(separator * 2 if is_doubled else separator)
    pairs = Counter(pair for line in sample[:50] for pair in set(PAIR.findall(line)))
    candidates += [
        pair
        for pair, count in pairs.most_common(5)
        if count >= min(50, len(sample)) * 0.6 and pair not in candidates and pair[0] not in ",;\t"
    ]
    return candidates


def is_tabbed(sample: list[str]) -> bool:
    """Whether the lines hold equally many tabs and blanks beside them: then blanks are part of the cells."""
    counts = Counter(line.count("\t") for line in sample)
    count, lines = counts.most_common(1)[0]
    return count > 0 and lines >= 0.8 * len(sample) and "\t\t" not in "".join(sample[:50])


def is_always_doubled(sample: list[str], character: str) -> bool:
    run = re.compile(re.escape(character) + "+")
    lengths = {len(match) for line in sample for match in run.findall(line)}
    return lengths == {2}


def quote_characters(sample: list[str]) -> list[str]:
    text = "\n".join(sample[:MAX_QUOTED_LINES])
    return [
        '"',
        *(
            quote
            for quote in ("'", "`")
            if re.search(
                rf"(?:^|[^\w\s]|[\t ]){quote}[^{quote}]*{quote}(?:[^\w\s]|[\t ]|$)",
                text,
                re.MULTILINE,
            )
        ),
    ]


def rows_of(lines: Sequence[str], dialect: Dialect) -> Iterator[tuple[list[str], str, bool]]:
    """Each record's cells, its text, and whether its quotes keep the rules."""
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


def score_of(sample: list[str], dialect: Dialect) -> float:
    """Evenness of the rows times the share of cells that look like values; 0 where nothing is split."""
    rows = list(rows_of(sample, dialect))
    widths = Counter(len(without_empty_tail(cells)) for cells, _, _ in rows)
    full_widths = Counter(len(cells) for cells, _, _ in rows)
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    full_width, full_count = max(
        full_widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0])
    )
    if full_count >= count:
        width, count = full_width, full_count
    if width < 2:
        return 0.0
    weights: list[float] = []
    for cells, record, is_regular in rows:
        if len(cells) == width or len(without_empty_tail(cells)) == width:
            weights.append(row_weight(cells, record, is_regular, dialect))
    evenness = count / len(rows)
    if dialect.separator in COMMON:
        evenness = max(evenness, RAGGED * sum(len(cells) > 1 for cells, _, _ in rows) / len(rows))
    if dialect.is_whitespace and width == 2 and len(rows[0][0]) == 1 and len(rows) > 1:
        evenness *= 0.5  # one name above pairs of words: a column of phrases
    return evenness * (1 - 1 / width) ** 0.5 * sum(weights) / max(1, len(weights))


def without_empty_tail(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def row_weight(cells: list[str], record: str, is_regular: bool, dialect: Dialect) -> float:
    quote = dialect.quote
    has_quotes = bool(quote) and quote in record
    if not is_regular:
        return (
            0.9
            * sum(0.1 if quote in cell else WEIGHTS[shape_of(cell)] for cell in cells)
            / len(cells)
        )
    if not has_quotes:
        other = '"' in record
        return sum(
            0.1 if other and '"' in cell else WEIGHTS[shape_of(cell)] for cell in cells
        ) / len(cells)
    return sum(
        max(WEIGHTS[shape_of(cell)], 1.0 if quote + cell + quote in record else 0.0)
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


def quotes_are_text(sample: list[str], dialect: Dialect) -> bool:
    """Whether quotes stand at the start of many cells and never close: then they are plain characters."""
    quote = dialect.quote
    if not quote or sum(line.count(quote) for line in sample) < 10:
        return False
    regular = [is_regular for _, record, is_regular in rows_of(sample, dialect) if quote in record]
    return len(regular) >= 10 and not any(regular)


def uses_backslash(sample: list[str], dialect: Dialect) -> bool:
    """Whether backslashes before quotes make sense of records that are irregular without them."""
    marked = [line for line in sample if "\\" + dialect.quote in line]
    if not marked:
        return False
    escaped = replace(dialect, escape="\\")

    def regular(each: Dialect) -> int:
        return sum(is_regular for _, _, is_regular in rows_of(sample, each))

    return regular(escaped) > regular(dialect)


def has_initial_spaces(sample: list[str], dialect: Dialect) -> bool:
    """Whether nearly every cell but the first of a line begins with a blank."""
    separator = dialect.separator
    if dialect.is_whitespace or not separator or separator.isspace():
        return False
    count = sum(line.count(separator) for line in sample)
    spaced = sum(line.count(separator + " ") for line in sample)
    return spaced > 0 and spaced >= 0.9 * count


def has_single_blanks(sample: list[str]) -> bool:
    text = "\n".join(sample)
    if "\t" in text and " " in text:
        return False
    return not re.search(r"[ \t]{2}|^[ \t]|[ \t]$", text, re.MULTILINE)

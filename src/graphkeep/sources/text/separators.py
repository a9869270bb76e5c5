"""Which separator and quote a text table uses, found by how evenly and how plausibly they split its lines.

After van den Burg, Nazabal, Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019): the score of a
dialect is the evenness of its rows times the share of cells that look like values.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from graphkeep.sources.text.options import QUOTE_NONE, WHITESPACE, TextOptions
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.separator_scores import (
    COMMON,
    MAX_QUOTED_LINES,
    are_neighbors,
    is_one_column,
    one_column_score,
    rows_of,
    score_of,
)

MAX_FIRST_LINES = 600
MAX_LATER_LINES = 200
PRIORS = {
    ",": 1.0, "\t": 1.0, ";": 1.0, "|": 1.0, WHITESPACE: 0.88, "^": 0.95, "~": 0.9, ":": 0.6, "\x01": 1.0,
    "\x1f": 1.0, "\x1e": 0.9, "\x02": 0.9, "¦": 0.95, "§": 0.95, "!": 0.65, "#": 0.6, "*": 0.6, "&": 0.6,
    "=": 0.45, "/": 0.35, "\\": 0.5, "+": 0.35, "%": 0.35, "\uff0c": 0.9, "、": 0.8, "\uff1b": 0.9, "·": 0.6,
}  # fmt: skip
PAIR_PRIOR = 0.9
DOUBLED = "|:^~¦#*&!;"
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
                prior = PRIORS.get(separator, PAIR_PRIOR)
                if prior <= best_score:
                    continue
                dialect = replace(told, separator=separator, quote=quote)
                if options.skip_initial_space is None and has_initial_spaces(sample, dialect):
                    dialect = replace(dialect, skip_initial_space=True)
                score = score_of(sample, dialect, better_than=best_score / prior) * prior
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
    if not options.escape and dialect.quote and uses_backslash(sample, dialect):
        dialect = replace(dialect, escape="\\")
    if options.quoting == QUOTE_NONE or (not options.quote and quotes_are_text(sample, dialect)):
        dialect = replace(dialect, quote="", escape=options.escape or "")
    if options.skip_initial_space is None and has_initial_spaces(sample, dialect):
        dialect = replace(dialect, skip_initial_space=True)
    if dialect.is_whitespace and not options.separator and has_single_blanks(sample):
        character = "\t" if any("\t" in line for line in sample) else " "
        dialect = replace(dialect, separator=character)
    return dialect


def quote_of(options: TextOptions) -> str:
    return "" if options.quoting == QUOTE_NONE else options.quote or '"'


def sample_lines(lines: Sequence[str]) -> list[str]:
    """Lines that hold rows: from the start, and some from the rest unless cells of several lines may hold these."""
    rows = [line for line in lines if line.strip() and not line.startswith(("#", "%"))]
    if not rows:
        rows = [line for line in lines if line.strip()]
    later = [] if any(line.count('"') % 2 for line in rows) else rows[MAX_FIRST_LINES:]
    return (
        rows[:MAX_FIRST_LINES] + later[:: max(1, len(later) // MAX_LATER_LINES)][:MAX_LATER_LINES]
    )


def candidate_separators(sample: list[str]) -> list[str]:
    needed = max(1, len(sample) * 0.4)
    text = "\n".join(sample)
    candidates = []
    for separator in PRIORS:
        if separator != WHITESPACE and separator not in text:
            continue
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
    if not any("\t" in line for line in sample):
        return False
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
            if quote in text
            and re.search(
                rf"(?:^|[^\w\s]|[\t ]){quote}[^{quote}]*{quote}(?:[^\w\s]|[\t ]|$)",
                text,
                re.MULTILINE,
            )
        ),
    ]


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
    if not marked or doubles_after_backslash(marked, dialect):
        return False
    escaped = replace(dialect, escape="\\")

    def regular(each: Dialect) -> int:
        return sum(is_regular for _, _, is_regular in rows_of(sample, each))

    return regular(escaped) > regular(dialect)


def doubles_after_backslash(lines: list[str], dialect: Dialect) -> bool:
    r"""Whether quotes behind backslashes are doubled inside cells: JSON in a cell has `\""`, where `\"` would escape."""
    run = re.compile(rf"\\({re.escape(dialect.quote)}+)(?!{re.escape(dialect.separator)}|\s*$)")
    lengths = [len(match[1]) for line in lines for match in run.finditer(line)]
    return sum(length % 2 == 0 for length in lengths) > 0.5 * len(lengths)


def has_initial_spaces(sample: list[str], dialect: Dialect) -> bool:
    """Whether nearly every cell but the first of a line begins with a blank."""
    separator = dialect.separator
    if dialect.is_whitespace or not separator or separator.isspace():
        return False
    text = "\n".join(sample)
    count = text.count(separator)
    spaced = text.count(separator + " ")
    return spaced > 0 and spaced >= 0.9 * count


def has_single_blanks(sample: list[str]) -> bool:
    text = "\n".join(sample)
    if "\t" in text and " " in text:
        return False
    return not re.search(r"[ \t]{2}|^[ \t]|[ \t]$", text, re.MULTILINE)

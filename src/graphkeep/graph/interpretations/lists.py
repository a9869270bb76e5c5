"""Cells that hold several nodes, and rows that are a node and its neighbors."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import polars as pl
import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.nodes import key_column
from graphkeep.graph.interpretations.profiles import (
    DATE_NAMES,
    GENERIC_NAME,
    Profile,
    overlap_of,
)
from graphkeep.graph.interpretations.roles import node_roles
from graphkeep.graph.interpretations.value_kinds import NEVER_IDS

JSON = "json"
SEPARATORS = (";", "|", ",", " ")
SAMPLE_CELLS = 2000
MAX_PART_WORDS = 5
MIN_LISTS = 0.2
SHARED = 0.2  # the share of the parts that are ids of other rows
FEW_COLUMNS = 3
AMONG_OTHERS = 0.15
MAX_CODE = 3
TIMES = frozenset((name,) for name in DATE_NAMES | {"timestamp"})
FEW_CELLS = 5
PART = re.compile(r"[\w:.@-]+")


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    profile: Profile
    separator: str
    list_share: float
    parts: Counter[str]

    @property
    def repeated_share(self) -> float:
        """The share of the parts' places that are those of parts which return."""
        total = sum(self.parts.values())
        return sum(count for count in self.parts.values() if count > 1) / total if total else 0.0


def split_cell(text: str, separator: str) -> list[str]:
    """The parts of a cell without blanks around them, empty ones left out; `json` splits a JSON list."""
    if separator != JSON:
        return [part for part in (raw.strip() for raw in text.split(separator)) if part]
    try:
        values = json.loads(text)
    except ValueError:
        return [text]
    if not isinstance(values, list):
        return [text]
    return [
        value if isinstance(value, str) else json.dumps(value)
        for value in values
        if value is not None
    ]


def list_interpretations(
    profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    readings = []
    for profile in profiles:
        column = list_column(profile)
        if column is None:
            continue
        sources = [
            other
            for other in profiles
            if other is not profile
            and other.can_be_end
            and (not other.is_numeric or other.has_id_name or len(profiles) == 2)
            and list_column(other) is None
        ]
        source = max(sources, key=lambda other: source_rank(other, column), default=None)
        readings.append(list_interpretation(column, source, profiles, table_index))
    return sorted(readings, key=lambda reading: -reading.score)[:2]


def list_interpretation(
    column: ListColumn, source: Profile | None, profiles: Sequence[Profile], table_index: int
) -> TableInterpretation:
    name = column.profile.name
    parts = pl.Series(list(column.parts), dtype=pl.String)
    shared = (
        float(parts.is_in(source.keys.implode()).sum() or 0) / max(1, len(parts))
        if source is not None
        else 0.0
    )
    if shared >= SHARED:
        score = 1.2 + 0.3 * shared
    elif len(profiles) == 2 and source is not None:
        score = 0.95 if column.repeated_share > 0.1 else 0.6
    else:
        score = 0.3 + 0.35 * column.repeated_share
    if shared < SHARED and len(profiles) > FEW_COLUMNS:
        score -= AMONG_OTHERS
    mark = (
        "as JSON lists"
        if column.separator == JSON
        else f"split at {describe_separator(column.separator)}"
    )
    start = source.name if source is not None else "row"
    bindings = (
        node_roles(profiles, source.name)
        if source is not None and source is key_column(profiles)
        else {}
    )
    return TableInterpretation(
        kind="lists",
        label=f"{start} → each of {name}",
        reason=f"The cells of '{name}' hold several values, {mark}: each is an edge from '{start}'.",
        source=source.name if source is not None else None,
        destination=name,
        edge_tables=(table_index,),
        node_bindings=bindings,
        separator=column.separator,
        score=round(score * (0.6 + 0.4 * min(1.0, 2 * column.list_share)), 4),
    )


def source_rank(profile: Profile, column: ListColumn) -> tuple[float, bool, bool]:
    parts = pl.Series(list(column.parts), dtype=pl.String)
    shared = float(parts.is_in(profile.keys.implode()).sum() or 0) / max(1, len(parts))
    return (round(shared, 1), profile.is_unique and profile.is_complete, not profile.is_numeric)


def describe_separator(separator: str) -> str:
    return {" ": "blanks", "|": "'|'"}.get(separator, f"'{separator}'")


def list_column(profile: Profile) -> ListColumn | None:
    """How a column's cells are lists, if at least a fifth of them are and their parts are short."""
    if (
        profile.is_numeric
        or profile.kind in NEVER_IDS - {"text", "json"}
        or not profile.distinct_count
        or profile.words[-1:] in TIMES
    ):
        return None
    cells = profile.column.drop_nulls().head(SAMPLE_CELLS).to_list()
    if profile.kind == "json":
        return (
            counted(profile, JSON, cells) if any(cell.startswith("[") for cell in cells) else None
        )
    if profile.kind in {"path", "url", "account"}:
        return None
    matches = [
        column
        for column in (counted(profile, mark, cells) for mark in SEPARATORS)
        if column is not None
    ]
    return matches[0] if matches else None


def counted(profile: Profile, separator: str, cells: Sequence[str]) -> ListColumn | None:
    split = [split_cell(cell, separator) for cell in cells]
    lists = [parts for parts in split if len(parts) > 1]
    list_share = len(lists) / max(1, len(cells))
    if list_share < (0.5 if separator in {" ", ","} else MIN_LISTS):
        return None
    parts = Counter(part for row in split for part in row)
    if sum(len(part.split()) > MAX_PART_WORDS for part in parts) > 0.1 * len(parts):
        return None
    if len(cells) > FEW_CELLS and max(parts.values()) > 0.6 * len(cells):
        return None  # a unit or a word of all cells, as in `1 min`
    if len(cells) > FEW_CELLS and profile.distinct_count <= 3:
        return None
    column = ListColumn(profile=profile, separator=separator, list_share=list_share, parts=parts)
    # `Smith, John` and `New York` are no lists: their parts do not come back in other cells.
    if separator == "," and column.repeated_share < 0.3:
        return None
    if separator == " " and (column.repeated_share < 0.6 or not all_short_codes(parts)):
        return None
    return column


def all_short_codes(parts: Counter[str]) -> bool:
    """Whether the parts are ids rather than words of a sentence."""
    return all(
        PART.fullmatch(part)
        and len(part) <= 40
        and (any(character.isdigit() for character in part) or len(part) <= 3)
        and not (len(part) > 1 and part.istitle() and part.isalpha())  # `Bob Ray` is a name
        for part in parts
    )


def adjacency_interpretations(
    table: pa.Table, profiles: Sequence[Profile], table_index: int
) -> list[TableInterpretation]:
    """Ragged rows of one kind of values: the first is a node, those after it are its neighbors."""
    if (
        len(profiles) < 3
        or not profiles[0].is_complete
        or not all(is_member(profile) for profile in profiles)
    ):
        return []
    present = [profile.column.is_not_null() for profile in profiles]
    is_ragged = any(bool((~mask).any()) for mask in present[1:])
    has_gap = any(bool((later & ~earlier).any()) for earlier, later in pairwise(present[1:]))
    if has_gap:
        return []
    is_generic = all(
        GENERIC_NAME.fullmatch(profile.name) or not profile.name for profile in profiles
    )
    cells = pl.concat([profile.column.drop_nulls() for profile in profiles])
    returning = max(
        (overlap_of(first, second) for first, second in combinations(profiles, 2)), default=0.0
    )
    is_code = (
        bool(len(cells))
        and len({form_of_code(text) for text in cells.unique().head(SAMPLE_CELLS).to_list()}) == 1
    )
    is_code = is_code and len(cells[0]) <= MAX_CODE and cells.n_unique() < len(cells)
    kinds = {profile.kind for profile in profiles if profile.distinct_count}
    is_header_row = not is_generic and looks_like_a_row(profiles)
    if len(kinds) > 1 or not (is_generic or is_header_row):
        return []
    if returning < 0.15 and not is_code:
        return []
    score = (
        0.5
        + 0.4 * max(returning, float(is_code))
        + (0.4 if is_ragged else 0.0)
        + (0.2 if is_generic else 0.0)
    )
    if profiles[0].is_numeric and not (is_ragged and is_generic):
        return []
    return [
        TableInterpretation(
            kind="adjacency",
            label="Adjacency list: each row a node and its neighbors",
            reason="All columns hold values of one kind, which come back in several of them: the first of a row is a node, the others are its neighbors.",
            columns=tuple(table.column_names),
            is_header_row=is_header_row,
            edge_tables=(table_index,),
            score=round(min(1.6, score), 4),
        )
    ]


def is_member(profile: Profile) -> bool:
    return profile.distinct_count == 0 or (
        profile.can_be_end
        and profile.kind
        in {
            "name",
            "code",
            "ip",
            "mail",
            "domain",
            "number",
            "mixed",
            "hash",
            "uuid",
            "account",
            "country",
        }
    )


def looks_like_a_row(profiles: Sequence[Profile]) -> bool:
    """Whether the names of the columns could be values: some are, or all are short codes of the same form."""
    names = [profile.name.strip() for profile in profiles if profile.name.strip()]
    values = pl.concat([profile.keys for profile in profiles])
    if not names:
        return False
    if sum(bool((values == name).any()) for name in names) >= max(1, len(names) // 2):
        return True
    forms = {form_of_code(value) for value in values.head(SAMPLE_CELLS).to_list()}
    return (
        all(len(name) <= MAX_CODE and form_of_code(name) in forms for name in names)
        and len(forms) <= 3
    )


def form_of_code(text: str) -> str:
    """`B12` is `A99`."""
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", text)))

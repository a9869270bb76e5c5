"""Profiles of columns: what their values are, how often they repeat, whether they can be ids."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl
import pyarrow as pa

from graphkeep.graph.columns import is_number, is_time
from graphkeep.graph.identity import keys_of
from graphkeep.graph.interpretations.names import (
    ENTITY_WORDS,
    ID_NAMES,
    MEASURE_WORDS,
    NODE_TYPE_NAMES,
    TYPE_NAMES,
    flat,
    words_of,
)
from graphkeep.graph.interpretations.value_kinds import (
    IDENTIFIERS,
    NEVER_IDS,
    ValueKind,
    has_codes,
    kind_of,
)

SAMPLE_ROWS = 20_000
SAMPLE_VALUES = 300
MAX_COLUMNS = 300
FEW_CATEGORIES = 12
MAX_FLAG_ROWS = 5
GENERIC_NAME = re.compile(r"(column|col|field|unnamed|spalte|v|f|c|x)?[ _:.-]*\d+", re.IGNORECASE)
ROLE_NAMES = frozenset(
    {*TYPE_NAMES, *NODE_TYPE_NAMES, "position", "title", "rank", "reason", "comment", "notes"}
)
ROW_NAMES = frozenset(
    ["rownames", "line", "lineid", "lineno", "linenumber", "linenum", "recno", "recordno", "recordnumber", "obs", "observation", "rowname", "rowid", "row", "rownumber", "rownum", "index", "idx", "no", "nr", "unnamed0", "lfdnr", "sno", "seq"]
)  # fmt: skip

DATE_NAMES = frozenset(
    {"date", "datum", "fecha", "time", "day", "month", "week", "weekday", "quarter"}
)
STATE_WORDS = {("status",), ("flag",), ("result",), ("outcome",)}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A column of a sample. `keys`: its distinct values as ids, polars String, sorted by nothing."""

    name: str
    kind: ValueKind
    dtype: pa.DataType
    row_count: int
    value_count: int
    keys: pl.Series
    column: pl.Series
    is_row_number: bool = False

    @property
    def distinct_count(self) -> int:
        return len(self.keys)

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.name)

    @cached_property
    def flat_name(self) -> str:
        return flat(self.name)

    @property
    def is_numeric(self) -> bool:
        return is_number(self.dtype) or (self.kind in {"number", "money"} and not self.is_padded)

    @cached_property
    def is_padded(self) -> bool:
        """Whether it holds digits that are no numbers: `0012345`."""
        if is_number(self.dtype) or self.kind != "number":
            return False
        return bool(self.keys.str.contains(r"^0\d").any()) and not bool(
            self.keys.str.contains(r"[.,]").any()
        )

    @cached_property
    def is_whole(self) -> bool:
        """Whether all values are whole numbers, or digits."""
        if not len(self.keys):
            return False
        if pa.types.is_integer(self.dtype):
            return True
        return bool(self.keys.str.contains(r"^-?\d{1,20}$").all())

    @property
    def is_unique(self) -> bool:
        return self.value_count > 1 and self.distinct_count == self.value_count

    @property
    def is_complete(self) -> bool:
        return self.value_count >= 0.98 * self.row_count

    @property
    def repeats(self) -> bool:
        return 1 < self.distinct_count < self.value_count

    @cached_property
    def has_measure_name(self) -> bool:
        words = self.words
        if not words or self.flat_name in ID_NAMES or "id" in words or words[-1] in {"no", "nr"}:
            return False
        return words[-1] in MEASURE_WORDS or words[0] in {
            "num",
            "number",
            "total",
            "avg",
            "n",
            "count",
        }

    @cached_property
    def has_id_name(self) -> bool:
        words = self.words
        if ":ID" in self.name.partition("(")[0]:
            return True  # `personId:ID(Person)` of Neo4j's importer
        return self.flat_name in ID_NAMES or (
            bool(words) and words[-1] in {"id", "ids", "key", "uid", "guid", "code", "no", "nr"}
        )

    @cached_property
    def has_entity_name(self) -> bool:
        return any(word in ENTITY_WORDS or word.rstrip("s") in ENTITY_WORDS for word in self.words)

    @cached_property
    def values(self) -> pl.Series:
        """Numbers, float64, NaN where there is none."""
        return self.column.cast(pl.Float64, strict=False)

    @cached_property
    def can_be_end(self) -> bool:
        """Whether its values can name things: no dates, measures, coordinates, flags, long texts."""
        if self.distinct_count == 0 or self.kind in NEVER_IDS:
            return False
        if is_time(self.dtype) or pa.types.is_boolean(self.dtype):
            return False
        if self.is_row_number or self.flat_name in DATE_NAMES:
            return False
        if self.is_numeric or self.is_padded:
            return (
                self.is_whole
                and not self.has_measure_name
                and not self.is_year_or_epoch
                and not self.is_flag
            )
        return True

    @property
    def is_flag(self) -> bool:
        """Whether its numbers are two at most, many times, under a name that is none of an id."""
        return (
            not self.has_id_name and self.distinct_count <= 2 and self.value_count > MAX_FLAG_ROWS
        )

    @cached_property
    def is_sparse(self) -> bool:
        """Whether its whole numbers are far apart, as ids are that somebody gave out: equal ones are no accident."""
        numbers = self.values.drop_nulls()
        largest = float(numbers.max() or 0) if len(numbers) else 0.0  # type: ignore[arg-type]
        return largest > max(10_000, 10 * self.distinct_count)

    @cached_property
    def is_year_or_epoch(self) -> bool:
        if not self.is_whole or ("id" in self.words and "year" not in self.words):
            return False
        numbers = self.values.drop_nulls()
        if not len(numbers):
            return False
        low, high = float(numbers.min() or 0), float(numbers.max() or 0)  # type: ignore[arg-type]
        is_year = low >= 1500 and high <= 2200 and self.distinct_count > 1
        is_year = is_year and ("year" in self.words or not self.has_id_name)
        looks_dated = any(
            word in {"ts", "time", "timestamp", "date", "epoch", "created", "updated"}
            for word in self.words
        )
        return is_year or (looks_dated and low > 1e8)

    @cached_property
    def is_entity(self) -> bool:
        """Whether it names things that several rows may share, as opposed to a property of a row."""
        if not self.can_be_end or self.distinct_count < 2:
            return False
        if self.is_numeric:
            return self.has_id_name
        if self.kind in IDENTIFIERS and self.kind != "code":
            return True
        if self.flat_name in ROLE_NAMES or self.words[-1:] in STATE_WORDS:
            return False
        if self.has_entity_name and not self.has_measure_name:
            return True
        few = min(FEW_CATEGORIES, max(1, self.value_count // 3))
        return self.distinct_count > few and self.kind in {
            "name",
            "code",
            "mixed",
            "country",
        }


def profiles_of(table: pa.Table) -> tuple[Profile, ...]:
    """Profiles of the first columns of a table, of its first rows."""
    head = table.slice(0, SAMPLE_ROWS)
    profiles = tuple(profile_of(name, head[name]) for name in head.column_names[:MAX_COLUMNS])
    if not profiles or all(GENERIC_NAME.fullmatch(profile.name) for profile in profiles):
        return profiles
    first, *rest = profiles
    return (replace(first, is_row_number=numbers_rows(first)), *rest)


def numbers_rows(profile: Profile) -> bool:
    """Whether a first column without a name of its own counts the rows, as pandas and R write it."""
    is_named = profile.flat_name not in ROW_NAMES and not GENERIC_NAME.fullmatch(profile.name)
    is_count = (profile.is_numeric or profile.is_padded) and profile.is_whole and profile.is_unique
    if is_named or not is_count:
        return False
    numbers = profile.values.drop_nulls().to_numpy()
    if len(numbers) != profile.row_count:
        return False
    start = float(numbers.min())
    return start in {0, 1} and float(numbers.max()) == start + len(numbers) - 1


def profile_of(name: str, values: pa.ChunkedArray) -> Profile:
    keys = keys_of(values)
    if keys.dtype != pl.String:
        keys = keys.cast(pl.String)
    is_blank = keys.str.strip_chars() == ""
    keys = keys.set(is_blank.fill_null(value=False), None)
    present = keys.drop_nulls()
    distinct = present.unique(maintain_order=True)
    if is_time(values.type):
        kind: ValueKind = "date"
    elif pa.types.is_boolean(values.type):
        kind = "boolean"
    elif is_number(values.type):
        kind = "number" if len(distinct) else "empty"
    else:
        kind = kind_of(sample_of(distinct))
        if kind == "number" and has_codes(other_than_numbers(distinct)):
            kind = "code"
    return Profile(
        name=name,
        kind=kind,
        dtype=values.type,
        row_count=len(values),
        value_count=len(present),
        keys=distinct,
        column=keys,
    )


def other_than_numbers(distinct: pl.Series) -> Sequence[str]:
    texts: list[str] = (
        distinct.filter(~distinct.str.contains(r"^[-+]?[\d.,' ]+%?$")).head(SAMPLE_VALUES).to_list()
    )
    return texts


def sample_of(distinct: pl.Series) -> Sequence[str]:
    """Values of the whole column, not of its beginning alone."""
    step = max(1, len(distinct) // SAMPLE_VALUES)
    texts: list[str] = distinct.gather_every(step)[:SAMPLE_VALUES].to_list()
    return texts


def overlap_of(first: Profile, second: Profile) -> float:
    """The share of the smaller column's distinct values that the other column has too, 0 to 1."""
    smaller, larger = sorted((first.keys, second.keys), key=len)
    if not len(smaller):
        return 0.0
    return float(smaller.is_in(larger.implode()).sum() or 0) / len(smaller)


def contained_share(part: Profile, whole: Profile) -> float:
    """The share of one column's distinct values that another has."""
    if not len(part.keys):
        return 0.0
    return float(part.keys.is_in(whole.keys.implode()).sum() or 0) / len(part.keys)

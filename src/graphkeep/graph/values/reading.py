"""One column of texts as the values that all of its texts are."""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.values.epochs import epoch_times
from graphkeep.graph.values.formatted_numbers import (
    GROUPS_OF_THREE,
    NumberForm,
    find_number_form,
    formatted_numbers,
)
from graphkeep.graph.values.missing import MISSING_WORDS, NULL_MARKERS, PANDAS_WORDS, REPORTED_WORDS
from graphkeep.graph.values.numbers import plain_numbers
from graphkeep.graph.values.texts import (
    SAMPLE_ROWS,
    sample_of,
    shortest_of,
    trimmed,
    with_beginnings,
    without,
)
from graphkeep.graph.values.time_forms import ISO
from graphkeep.graph.values.times import Times, find_time_form, read_times

BOOLEANS = (("true", "false"), ("True", "False"), ("TRUE", "FALSE"))
ALL_MISSING = (*MISSING_WORDS, *NULL_MARKERS)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What texts may become. The defaults are those of a text file without options.

    Args:
        numbers, times, epochs: whether texts may become these.
        iso_only: of all times, those of ISO 8601.
        words: missing among numbers and times.
        markers: missing in any column.
        separator: that of the file, "" where it is not known.
        decimal: the sign that the file or its sender uses.
        dayfirst: the order of day and month that the file or its sender uses.
        keeps_blank: whether an empty text among texts stays one; among numbers it is missing in any case.
        booleans: pairs of the texts for true and for false.
    """

    numbers: bool = True
    times: bool = True
    epochs: bool = True
    iso_only: bool = False
    words: tuple[str, ...] = MISSING_WORDS
    markers: tuple[str, ...] = NULL_MARKERS
    separator: str = ""
    decimal: str = ""
    dayfirst: bool | None = None
    keeps_blank: bool = False
    booleans: tuple[tuple[str, str], ...] = BOOLEANS

    @property
    def takes_plain_numbers(self) -> bool:
        """Whether a column of plain numbers alone is numbers, without a look at a sample of it."""
        return (
            self.numbers
            and self.decimal != ","
            and not any(
                word[-1:].isdigit()
                for word in (*self.words, *self.markers, *chain.from_iterable(self.booleans))
            )
        )


@dataclass(frozen=True, kw_only=True)
class ColumnReading:
    """The values of a column, and what is worth telling.

    `texts` are those that were read, with blank cells as null; `missing` marks those that a word for a
    missing value made null, `words` those words, `text_words` the same words where they stay texts.
    """

    values: pa.ChunkedArray
    texts: pa.ChunkedArray
    form: NumberForm | None = None
    times: Times | None = None
    epoch_unit: str = ""
    words: tuple[str, ...] = ()
    text_words: tuple[str, ...] = ()
    is_trimmed: bool = False

    @property
    def is_text(self) -> bool:
        return bool(
            pa.types.is_string(self.values.type) or pa.types.is_large_string(self.values.type)
        )

    @property
    def is_ambiguous(self) -> bool:
        """Whether what other columns of the file use would decide how this one is read."""
        return bool(
            (self.form is not None and self.form.is_ambiguous)
            or (self.times is not None and self.times.is_ambiguous)
        )

    def rows_of(self, words: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """The rows, from 0, whose text is one of these words."""
        trimmed_texts = pc.utf8_trim_whitespace(self.texts)
        is_word = pc.is_in(trimmed_texts, value_set=pa.array(words, self.texts.type))
        return np.flatnonzero(np.asarray(pc.fill_null(is_word, fill_value=False)))


def read_column(name: str, texts: pa.ChunkedArray, rules: Rules) -> ColumnReading:
    """The texts of a column as booleans, numbers or times where all of them are, or as they are."""
    if texts.null_count == len(texts) and not rules.keeps_blank:
        return ColumnReading(
            values=pa.chunked_array([pa.nulls(len(texts), pa.string())]), texts=texts
        )
    exact = texts
    texts = blank_as_null(texts)
    if rules.takes_plain_numbers and (reading := Candidate().read(name, texts, rules)):
        return reading
    sample = sample_of(texts)
    core = trimmed(without(trimmed(sample), (*rules.words, *rules.markers))).drop_null()
    reading = without_values(texts, rules) if len(core) == 0 else read_as(name, texts, core, rules)
    return reading or as_text(exact if rules.keeps_blank else texts, rules)


def read_as(
    name: str, texts: pa.ChunkedArray, core: pa.ChunkedArray, rules: Rules
) -> ColumnReading | None:
    """The column as what its sample `core` is; None where that is text, or where not all texts fit."""
    for attempt in range(2):
        candidate = find_candidate(core, rules)
        if candidate is None:
            return None
        reading = candidate.read(name, texts, rules)
        if reading is not None:
            return reading
        cleaned = trimmed(without(trimmed(texts), (*rules.words, *rules.markers)))
        reading = candidate.read(name, cleaned, rules)
        if reading is not None:
            return with_losses(reading, texts, cleaned, rules)
        if attempt == 0:
            core = pa.chunked_array([*core.chunks, *unlike_numbers(cleaned).chunks], core.type)
    return None


def unlike_numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Some of the texts that no sample had: those that are no plain number."""
    is_number = pc.match_substring_regex(texts, r"^-?[0-9]+(?:\.[0-9]+)?$")
    return texts.filter(pc.invert(is_number)).drop_null().slice(0, SAMPLE_ROWS)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What a sample is: booleans, plain numbers (both None), numbers of a form, or times."""

    booleans: tuple[str, str] | None = None
    form: NumberForm | None = None
    time_form: str | None = None

    def read(self, name: str, texts: pa.ChunkedArray, rules: Rules) -> ColumnReading | None:
        if self.booleans is not None:
            return read_booleans(texts, self.booleans)
        if self.time_form is not None:
            times = read_times(texts, self.time_form, dayfirst=rules.dayfirst)
            if times is None:
                return None
            return ColumnReading(values=times.values, texts=texts, times=times)
        numbers = formatted_numbers(texts, self.form) if self.form else plain_numbers(texts)
        if numbers is None:
            return None
        epochs = epoch_times(name, numbers) if rules.epochs and not self.form else None
        if epochs is not None:
            return ColumnReading(values=epochs[0], texts=texts, epoch_unit=epochs[1])
        return ColumnReading(values=numbers, texts=texts, form=self.form)


def find_candidate(core: pa.ChunkedArray, rules: Rules) -> Candidate | None:
    distinct = core.unique().to_pylist()
    for pair in rules.booleans:
        if set(distinct) <= set(pair):
            return Candidate(booleans=pair)
    if rules.numbers:
        if (
            not (rules.decimal == "," and has_groups_only(distinct))
            and plain_numbers(core) is not None
        ):
            return Candidate()
        form = find_number_form(distinct, separator=rules.separator, decimal=rules.decimal)
        if form is not None:
            return Candidate(form=form)
    if rules.times:
        time_form = find_time_form(core)
        if time_form is not None and (time_form == ISO or not rules.iso_only):
            return Candidate(time_form=time_form)
    return None


def has_groups_only(texts: list[str]) -> bool:
    """Whether every point stands before three digits, so that `1.234` may be one thousand."""
    with_point = [text.lstrip("-") for text in texts if "." in text]
    return bool(with_point) and all(map(GROUPS_OF_THREE.match, with_point))


def read_booleans(texts: pa.ChunkedArray, pair: tuple[str, str]) -> ColumnReading | None:
    is_known = pc.is_in(texts, value_set=pa.array(pair, texts.type), skip_nulls=True)
    if not pc.all(pc.or_(is_known, pc.is_null(texts))).as_py():
        return None
    return ColumnReading(values=pc.equal(texts, pa.scalar(pair[0], texts.type)), texts=texts)


def with_losses(
    reading: ColumnReading, texts: pa.ChunkedArray, cleaned: pa.ChunkedArray, rules: Rules
) -> ColumnReading:
    """The reading with the words and blanks that were taken away so that it fits."""
    words = words_in(texts, (*rules.words, *rules.markers))
    has_blanks = not pc.all(pc.equal(pc.utf8_trim_whitespace(texts), texts)).as_py()
    return replace(reading, texts=texts, words=words, is_trimmed=has_blanks)


def without_values(texts: pa.ChunkedArray, rules: Rules) -> ColumnReading | None:
    """A column in whose sample nothing but missing values stands."""
    missing = (*(PANDAS_WORDS if rules.words and rules.numbers else ()), *rules.markers)
    cleaned = trimmed(without(trimmed(texts), missing))
    if cleaned.null_count < len(cleaned) or rules.keeps_blank:
        return None
    words = words_in(texts, missing)
    return ColumnReading(
        values=pa.chunked_array([pa.nulls(len(texts), pa.string())]), texts=texts, words=words
    )


def as_text(texts: pa.ChunkedArray, rules: Rules) -> ColumnReading:
    """The texts, null where a marker of databases and spreadsheets says so."""
    watched = (*rules.markers, *(REPORTED_WORDS if rules.words else ()))
    seen = words_in(texts, watched)
    markers = tuple(word for word in seen if word in rules.markers)
    return ColumnReading(
        values=without(texts, markers) if markers else texts,
        texts=texts,
        words=markers,
        text_words=tuple(word for word in seen if word not in rules.markers),
    )


def words_in(texts: pa.ChunkedArray, words: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the words that are a text of the column, or are one with blanks around."""
    if not words:
        return ()
    shortest = shortest_of(texts)
    if shortest is None or shortest > longest_of(words):
        return ()
    value_set = pa.array(words, texts.type)
    numbers: set[int] = set()
    for chunk in texts.chunks:
        likely = with_beginnings(chunk, words)
        if len(likely):
            numbers.update(pc.unique(pc.index_in(likely, value_set=value_set)).to_pylist())
    return tuple(word for number, word in enumerate(words) if number in numbers)


@lru_cache
def longest_of(words: tuple[str, ...]) -> int:
    return max(len(word.encode()) for word in words)


def blank_as_null(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    if shortest_of(texts) != 0:
        return texts
    return pc.if_else(pc.equal(pc.binary_length(texts), 0), pa.scalar(None, texts.type), texts)

"""Which ids are the same node, and which are no id at all."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.lines import lines_of
from graphkeep.graph.repairs import MAX_LINES, Alternative, Repair

MAX_EXACT_FLOAT = 2.0**53
UINT64_END = 2.0**64
PLACEHOLDERS = (
    "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "Null", "None", "none", "NONE", "nil",
    "undefined", "unknown", "Unknown", "UNKNOWN", "-", "--", "?", "<NA>", "\\N",
)  # fmt: skip
UUID_FORM = r"^\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\}?$"
POINT_ZERO_FORM = r"^-?[0-9]+\.0+$"
WHOLE_FORM = r"^-?[0-9]+$"


def keys_of(values: pa.ChunkedArray) -> pl.Series:
    """Ids as text that compare by value: 1, 1.0 and "1" are all "1"; whole floats up to 2^64 have their digits."""
    dtype = values.type
    if pa.types.is_dictionary(dtype):
        values = values.cast(dtype.value_type)
        dtype = values.type
    if is_text(dtype):
        return pl.Series(pl.from_arrow(values)).cast(pl.String)
    if pa.types.is_integer(dtype):
        return pl.Series(pl.from_arrow(values)).cast(pl.String)
    if pa.types.is_floating(dtype):
        return float_keys(pl.Series(pl.from_arrow(values)))
    return pl.Series(pl.from_arrow(values.cast(pa.string())))


def float_keys(numbers: pl.Series) -> pl.Series:
    is_whole = (numbers == numbers.floor()).fill_null(value=False)
    is_small = is_whole & (numbers.abs() < 2.0**63).fill_null(value=False)
    is_large = (
        is_whole & ~is_small & ((numbers > 0) & (numbers < UINT64_END)).fill_null(value=False)
    )
    texts = numbers.set(~is_small, None).cast(pl.Int64).cast(pl.String)
    texts = texts.zip_with(is_small, numbers.cast(pl.String))
    if not is_large.any():
        return texts
    return numbers.set(~is_large, None).cast(pl.UInt64).cast(pl.String).zip_with(is_large, texts)


def is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def missing_ids(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether each value is no id: null, NaN, or a text of nothing but blanks."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        return pc.is_null(values, nan_is_null=True)
    is_null = pc.is_null(values)
    if not is_text(values.type):
        return is_null
    is_blank = pc.or_(pc.equal(pc.binary_length(values), 0), pc.utf8_is_space(values))
    return pc.or_(is_null, pc.fill_null(is_blank, fill_value=True))


def drop_missing_ids(
    table: pa.Table, columns: tuple[str, ...], name: str, repairs: list[Repair]
) -> pa.Table:
    """The rows that have an id in each of the columns; `name` is what a row is, edge or node."""
    is_dropped = np.zeros(table.num_rows, bool)
    for column in columns:
        is_missing = np.asarray(missing_ids(table[column])) & ~is_dropped
        rows = np.flatnonzero(is_missing)
        if len(rows):
            is_dropped |= is_missing
            where, lines = location_of(table, rows)
            repairs.append(
                Repair(
                    code="null-id-dropped",
                    message=f"{len(rows)} {name} rows have no '{column}' ({where}); they are left out.",
                    table=name,
                    column=column,
                    count=len(rows),
                    lines=lines,
                )
            )
    return table.filter(pa.array(~is_dropped)) if is_dropped.any() else table


def location_of(table: pa.Table, rows: np.ndarray) -> tuple[str, tuple[int, ...]]:
    """The first ten rows in words, and their lines; rows count from 1 where the file's lines are not known."""
    first = rows[:MAX_LINES]
    lines = lines_of(table, first)
    word = "line" if lines else "row"
    numbers = lines or tuple((first + 1).tolist())
    listed = ", ".join(map(str, numbers))
    rest = " and others" if len(rows) > len(first) else ""
    return f"{word}{'s' if len(numbers) > 1 else ''} {listed}{rest}", numbers


def doubtful_digits(values: pa.ChunkedArray, name: str, column: str) -> tuple[Repair, ...]:
    """A repair for whole floats beyond 2^53: pandas makes floats of integers when one is missing."""
    if not pa.types.is_floating(values.type):
        return ()
    numbers = np.abs(np.asarray(values.cast(pa.float64()).to_numpy(), np.float64))
    is_doubtful = (numbers >= MAX_EXACT_FLOAT) & (numbers < UINT64_END)
    count = int(is_doubtful.sum())
    if not count:
        return ()
    return (
        Repair(
            code="digits-may-be-lost",
            message=f"{count} ids of '{column}' are whole numbers beyond 2^53 in a column of floats; their last digits "
            "may have been lost before they were sent.",
            table=name,
            column=column,
            count=count,
        ),
    )


def placeholder_repairs(
    table: pa.Table, columns: tuple[str, ...], name: str, distinct: pl.Series
) -> list[Repair]:
    """A repair for each column whose ids include words such as `unknown` or `N/A`, which stay nodes."""
    words = pl.Series(PLACEHOLDERS)
    used = words.filter(words.is_in(distinct.implode())).to_list()
    repairs = []
    for column in columns if used else ():
        values = table[column]
        if not is_text(values.type):
            continue
        is_word = np.asarray(
            pc.fill_null(pc.is_in(values, value_set=pa.array(used, values.type)), fill_value=False)
        )
        rows = np.flatnonzero(is_word)
        if not len(rows):
            continue
        held = [word for word in used if pc.any(pc.equal(values, word)).as_py()]
        quoted = ", ".join(f"'{word}'" for word in held)
        where, lines = location_of(table, rows)
        repairs.append(
            Repair(
                code="placeholder-ids",
                message=f"{len(rows)} {name} rows have {quoted} as '{column}' ({where}); it is a node like any other.",
                table=name,
                column=column,
                count=len(rows),
                lines=lines,
                alternative=Alternative(
                    label=f"Leave out rows whose '{column}' is {quoted}",
                    parser_options={"na_values": {column: held}},
                ),
            )
        )
    return repairs


def common_spelling(
    keys: Sequence[pl.Series], names: Sequence[str], repairs: list[Repair]
) -> list[pl.Series]:
    """The keys of several columns, with one spelling for ids that programs write in two ways.

    `1.0` in a column that holds no `1` is the `1` of another; UUIDs are the same in upper case and in braces.
    """
    spelled = [with_whole_numbers(index, keys, names, repairs) for index in range(len(keys))]
    return with_common_uuids(spelled, names, repairs)


def with_whole_numbers(
    index: int, keys: Sequence[pl.Series], names: Sequence[str], repairs: list[Repair]
) -> pl.Series:
    texts = keys[index]
    if texts.dtype != pl.String or not texts.str.ends_with(".0").any():
        return texts
    is_spelled = texts.str.contains(POINT_ZERO_FORM).fill_null(value=False)
    if not is_spelled.any() or texts.str.contains(WHOLE_FORM).any():
        return texts
    whole = texts.str.replace(r"\.0+$", "")
    others = pl.concat([other for number, other in enumerate(keys) if number != index])
    meets = whole.filter(is_spelled).unique().is_in(others.unique().implode())
    if not meets.any():
        return texts
    repairs.append(respelled(names[index], int(is_spelled.sum()), "1.0", "1"))
    return whole.zip_with(is_spelled, texts)


def with_common_uuids(
    keys: Sequence[pl.Series], names: Sequence[str], repairs: list[Repair]
) -> list[pl.Series]:
    masks = [is_uuid(texts) for texts in keys]
    if not any(mask is not None for mask in masks):
        return list(keys)
    used = [
        texts.filter(mask).unique()
        for texts, mask in zip(keys, masks, strict=True)
        if mask is not None
    ]
    spellings = pl.concat(used).unique()
    if canonical_uuids(spellings).n_unique() == len(spellings):
        return list(keys)
    result = []
    for texts, mask, name in zip(keys, masks, names, strict=True):
        if mask is None:
            result.append(texts)
            continue
        canonical = canonical_uuids(texts)
        count = int(((canonical != texts) & mask).sum())
        if count:
            repairs.append(respelled(name, count, "{A0B1…}", "a0b1…"))
        result.append(canonical.zip_with(mask, texts))
    return result


def is_uuid(texts: pl.Series) -> pl.Series | None:
    """Which of the texts are UUIDs; None if none is."""
    lengths = texts.str.len_bytes()
    if not lengths.is_in([36, 38]).any():
        return None
    mask = texts.str.contains(UUID_FORM).fill_null(value=False)
    return mask if mask.any() else None


def canonical_uuids(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars("{}").str.to_lowercase()


def respelled(column: str, count: int, before: str, after: str) -> Repair:
    return Repair(
        code="ids-respelled",
        message=f"{count} ids of '{column}' are written in another way elsewhere; each is one node.",
        column=column,
        count=count,
        before=before,
        after=after,
    )

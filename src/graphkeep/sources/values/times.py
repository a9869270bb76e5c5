"""Texts that are dates or times: ISO 8601, German, American, Twitter, RFC 2822, Apache and their kin."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.sources.values.month_names import NAMES, NUMBERS, ZONES

Order = Literal["", "day", "month"]

CLOCK = (
    r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?: ?(?P<p>[AaPp]\.?[Mm]\.?))?(?: Uhr)?"
)
ZONE = r"(?: ?\[?(?P<z>[A-Za-z]{1,4}|(?:UTC|GMT)?[-+]\d{1,2}(?::?\d{2})?)\]?)?(?: \([A-Za-z ]+\))?"
TIME = f"(?:(?:[Tt, :]| [-\u2013] |, | um | at )[ ]?{CLOCK})?{ZONE}"
MONTH = r"(?P<mon>\p{L}{3,10})\.?"
WEEKDAY = r"(?:\p{L}{2,10}\.?,? )?"
YEAR = r"(?P<y>\d{4})"
SHORT_YEAR = r"(?P<y>\d{4}|'?\d{2})"
ISO = "year-month-day"
# The first that fits the sample is tried; `a` and `b` are day and month in an order that the values decide.
FORMS: dict[str, str] = {
    ISO: rf"{YEAR}-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){TIME}",
    "year/month/day": rf"{YEAR}/(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}}){TIME}",
    "year.month.day": rf"{YEAR}\.(?P<m>\d{{2}})\.(?P<d>\d{{2}})\.?{TIME}",
    "day.month.year": rf"(?P<d>\d{{1,2}})\. ?(?P<m>\d{{1,2}})\. ?{YEAR}{TIME}",
    "day.month.short year": rf"(?P<d>\d{{2}})\.(?P<m>\d{{2}})\.(?P<y>\d{{2}}){TIME}",
    "slashes": rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{SHORT_YEAR}{TIME}",
    "dashes": rf"(?P<a>\d{{1,2}})-(?P<b>\d{{1,2}})-{YEAR}{TIME}",
    "day month-name year": rf"\[?{WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/. ]{{1,2}}(?:of |de )?{MONTH}"
    rf"[-/., ]{{1,2}}(?:de )?{SHORT_YEAR}{TIME}",
    "month-name day year": rf"{WEEKDAY}{MONTH}[ -](?P<d>\d{{1,2}})(?:st|nd|rd|th)?[, -]{{1,2}}{YEAR}{TIME}",
    "weekday month-name day time year": rf"\p{{L}}{{2,10}}\.? {MONTH} +(?P<d>\d{{1,2}}) {CLOCK}{ZONE} {YEAR}",
    "compact": rf"{YEAR}(?P<m>\d{{2}})(?P<d>\d{{2}})[Tt](?P<H>\d{{2}}):?(?P<M>\d{{2}}):?(?P<S>\d{{2}})"
    rf"(?:[.,](?P<f>\d{{1,9}}))?{ZONE}",
}
DAY_SECONDS = 86_400
NANOSECOND_RANGE = (-9_223_372_036, 9_223_372_036)
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Times:
    """date32, or timestamp in s, us or ns, in UTC where every text names its zone.

    `form` is a key of FORMS; `order` is which of day and month comes first where the form leaves it open,
    and `is_ambiguous` says that the values do not decide it.
    """

    values: pa.ChunkedArray
    form: str
    order: Order = ""
    is_ambiguous: bool = False

    def describe(self) -> str:
        """What was read, for a sentence: `dates, month/day/year`."""
        is_date = pa.types.is_date(self.values.type)
        form = self.form
        if self.order:
            sign = "/" if form == "slashes" else "-"
            first, second = ("day", "month") if self.order == "day" else ("month", "day")
            form = f"{first}{sign}{second}{sign}year"
        zone = "" if is_date or self.values.type.tz is None else ", shown in UTC"
        return f"{'dates' if is_date else 'times'}, {form}{zone}"


def find_time_form(sample: pa.ChunkedArray) -> str | None:
    """The form of FORMS that every text of a sample without nulls and blanks has."""
    if len(sample) == 0 or pc.min(pc.binary_length(sample)).as_py() < 6:
        return None
    for form, pattern in FORMS.items():
        if pc.all(pc.match_substring_regex(sample, f"^(?:{pattern})$")).as_py():
            return form
    return None


def read_times(texts: pa.ChunkedArray, form: str, *, dayfirst: bool | None = None) -> Times | None:
    """The times of texts that are all of one form, or None.

    Args:
        texts: may hold nulls, which stay.
        form: a key of FORMS.
        dayfirst: the order where the values do not decide it; None is the month for slashes, the day for dashes.
    """
    encoded = pc.dictionary_encode(texts).unify_dictionaries()
    if encoded.num_chunks == 0:
        return None
    distinct = encoded.chunk(0).dictionary
    parsed = parse(distinct, form, dayfirst=dayfirst)
    if parsed is None:
        return None
    values, order, is_ambiguous = parsed
    chunks = [values.take(chunk.indices) for chunk in encoded.chunks]
    return Times(
        values=pa.chunked_array(chunks, values.type),
        form=form,
        order=order,
        is_ambiguous=is_ambiguous,
    )


def parse(
    texts: pa.Array, form: str, *, dayfirst: bool | None
) -> tuple[pa.Array, Order, bool] | None:
    parts = pc.extract_regex(texts, f"^(?:{FORMS[form]})$")
    if parts.null_count > texts.null_count or len(texts) == texts.null_count:
        return None
    fields = {field.name: parts.field(index) for index, field in enumerate(parts.type)}
    order: Order = ""
    is_ambiguous = False
    if "a" in fields:
        first, second = whole(fields["a"]), whole(fields["b"])
        if first.max() > 12:
            order = "day"
        elif second.max() > 12:
            order = "month"
        else:
            is_ambiguous = bool((first != second).any())
            has_am = "p" in fields and bool((lengths(fields["p"]) > 0).any())
            is_day = form == "dashes" and not has_am if dayfirst is None else dayfirst
            order = "day" if is_day else "month"
        day, month = (first, second) if order == "day" else (second, first)
    else:
        day = whole(fields["d"])
        month = whole(fields["m"]) if "m" in fields else month_numbers(fields["mon"])
    year = years(fields["y"])
    if not is_calendar(year, month, day):
        return None
    values = with_clock(days_from_civil(year, month, day), fields)
    return None if values is None else (values, order, is_ambiguous)


def with_clock(days: Numbers, fields: dict[str, pa.Array]) -> pa.Array | None:
    has_clock = lengths(fields["H"]) > 0
    has_zone = lengths(fields["z"]) > 0
    if not has_clock.any():
        return None if has_zone.any() else pa.array(days.astype(np.int32)).cast(pa.date32())
    hour, minute, second = (whole(fields[name]) for name in "HMS" if name in fields)
    if "p" in fields:
        half = np.asarray(pc.utf8_lower(pc.utf8_slice_codeunits(fields["p"], 0, 1)))
        if ((hour > 12) | (hour == 0))[half != ""].any():
            return None
        hour = np.where(half == "p", hour % 12 + 12, np.where(half == "a", hour % 12, hour))
    is_end = (hour == 24) & (minute == 0) & (second == 0)
    if ((hour > 23) & ~is_end).any() or (minute > 59).any() or (second > 60).any():
        return None
    if has_zone.any() and not has_zone.all():
        return None
    seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second
    if has_zone.any():
        offsets = zone_seconds(fields["z"])
        if offsets is None:
            return None
        seconds = seconds - offsets
    return timestamps(seconds, fields.get("f"), "UTC" if has_zone.any() else None)


def timestamps(seconds: Numbers, fractions: pa.Array | None, zone: str | None) -> pa.Array:
    digits = 0 if fractions is None else int(lengths(fractions).max())
    if fractions is None or digits == 0:
        return pa.array(seconds).cast(pa.timestamp("s", zone))
    low, high = NANOSECOND_RANGE
    unit, width = ("us", 6) if digits <= 6 else ("ns", 9)
    if unit == "ns" and not (low < seconds.min() and seconds.max() < high):
        unit, width = "us", 6
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(fractions, width, "0"), 0, width)
    return pa.array(seconds * 10**width + whole(padded)).cast(pa.timestamp(unit, zone))


def whole(texts: pa.Array) -> Numbers:
    """Digits as int64, 0 where there are none."""
    digits = pc.if_else(pc.equal(pc.binary_length(texts), 0), "0", texts)
    return np.asarray(pc.cast(pc.fill_null(digits, "0"), pa.int64()))


def lengths(texts: pa.Array) -> Numbers:
    return np.asarray(pc.fill_null(pc.binary_length(texts), 0)).astype(np.int64)


def years(texts: pa.Array) -> Numbers:
    """Years as numbers; two digits are 1969 to 2068, as in POSIX."""
    year = whole(pc.replace_substring(texts, "'", ""))
    is_short = lengths(texts) < 4
    return np.where(is_short, year + np.where(year < 69, 2000, 1900), year)


def month_numbers(names: pa.Array) -> Numbers:
    """1 to 12 of the names of months, 0 of other words."""
    index = pc.index_in(pc.utf8_lower(names), value_set=pa.array(NAMES, names.type))
    return np.array([*NUMBERS, 0])[np.asarray(pc.fill_null(index, len(NAMES)))]


def zone_seconds(zones: pa.Array) -> Numbers | None:
    """Seconds east of UTC; None if a name is not known."""
    distinct = pc.unique(zones)
    seconds: dict[str, int] = {}
    for zone in distinct.to_pylist():
        text = (zone or "").removeprefix("UTC").removeprefix("GMT")
        if zone in ZONES:
            seconds[zone] = ZONES[zone] * 3600
        elif text[:1] in "+-" and text[1:].replace(":", "").isdigit():
            digits = text[1:].replace(":", "")
            hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
            if int(hours) > 18 or int(minutes) > 59:
                return None
            seconds[zone] = (int(hours) * 3600 + int(minutes) * 60) * (-1 if text[0] == "-" else 1)
        else:
            return None
    index = np.asarray(pc.index_in(zones, value_set=distinct))
    return np.array([seconds[zone] for zone in distinct.to_pylist()], np.int64)[index]


def is_calendar(year: Numbers, month: Numbers, day: Numbers) -> bool:
    if len(year) == 0 or (year < 1).any() or (month < 1).any() or (month > 12).any():
        return False
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    month_days = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month]
    last_day = month_days + (is_leap & (month == 2))
    return bool(((day >= 1) & (day <= last_day)).all())


def days_from_civil(year: Numbers, month: Numbers, day: Numbers) -> Numbers:
    """Days since 1970-01-01 of dates of the Gregorian calendar (Howard Hinnant, chrono algorithms)."""
    year = year - (month <= 2)
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468

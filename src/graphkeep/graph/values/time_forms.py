"""Forms of dates and times, as patterns whose groups are the parts of a date, a clock and a zone."""

import re

CLOCK = (
    r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?: ?(?P<p>[AaPp])\.?[Mm]\.?)?(?: Uhr)?"
)
ZONE = (
    r"(?: ?\[?(?:(?:UTC|GMT)?(?P<sign>[-+])(?P<zh>\d{1,2})(?::?(?P<zm>\d{2}))?|(?P<z>[A-Za-z]{1,4}))\]?)?"
    r"(?: \([A-Za-z ]+\))?"
)
TIME = f"(?:(?:[Tt, :]| [-\u2013] |, | um | at | @ )[ ]?{CLOCK})?{ZONE}"
LETTER = r"[^\W\d_]"
MONTH = rf"(?P<mon>{LETTER}{{3,10}})\.?"
WEEKDAY = rf"(?:{LETTER}{{2,10}}\.?,? )?"
YEAR = r"(?P<y>\d{4})"
SHORT_YEAR = r"(?P<y>\d{4}|'?\d{2})"
ISO = "year-month-day"
PATTERNS = {
    ISO: rf"{YEAR}-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){TIME}",
    "year/month/day": rf"{YEAR}/(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}}){TIME}",
    "year.month.day": rf"{YEAR}\.(?P<m>\d{{2}})\.(?P<d>\d{{2}})\.?{TIME}",
    "day.month.year": rf"(?P<d>\d{{1,2}})\. ?(?P<m>\d{{1,2}})\. ?{YEAR}{TIME}",
    "day.month.short year": rf"(?P<d>\d{{2}})\.(?P<m>\d{{2}})\.(?P<y>\d{{2}}){TIME}",
    "slashes": rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{SHORT_YEAR}{TIME}",
    "dashes": rf"(?P<a>\d{{1,2}})-(?P<b>\d{{1,2}})-{YEAR}{TIME}",
    "day month-name year": rf"\[?{WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/. ]{{1,2}}(?:of |de )?{MONTH}"
    rf"[-/., ]{{1,2}}(?:de )?{SHORT_YEAR}{TIME}",
    "DDMONYYYY": rf"(?P<d>\d{{1,2}}){MONTH}{YEAR}{TIME}",
    "month-name day year": rf"{WEEKDAY}{MONTH}[ -](?P<d>\d{{1,2}})(?:st|nd|rd|th)?[, -]{{1,2}}{YEAR}{TIME}",
    "weekday month-name day time year": rf"{LETTER}{{2,10}}\.? {MONTH} +(?P<d>\d{{1,2}}) {CLOCK}{ZONE} {YEAR}",
    "compact": rf"{YEAR}(?P<m>\d{{2}})(?P<d>\d{{2}})[Tt](?P<H>\d{{2}}):?(?P<M>\d{{2}}):?(?P<S>\d{{2}})"
    rf"(?:[.,](?P<f>\d{{1,9}}))?{ZONE}",
}
# The first that fits is taken; `a` and `b` are day and month in an order that the values decide.
FORMS = {form: re.compile(pattern) for form, pattern in PATTERNS.items()}

"""Words that stand for a missing value."""

# Missing where the other values of the column are numbers, times or booleans; among texts they are texts:
# NA is Namibia, None a family name.
MISSING_WORDS = (
    "NA", "N/A", "n/a", "na", "N.A.", "n.a.", "NaN", "nan", "NAN", "-nan", "-NaN", "null", "NULL",
    "Null", "None", "none", "NONE", "nil", "NIL", "Nil", "undefined", "-", "--", "---", "\u2013", "\u2014",
    "?", ".", "..", "...", "missing", "unknown", "Unknown", "k.A.", "k. A.", "s.d.", "n.d.",
    "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "#N/A N/A", "#NA",
)  # fmt: skip
# Written by databases, pandas and spreadsheets for a missing value or an error only: missing in any column.
NULL_MARKERS = (
    "\\N", "<NA>", "<null>", "<NULL>", "(null)", "(NULL)", "[NULL]", "[null]", "#N/A", "#NULL!",
    "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!",
)  # fmt: skip
# What pandas takes for missing in any column; keep_default_na asks for it.
PANDAS_WORDS = (
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
# Among texts, those of the words above that are worth telling: the sender may have meant a missing value.
REPORTED_WORDS = (
    "NA", "N/A", "n/a", "N.A.", "n.a.", "NaN", "nan", "null", "NULL", "Null", "None", "none", "NONE",
    "nil", "undefined", "-", "--", "?", "unknown", "Unknown", "UNKNOWN", "missing", "k.A.",
)  # fmt: skip

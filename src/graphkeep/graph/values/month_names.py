"""Names of months in the languages that exports are written in, lower case and without a point."""

MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "january", "januar", "jänner", "janv", "janvier", "ene", "enero", "gen", "gennaio",
     "januari", "janeiro", "sty", "янв"),
    ("feb", "february", "februar", "févr", "fevr", "février", "febrero", "febbraio", "februari",
     "fev", "fevereiro", "lut", "фев"),
    ("mar", "march", "märz", "mär", "mrz", "mars", "marzo", "mrt", "maart", "março", "marco", "мар"),
    ("apr", "april", "avr", "avril", "abr", "abril", "aprile", "kwi", "апр"),
    ("may", "mai", "mayo", "mag", "maggio", "mei", "maio", "maj", "май"),
    ("jun", "june", "juni", "juin", "junio", "giu", "giugno", "junho", "cze", "июн"),
    ("jul", "july", "juli", "juil", "juillet", "julio", "lug", "luglio", "julho", "lip", "июл"),
    ("aug", "august", "août", "aout", "ago", "agosto", "augustus", "sie", "авг"),
    ("sep", "sept", "september", "septembre", "septiembre", "set", "settembre", "setembro", "wrz", "сен"),
    ("oct", "october", "okt", "oktober", "octobre", "octubre", "ott", "ottobre", "out", "outubro",
     "paź", "окт"),
    ("nov", "november", "novembre", "noviembre", "novembro", "lis", "ноя"),
    ("dec", "december", "dez", "dezember", "déc", "décembre", "decembre", "dic", "diciembre",
     "dicembre", "dezembro", "gru", "дек"),
)  # fmt: skip
NAMES = tuple(name for names in MONTHS for name in names)
NUMBERS = tuple(number for number, names in enumerate(MONTHS, start=1) for _ in names)
# Hours from UTC of zone names that mean one thing only; RFC 2822 fixes those of North America.
ZONES = {
    "Z": 0, "z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip

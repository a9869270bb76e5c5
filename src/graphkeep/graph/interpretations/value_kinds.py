"""Kinds of values, told by their form: addresses, mails, hashes, dates, coordinates, money, free text."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Literal

ValueKind = Literal[
    "ip", "mac", "mail", "url", "uuid", "hash", "path", "account", "phone", "domain", "iban", "color", "country",
    "coordinate", "money", "date", "number", "boolean", "json", "code", "name", "text", "mixed", "empty",
]  # fmt: skip
IDENTIFIERS = frozenset(
    {
        "ip",
        "mac",
        "mail",
        "url",
        "uuid",
        "hash",
        "path",
        "account",
        "phone",
        "domain",
        "iban",
        "code",
    }
)
NEVER_IDS = frozenset({"coordinate", "money", "date", "boolean", "color", "json", "text", "empty"})
LEAST_SHARE = 0.9
MAX_NAME_WORDS = 6
MAX_NAME_LENGTH = 80

IP = re.compile(
    r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[:/]\d{1,5})?"
    r"|(?:(?=.*::)[0-9a-fA-F:]{2,39}|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|::[fF]{4}:(?:\d{1,3}\.){3}\d{1,3})"
    r"(?:%\w+)?(?:/\d{1,3})?"
)
MAC = re.compile(r"(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}")
MAIL = re.compile(r"(?:[^<>@]*<)?[^\s@<>]+@[^\s@<>]+>?")
URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,15}://\S+|www\.\S+|(?:urn|mailto|doi):\S+")
UUID = re.compile(
    r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?|\{[0-9a-fA-F-]{8,38}\}"
)
HASH = re.compile(
    r"0x[0-9a-fA-F]{8,64}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{128}|[0-9A-F]{32}"
    r"|[0-9A-F]{40}|[0-9A-F]{64}|(?:md5|sha1|sha256|sha512)[:=]\S+|[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[0-9a-z]{25,60}"
)
PATH = re.compile(
    r"[A-Za-z]:[\\/].*|\\\\[^\\]+\\.+|~?/(?:[^/\s]+/)*[^/]*[^/\d\s][^/]*|(?:\.{1,2}/|[\w@.-]+/)+[\w@.-]+\.\w{1,6}"
)
ACCOUNT = re.compile(r"[\w.-]+\\[\w.$ -]+|S-1-\d+(?:-\d+)+|(?:CN|OU|DC|UID)=.+|@\w{2,30}")
PHONE = re.compile(r"\+\d[\d ()/.-]{6,18}\d|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|00\d{9,14}")
DOMAIN = re.compile(
    r"(?:[a-zA-Z0-9_](?:[\w-]{0,61}[a-zA-Z0-9])?\.)+(?:[a-zA-Z]{2,24}|xn--[\w-]+)\.?"
)
IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?")
COLOR = re.compile(
    r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|(?:rgb|hsl)a?\([\d\s.,%/deg]+\)"
)
COORDINATE = re.compile(
    r"\(?-?\d{1,3}\.\d+\s*[,; ]\s*-?\d{1,3}\.\d+\)?|(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON) ?(?:Z|M|ZM)? ?\(.*|GEOMETRYCOLLECTION ?\(.*|-?\d{1,3}[°º] ?\d.*[NSEWO]?|\d{1,3}(?:\.\d+)?°? ?[NSEW]"
)
MONEY = re.compile(
    r"[-+(]?\s*(?:[$€£¥₹₽₩]|R\$|US\$|(?:USD|EUR|GBP|CHF|JPY|RUB|BRL|INR)\b)\s*-?[\d.,' ]*\d\)?"
    r"|[-+]?[\d.,' ]*\d\s*(?:[$€£¥₹₽₩]|(?:USD|EUR|GBP|CHF|JPY|RUB|BRL|INR|zł|kr|Kč)\b\.?)"
)
MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?"
DATE = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?:"
    r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?:,?[T ]\s*\d{1,2}:\d{2}.*)?"
    rf"|\d{{1,2}}[- .]{{0,2}}{MONTH}[- .]{{0,2}}\d{{2,4}}.*|{MONTH} \d{{1,2}}(?:,? \d{{2,4}}.*|,? \d{{2}}:.*)?"
    rf"|(?:0?[1-9]|1[0-2])/\d{{2}}|{MONTH}[- ]\d{{2,4}}|{MONTH}|\d{{4}}[- ]?Q[1-4]|Q[1-4][- ]?\d{{4}}|\d{{4}}-W\d{{2}}"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]m)?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)",
    re.IGNORECASE,
)
# `7e10000` is no number but a hash: an exponent follows a decimal point, or has a sign.
NUMBER = re.compile(r"[-+]?(?:\d[\d.,' ]*|\.\d+|(?:\d+\.\d*|\.\d+)[eE][-+]?\d+|\d+[eE][-+]\d+)%?")
BOOLEAN = frozenset(
    {
        "true",
        "false",
        "yes",
        "no",
        "y",
        "n",
        "t",
        "f",
        "ja",
        "nein",
        "oui",
        "non",
        "si",
        "да",
        "нет",
    }
)
CODE = re.compile(r"(?=.*\d)[\w.:#/{}()*+-]{2,40}")
CODE_AMONG_NUMBERS = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.:/-]{2,40}")
COUNTRY_CODES = frozenset(
    ["AF", "AX", "AL", "DZ", "AS", "AD", "AO", "AI", "AQ", "AG", "AR", "AM", "AW", "AU", "AT", "AZ", "BS", "BH", "BD", "BB", "BY", "BE", "BZ", "BJ", "BM", "BT", "BO", "BQ", "BA", "BW", "BV", "BR", "IO", "BN", "BG", "BF", "BI", "CV", "KH", "CM", "CA", "KY", "CF", "TD", "CL", "CN", "CX", "CC", "CO", "KM", "CG", "CD", "CK", "CR", "CI", "HR", "CU", "CW", "CY", "CZ", "DK", "DJ", "DM", "DO", "EC", "EG", "SV", "GQ", "ER", "EE", "SZ", "ET", "FK", "FO", "FJ", "FI", "FR", "GF", "PF", "TF", "GA", "GM", "GE", "DE", "GH", "GI", "GR", "GL", "GD", "GP", "GU", "GT", "GG", "GN", "GW", "GY", "HT", "HM", "VA", "HN", "HK", "HU", "IS", "IN", "ID", "IR", "IQ", "IE", "IM", "IL", "IT", "JM", "JP", "JE", "JO", "KZ", "KE", "KI", "KP", "KR", "KW", "KG", "LA", "LV", "LB", "LS", "LR", "LY", "LI", "LT", "LU", "MO", "MG", "MW", "MY", "MV", "ML", "MT", "MH", "MQ", "MR", "MU", "YT", "MX", "FM", "MD", "MC", "MN", "ME", "MS", "MA", "MZ", "MM", "NA", "NR", "NP", "NL", "NC", "NZ", "NI", "NE", "NG", "NU", "NF", "MK", "MP", "NO", "OM", "PK", "PW", "PS", "PA", "PG", "PY", "PE", "PH", "PN", "PL", "PT", "PR", "QA", "RE", "RO", "RU", "RW", "BL", "SH", "KN", "LC", "MF", "PM", "VC", "WS", "SM", "ST", "SA", "SN", "RS", "SC", "SL", "SG", "SX", "SK", "SI", "SB", "SO", "ZA", "GS", "SS", "ES", "LK", "SD", "SR", "SJ", "SE", "CH", "SY", "TW", "TJ", "TZ", "TH", "TL", "TG", "TK", "TO", "TT", "TN", "TR", "TM", "TC", "TV", "UG", "UA", "AE", "GB", "US", "UM", "UY", "UZ", "VU", "VE", "VN", "VG", "VI", "WF", "EH", "YE", "ZM", "ZW", "UK", "EU", "XK", "USA", "GBR", "DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "CHE", "AUT", "POL", "CZE", "SVK", "HUN", "ROU", "BGR", "GRC", "TUR", "RUS", "UKR", "CHN", "JPN", "KOR", "IND", "IDN", "MYS", "THA", "VNM", "PHL", "AUS", "NZL", "CAN", "MEX", "BRA", "ARG", "CHL", "COL", "PER", "VEN", "ZAF", "EGY", "NGA", "KEN", "ETH", "MAR", "DZA", "TUN", "SAU", "ARE", "IRN", "IRQ", "ISR", "JOR", "LBN", "SYR", "PAK", "BGD", "LKA", "NOR", "SWE", "DNK", "FIN", "ISL", "IRL", "PRT"]
)  # fmt: skip
COUNTRY_NAMES = frozenset(
    ["afghanistan", "albania", "algeria", "angola", "argentina", "armenia", "australia", "austria", "azerbaijan", "bangladesh", "belarus", "belgium", "bolivia", "botswana", "brazil", "bulgaria", "cambodia", "cameroon", "canada", "chad", "chile", "china", "colombia", "croatia", "cuba", "cyprus", "denmark", "ecuador", "egypt", "estonia", "ethiopia", "finland", "france", "georgia", "germany", "ghana", "greece", "guatemala", "haiti", "honduras", "hungary", "iceland", "india", "indonesia", "iran", "iraq", "ireland", "israel", "italy", "jamaica", "japan", "jordan", "kazakhstan", "kenya", "kuwait", "laos", "latvia", "lebanon", "liberia", "libya", "lithuania", "luxembourg", "madagascar", "malaysia", "mali", "malta", "mexico", "moldova", "mongolia", "morocco", "mozambique", "namibia", "nepal", "netherlands", "nicaragua", "niger", "nigeria", "norway", "oman", "pakistan", "panama", "paraguay", "peru", "philippines", "poland", "portugal", "qatar", "romania", "russia", "rwanda", "senegal", "serbia", "singapore", "slovakia", "slovenia", "somalia", "spain", "sudan", "sweden", "switzerland", "syria", "taiwan", "tanzania", "thailand", "tunisia", "turkey", "uganda", "ukraine", "uruguay", "uzbekistan", "venezuela", "vietnam", "yemen", "zambia", "zimbabwe", "deutschland", "frankreich", "italien", "spanien", "schweiz", "allemagne", "espagne", "alemania", "francia", "россия", "германия", "франция", "中国", "日本", "美国", "德国"]
) | {"united states", "united kingdom", "south korea", "north korea", "south africa", "new zealand", "saudi arabia",
     "czech republic", "united arab emirates", "costa rica", "sri lanka", "united states of america"}  # fmt: skip

FORMS: tuple[tuple[ValueKind, Callable[[str], object]], ...] = (
    ("boolean", lambda text: text.lower() in BOOLEAN),
    ("ip", IP.fullmatch),
    ("mac", MAC.fullmatch),
    ("uuid", UUID.fullmatch),
    ("coordinate", COORDINATE.fullmatch),
    ("phone", PHONE.fullmatch),
    ("number", NUMBER.fullmatch),
    ("money", MONEY.fullmatch),
    ("date", DATE.fullmatch),
    ("color", COLOR.fullmatch),
    ("mail", MAIL.fullmatch),
    ("url", URL.fullmatch),
    ("hash", HASH.fullmatch),
    ("iban", IBAN.fullmatch),
    ("country", lambda text: text in COUNTRY_CODES or text.lower() in COUNTRY_NAMES),
    ("json", lambda text: is_json(text)),  # noqa: PLW0108 - defined below
    ("account", ACCOUNT.fullmatch),
    ("path", PATH.fullmatch),
    ("domain", DOMAIN.fullmatch),
    ("code", CODE.fullmatch),
    ("text", lambda text: len(text) > MAX_NAME_LENGTH or len(text.split()) > MAX_NAME_WORDS),
    ("name", bool),
)


def kind_of(values: Sequence[str]) -> ValueKind:
    """The kind that at least 90 % of these distinct texts have; `mixed` where there is none, `empty` for none.

    Longer names with a few codes among them are names; names with a third of long texts are texts.
    """
    if not values:
        return "empty"
    counts: dict[ValueKind, int] = {}
    for value in values:
        kind = form_of(value.strip())
        counts[kind] = counts.get(kind, 0) + 1
    kind, count = max(counts.items(), key=lambda item: item[1])
    if count >= LEAST_SHARE * len(values):
        return kind
    if counts.get("text", 0) * 3 > len(values):
        return "text"
    nameable: tuple[ValueKind, ...] = (
        "name",
        "code",
        "country",
        "text",
        "number",
        "domain",
        "date",
        "path",
        "account",
        "boolean",
    )
    named_count = sum(counts.get(part, 0) for part in nameable)
    if (
        named_count >= LEAST_SHARE * len(values)
        and counts.get("name", 0) + counts.get("code", 0) > 0
    ):
        return "name" if counts.get("name", 0) >= counts.get("code", 0) else "code"
    return "mixed"


def has_codes(values: Sequence[str]) -> bool:
    """Whether those among numbers that are no numbers are codes, as `2_220kV` among the ids of bus bars."""
    others = [value for value in values if not NUMBER.fullmatch(value.strip())]
    return len(others) > 1 and all(CODE_AMONG_NUMBERS.fullmatch(value.strip()) for value in others)


def form_of(text: str) -> ValueKind:
    return next((kind for kind, is_form in FORMS if is_form(text[:400])), "empty")


def is_json(text: str) -> bool:
    if not text.startswith(("[", "{")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True

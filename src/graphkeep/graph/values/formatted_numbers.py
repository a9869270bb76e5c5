"""Numbers as people write them: `1.234,56 €`, `1,234.56`, `1'234`, `(12.50)`, `12,5 %`, one form a column."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.values.numbers import plain_numbers

UNIT = (
    r"[€$£¥₹₽₩₺₪₫฿₴₦₱%‰]|US\$|R\$|A\$|C\$|HK\$|zł|Kč|Ft|lei|kr\.?|Fr\.|"
    r"(?:CHF|EUR|USD|GBP|JPY|CNY|INR|PLN|SEK|NOK|DKK|CZK|HUF|RON|BRL|TRY|RUB|AUD|CAD|NZD|SGD|HKD|MXN|ZAR|KRW|BTC|ETH)"
)
BLANK = " \u00a0\u202f\u2009"
APOSTROPHES = "'\u2019"
DASHES = r"\-" "\u2212\u2013"  # hyphen, minus sign, en dash
GROUP_SIGNS = {"": "", ",": ",", ".": r"\.", "'": f"[{APOSTROPHES}]", " ": f"[{BLANK}]"}
BODY = re.compile(
    rf"^(?P<open>\()?[+{DASHES}]?[{BLANK}]*(?P<unit>{UNIT})?[{BLANK}]*[+{DASHES}]?(?P<body>[0-9][0-9.,{APOSTROPHES}{BLANK}]*?)"
    rf"[{BLANK}]*-?[{BLANK}]*(?P<unit_after>{UNIT})?(?P<close>\))?$"
)
GROUPS_OF_THREE = re.compile(r"^[1-9][0-9]{0,2}(?:[.,][0-9]{3})+$")
PLAIN_BODY = re.compile(r"^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$")


@dataclass(frozen=True, kw_only=True)
class NumberForm:
    """`decimal` is "." or ","; `group` one of "", ",", ".", "'", " "; `unit` a currency or a percent sign.

    `is_ambiguous`: the texts could also be read with the two signs exchanged (`1,234`).
    """

    decimal: str = "."
    group: str = ""
    unit: str = ""
    is_ambiguous: bool = False

    def describe(self) -> str:
        """What the form is, for a sentence: `decimal comma, thousands "."; all in €`."""
        parts = [f"decimal {'comma' if self.decimal == ',' else 'point'}"]
        if self.group:
            parts.append(f'thousands "{self.group}"')
        if self.unit:
            parts.append(f"all in {self.unit}")
        return ", ".join(parts)


def find_number_form(
    texts: Iterable[str], *, separator: str = "", decimal: str = ""
) -> NumberForm | None:
    """The form that fits a sample of a column; None if none does or the texts may be lists or ids.

    Args:
        texts: a sample without blanks around the texts.
        separator: that of the file, where it is known: `"2,3"` in a file with commas is a list.
        decimal: the sign that other columns of the file use, which decides what `1,234` means.
    """
    found = []
    for text in texts:
        match = BODY.match(text)
        if match is None:
            return None
        found.append(match)
    if not found:
        return None
    if any(bool(match["open"]) != bool(match["close"]) for match in found):
        return None
    units = {match["unit"] or match["unit_after"] for match in found} - {None}
    if len(units) > 1:
        return None
    unit = str(next(iter(units), "") or "")
    bodies = [match["body"] for match in found]
    form = find_signs(bodies, separator=separator, decimal=decimal, has_unit=bool(unit))
    if form is None:
        return None
    is_plain = not form.group and form.decimal == "." and not unit
    if is_plain and not any(match["open"] and "." in match["body"] for match in found):
        return None
    return NumberForm(
        decimal=form.decimal, group=form.group, unit=unit, is_ambiguous=form.is_ambiguous
    )


def find_signs(
    bodies: list[str], *, separator: str, decimal: str, has_unit: bool
) -> NumberForm | None:
    joined = "".join(bodies)
    group = next((sign for sign in ("'", " ") if re.search(GROUP_SIGNS[sign], joined)), "")
    has_comma, has_point = "," in joined, "." in joined
    if group:
        if has_comma and has_point:
            return None
        has_decimals = has_comma or has_point
        group_counts = {len(re.split(GROUP_SIGNS[group], body)) for body in bodies}
        if group == " " and not (has_decimals or has_unit or len(group_counts) > 1):
            return None  # telephone numbers
        return NumberForm(decimal="," if has_comma else ".", group=group)
    if has_comma and has_point:
        both = [body for body in bodies if "," in body and "." in body]
        if not both:
            return find_signs_apart(bodies)
        signs = {max(",", ".", key=body.rfind) for body in both}
        sign = signs.pop()
        return None if signs else NumberForm(decimal=sign, group="." if sign == "," else ",")
    if has_comma:
        return find_comma(bodies, separator=separator, decimal=decimal, has_unit=has_unit)
    if has_point:
        with_point = [body for body in bodies if "." in body]
        is_grouped = all(map(GROUPS_OF_THREE.match, with_point))
        if is_grouped and (decimal == "," or (has_unit and any(b.count(".") > 1 for b in bodies))):
            return NumberForm(decimal=",", group=".")
        return NumberForm() if all(map(PLAIN_BODY.match, bodies)) else None
    return NumberForm()


def find_signs_apart(bodies: list[str]) -> NumberForm | None:
    """Commas in some texts and points in others: `1.234` beside `12,50`, or `1,234` beside `12.50`."""
    commas = [body for body in bodies if "," in body]
    points = [body for body in bodies if "." in body]
    comma_groups = all(map(GROUPS_OF_THREE.match, commas))
    point_groups = all(map(GROUPS_OF_THREE.match, points))
    if comma_groups == point_groups:
        return None
    return (
        NumberForm(decimal=".", group=",") if comma_groups else NumberForm(decimal=",", group=".")
    )


def find_comma(
    bodies: list[str], *, separator: str, decimal: str, has_unit: bool
) -> NumberForm | None:
    with_comma = [body for body in bodies if "," in body]
    if not all(map(GROUPS_OF_THREE.match, with_comma)):
        if any(body.count(",") > 1 for body in bodies):
            return find_indian(with_comma)
        is_list = separator == "," and not has_unit and decimal != ","
        return None if is_list else NumberForm(decimal=",")
    if decimal == "," and all(body.count(",") == 1 for body in with_comma):
        return NumberForm(decimal=",")
    if not has_unit and decimal != "." and all(body.index(",") == 3 for body in with_comma):
        return None  # lists of ids: 101,102,103
    has_several = any(body.count(",") > 1 for body in with_comma)
    return NumberForm(group=",", is_ambiguous=not has_several and decimal != ".")


def find_indian(bodies: list[str]) -> NumberForm | None:
    """Lakh and crore: 1,23,456."""
    form = re.compile(r"^[1-9][0-9]?(?:,[0-9]{2})*,[0-9]{3}$")
    return NumberForm(group=",") if all(map(form.match, bodies)) else None


def formatted_numbers(texts: pa.ChunkedArray, form: NumberForm) -> pa.ChunkedArray | None:
    """int64 or float64 of texts that are all in one form; None if one is not."""
    group, decimal = GROUP_SIGNS[form.group], re.escape(form.decimal)
    three = f"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}|" if group else ""
    sign = f"[+{DASHES}]?" if form.unit else f"[{DASHES}]?"
    blank = f"[{BLANK}]*"
    unit = f"(?:{re.escape(form.unit)})?" if form.unit else ""
    body = f"(?:{three}0|[1-9][0-9]*)(?:{decimal}[0-9]+)?"
    number = f"{sign}{blank}{unit}{blank}{sign}{body}{blank}-?{blank}{unit}"
    pattern = rf"^{blank}(?:{number}|\({number}\)){blank}$"
    if not pc.all(pc.match_substring_regex(texts, pattern)).as_py():
        return None
    is_negative = pc.match_substring_regex(texts, f"[({DASHES}]")
    digits = pc.replace_substring_regex(texts, f"[^0-9{decimal}]", "")
    digits = pc.replace_substring(digits, form.decimal, ".") if form.decimal != "." else digits
    digits = trimmed_points(digits) if form.unit.endswith(".") else digits
    with_sign = pc.binary_join_element_wise("-", digits, "")
    return plain_numbers(pc.if_else(is_negative, with_sign, digits))


def trimmed_points(digits: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without the point of `kr.` or `Fr.` around the number."""
    return pc.utf8_trim(digits, ".")

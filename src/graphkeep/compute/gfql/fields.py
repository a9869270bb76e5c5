"""The fields of nodes, edges and predicates in a query, and the validator of each field."""

from graphkeep.compute.gfql.checks import (
    Checker,
    a_flag,
    a_name,
    a_step,
    a_text,
    filters,
    flag_or_none,
    name_or_none,
    one_of,
    options,
    text_or_texts,
    value_or_moment,
)

NODE_FIELDS: dict[str, Checker] = {"filter_dict": filters, "name": name_or_none}
EDGE_FIELDS: dict[str, Checker] = {
    "direction": a_name,
    "hops": a_step,
    "min_hops": a_step,
    "max_hops": a_step,
    "output_min_hops": a_step,
    "output_max_hops": a_step,
    "to_fixed_point": a_flag,
    "edge_match": filters,
    "source_node_match": filters,
    "destination_node_match": filters,
    "label_node_hops": name_or_none,
    "label_edge_hops": name_or_none,
    "label_seeds": a_flag,
    "include_zero_hop_seed": a_flag,
    "name": name_or_none,
}
COMPARED: dict[str, Checker] = {"val": value_or_moment}
PATTERN: dict[str, Checker] = {
    "pat": a_text,
    "case": a_flag,
    "flags": one_of(0, 2, None),  # re.IGNORECASE is the only flag allowed
    "na": flag_or_none,
}
BOUNDARY: dict[str, Checker] = {"pat": text_or_texts, "case": a_flag, "na": flag_or_none}
NOTHING: dict[str, Checker] = {}
PREDICATES: dict[str, dict[str, Checker]] = {
    **dict.fromkeys(("GT", "LT", "GE", "LE", "EQ", "NE"), COMPARED),
    "Between": {"lower": value_or_moment, "upper": value_or_moment, "inclusive": a_flag},
    "IsIn": {"options": options},
    "Contains": {**PATTERN, "regex": a_flag},
    "Match": PATTERN,
    "Fullmatch": PATTERN,
    "Startswith": BOUNDARY,
    "Endswith": BOUNDARY,
    "Duplicated": {"keep": one_of("first", "last", False)},
    **dict.fromkeys(
        (
            "IsNA", "NotNA", "IsNull", "NotNull", "IsNumeric", "IsAlpha", "IsDecimal", "IsDigit",
            "IsLower", "IsUpper", "IsSpace", "IsAlnum", "IsTitle", "IsMonthStart", "IsMonthEnd",
            "IsQuarterStart", "IsQuarterEnd", "IsYearStart", "IsYearEnd", "IsLeapYear",
        ),
        NOTHING,
    ),
}  # fmt: skip

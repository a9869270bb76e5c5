"""What a browser reads of a JSON answer is what the server had, digit by digit."""

import json
import math

import pytest

from graphkeep.view.json_values import browser_value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (708663653625634817, "708663653625634817"),
        (-(2**63), "-9223372036854775808"),
        (2**64 - 1, "18446744073709551615"),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**53) - 1, "-9007199254740993"),
        (7.08663653625634816e17, "708663653625634816"),
        (1e300, 1e300),
        (0.1, 0.1),
        (math.nan, None),
        (-math.inf, None),
        (True, True),
        (None, None),
        ("x", "x"),
        ([1, {"id": 2**60}], [1, {"id": "1152921504606846976"}]),
        ((2**60,), ["1152921504606846976"]),
    ],
)
def test_no_digit_is_lost(value, shown):
    assert browser_value(value) == shown
    assert type(browser_value(value)) is type(shown)


def test_what_javascript_would_round_is_text():
    text = json.dumps(browser_value({"id": 708663653625634817}))

    assert json.loads(text, parse_int=float) == {"id": "708663653625634817"}

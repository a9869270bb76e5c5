"""CSS Color 4, as Gephi, pandas and people write colours."""

import pytest

from graphkeep.view.palettes import parse_color

ORANGE = (242, 92, 5, 255)


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#f25c05", ORANGE),
        ("#F25C05FF", ORANGE),
        ("#f25c0580", (242, 92, 5, 128)),
        ("#fc0", (255, 204, 0, 255)),
        ("#fc08", (255, 204, 0, 136)),
        ("rgb(242,92,5)", ORANGE),
        ("rgba(242,92,5,1.0)", ORANGE),
        ("rgba(242, 92, 5, .5)", (242, 92, 5, 128)),
        ("rgb(242 92 5 / 50%)", (242, 92, 5, 128)),
        ("rgb(100%, 0%, 50%)", (255, 0, 128, 255)),
        ("rgba(300, -5, 0, 2)", (255, 0, 0, 255)),
        ("rgb(none 0 0)", (0, 0, 0, 255)),
        ("hsl(120,100%,25%)", (0, 128, 0, 255)),
        ("hsl(120deg 100% 25% / 0.5)", (0, 128, 0, 128)),
        ("hsla(-240, 100%, 25%, 1)", (0, 128, 0, 255)),
        ("hsl(0.5turn, 100%, 50%)", (0, 255, 255, 255)),
        ("hwb(0 20% 40%)", (153, 51, 51, 255)),
        ("hwb(90 60% 60%)", (128, 128, 128, 255)),
        ("RebeccaPurple", (102, 51, 153, 255)),
        (" red ", (255, 0, 0, 255)),
        ("transparent", (0, 0, 0, 0)),
    ],
)
def test_a_color_is_the_one_that_css_means(text, color):
    assert parse_color(text) == color


@pytest.mark.parametrize(
    "text",
    ["", "#12345", "#ggg", "rgb(1,2)", "rgb(1,2,3,4,5)", "rgb(1 2 3 4)", "rgb(1deg,2,3)", "rgb(a,b,c)",
     "hsl(50%,10%,10%)", "cmyk(1,2,3,4)", "nope", "rgb(1,2,3) x", "rgb(1,2,3 / 4)", None, 7],
)  # fmt: skip
def test_what_is_no_css_color_is_none(text):
    assert parse_color(text) is None

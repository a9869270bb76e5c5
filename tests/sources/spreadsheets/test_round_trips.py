"""Tables that are written as a workbook come back with their rows, types and digits."""

import datetime as dt

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.sources.spreadsheets.reading import only, read, workbook

WORDS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")),
    min_size=1, max_size=10,
).filter(lambda text: not text.startswith("=") and not text[0].isdigit() and text.strip() == text)  # fmt: skip
KINDS = {
    "source": WORDS.map("n{}".format),
    "target": WORDS.map("n{}".format),
    "amount": st.integers(-(10**14), 10**14),
    "share": st.floats(-1e9, 1e9).map(lambda number: round(round(number, 3) + 0.5, 3)),
    "day": st.dates(dt.date(1990, 1, 1), dt.date(2099, 1, 1)),
    "ok": st.booleans(),
}


@st.composite
def tables(draw):
    names = ["source", "target", *draw(st.lists(st.sampled_from(list(KINDS)[2:]), unique=True))]
    count = draw(st.integers(2, 8))
    return [{name: draw(KINDS[name]) for name in names} for _ in range(count)]


@settings(max_examples=40, deadline=None, derandomize=True)
@seed(15)
@given(rows=tables(), title=st.booleans(), left=st.integers(0, 2), top=st.integers(0, 2))
def test_a_table_comes_back_wherever_it_stands(rows, title, left, top):
    gap = [None] * left
    sheet = [[] for _ in range(top)]
    if title:
        sheet += [[*gap, "Payments of the year"], []]
    sheet += [[*gap, *rows[0]], *([*gap, *row.values()] for row in rows)]

    result = read(workbook({"Sheet": sheet}))

    assert only(result) == rows
    assert [repair.code for repair in result.repairs] == ["rows-above-header"] * title

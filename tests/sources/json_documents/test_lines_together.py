"""Lines of JSON that are read together give the documents, lines and repairs of lines read one by one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkeep.sources.json_documents.syntax import parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)
LINES = st.one_of(
    st.dictionaries(st.text(max_size=2), VALUES, max_size=3).map(json.dumps),
    st.sampled_from(["", "[1]", '{"a":1},{"b":2}', '{"a":1,"a":2}', '{"a":[{"x":1}', '{"y":2}]}', '{"a":1}\r', "7"]),
)  # fmt: skip


def documents_of(text, length, monkeypatch):
    monkeypatch.setattr(parse, "LINES_LENGTH", length)
    repairs = []
    try:
        documents = parse.parse_documents(text, repairs=repairs)
    except parse.UnreadableFileError as error:
        return str(error)
    return documents.values, list(documents.lines), repairs


@settings(deadline=None)
@given(st.lists(LINES, max_size=12), st.integers(1, 80))
def test_lines_read_together_are_the_lines_read_one_by_one(lines, length):
    text = "\n".join([*lines, ""])
    with pytest.MonkeyPatch.context() as monkeypatch:
        one_by_one = documents_of(text, 0, monkeypatch)
        assert documents_of(text, length, monkeypatch) == one_by_one


def test_names_are_shared_by_the_records_of_lines():
    records = parse.parse_documents('{"source":1}\n{"source":2}\n', repairs=[]).values

    assert len({id(name) for record in records for name in record}) == 1

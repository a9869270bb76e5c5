"""The options of `pandas.read_csv`: obeyed, or refused by name."""

import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.text.options import KNOWN_OPTIONS, parse_options

from .reading import read, read_texts

TABLE = "a,b\n1,x\n2,y\n"


@pytest.mark.parametrize(
    ("options", "columns", "rows"),
    [
        ({"sep": ";"}, ["a,b"], [["1,x"], ["2,y"]]),
        ({"delimiter": ","}, ["a", "b"], [["1", "x"], ["2", "y"]]),
        ({"header": None}, ["column1", "column2"], [["a", "b"], ["1", "x"], ["2", "y"]]),
        ({"header": 1}, ["1", "x"], [["2", "y"]]),
        ({"header": "infer"}, ["a", "b"], [["1", "x"], ["2", "y"]]),
        ({"header": None, "names": ["p", "q"]}, ["p", "q"], [["a", "b"], ["1", "x"], ["2", "y"]]),
        ({"names": ["p", "q"], "header": 0}, ["p", "q"], [["1", "x"], ["2", "y"]]),
        ({"skiprows": 1, "header": None}, ["column1", "column2"], [["1", "x"], ["2", "y"]]),
        ({"skiprows": [1]}, ["a", "b"], [["2", "y"]]),
        ({"skipfooter": 1}, ["a", "b"], [["1", "x"]]),
        ({"nrows": 1}, ["a", "b"], [["1", "x"]]),
        ({"nrows": 0}, ["a", "b"], []),
        ({"usecols": ["b"]}, ["b"], [["x"], ["y"]]),
        ({"usecols": [0]}, ["a"], [["1"], ["2"]]),
        ({"index_col": False, "engine": "c", "low_memory": True}, ["a", "b"], [["1", "x"], ["2", "y"]]),
    ],
)  # fmt: skip
def test_structure_is_what_the_sender_says(options, columns, rows):
    result = read_texts(TABLE, **options)

    assert (result.columns, result.rows) == (columns, rows)


@pytest.mark.parametrize(
    ("content", "options", "rows"),
    [
        ("a,b\n'x,y',z\n", {"quotechar": "'"}, [["x,y", "z"]]),
        ('a,b\n"x",z\n', {"quoting": 3}, [['"x"', "z"]]),
        ('a,b\n"x",z\n', {"quoting": "QUOTE_NONE"}, [['"x"', "z"]]),
        ('a,b\n"x\\"y",z\n', {"escapechar": "\\", "doublequote": False}, [['x"y', "z"]]),
        ("a,b\nx\\,y,z\n", {"escapechar": "\\"}, [["x,y", "z"]]),
        ("a,b\n x, z\n", {"skipinitialspace": True}, [["x", "z"]]),
        ("a,b\nx, y\nz, w\n", {"skipinitialspace": False}, [["x", " y"], ["z", " w"]]),
        ("a,b\n#no,row\nx,y #rest\n", {"comment": "#"}, [["x", "y "]]),
        ("a  b\nx \t y\n", {"sep": r"\s+"}, [["x", "y"]]),
        ("a  b\nx \t y\n", {"delim_whitespace": True}, [["x", "y"]]),
        ("a\\tb|c\nx|y\n", {"sep": r"\|"}, [["x", "y"]]),
        ("a--b\nx--y\n", {"sep": "--"}, [["x", "y"]]),
    ],
)  # fmt: skip
def test_the_dialect_is_what_the_sender_says(content, options, rows):
    assert read_texts(content, **options).rows == rows


def test_an_unknown_option_is_refused_by_its_name_with_those_that_are_known():
    with pytest.raises(UnreadableFileError) as refused:
        read(TABLE, seperator=",")

    assert refused.value.message.startswith(
        "parser_options 'seperator' is not supported. Supported are: "
    )
    assert all(name in refused.value.message for name in KNOWN_OPTIONS)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"index_col": 0}, "'index_col' is not supported"),
        ({"converters": {}, "chunksize": 3}, "'converters', 'chunksize' are not supported"),
        ({"sep": 5}, "'sep' must be text; got '5'"),
        ({"sep": "a very long one"}, "'sep' must be at most 8 characters"),
        ({"quotechar": "ab"}, "'quotechar' must be one character"),
        ({"quoting": 9}, "'quoting' must be 0"),
        ({"header": -1}, "'header' must be a line number"),
        ({"header": [0, 1]}, "'header' must be a line number"),
        ({"header": 99}, "header is 99, but there is no line 100; the file has 3 lines"),
        ({"skiprows": "x"}, "'skiprows' must be"),
        ({"skiprows": 99}, "The file has 3 lines; none is left"),
        ({"skipfooter": -2}, "'skipfooter' must be"),
        ({"names": "ab"}, "'names' must be a list"),
        ({"usecols": "ab"}, "'usecols' must be a list"),
        ({"on_bad_lines": "cry"}, "'on_bad_lines' must be"),
        ({"skipinitialspace": "yes"}, "'skipinitialspace' must be true or false"),
        ({"nrows": 1.5}, "'nrows' must be a whole number"),
        ({"encoding": 8}, "'encoding' must be text"),
    ],
)
def test_an_option_that_cannot_be_obeyed_is_refused_by_its_name(options, reason):
    with pytest.raises(UnreadableFileError) as refused:
        read(TABLE, **options)

    assert reason in refused.value.message


def test_each_known_option_has_a_place():
    checked = parse_options({"header": 0, "decimal": ",", "dtype": "str"})

    assert checked.header == 0
    assert dict(checked.values) == {"decimal": ",", "dtype": "str"}

"""Quotes astray: every row stays, and the text keeps its quote."""

import pytest

from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.split_line import Problem, split_lenient, split_strict

from .reading import read, read_texts


def test_an_opening_quote_swallows_no_rows():
    result = read_texts("a\tb\n" + '1\t"x\n' + "".join(f"{n}\ty{n}\n" for n in range(2, 40)))

    assert result.rows == [["1", '"x'], *[[str(n), f"y{n}"] for n in range(2, 40)]]
    assert result.repair("stray-quotes").lines == (2,)


def test_two_stray_quotes_that_seem_to_close_each_other_swallow_no_rows():
    result = read_texts('id,name,x\n1,"Rome,a\n2,b,c\n3,Paris",d\n4,e,f\n')

    assert result.rows == [
        ["1", '"Rome', "a"], ["2", "b", "c"], ["3", 'Paris"', "d"], ["4", "e", "f"],
    ]  # fmt: skip


def test_a_quote_that_never_closes_is_text():
    result = read_texts('id,name\n1,a\n2,"b\n3,c\n4,d')

    assert result.rows == [["1", "a"], ["2", '"b'], ["3", "c"], ["4", "d"]]


def test_marks_of_inches_are_text():
    result = read_texts('id,item,p\n1,5" pipe,2\n2,"6"" pipe",3\n3,7" pipe "long",4\n')

    assert [row[1] for row in result.rows] == ['5" pipe', '6" pipe', '7" pipe "long"']
    assert "stray-quotes" not in result.codes


def test_quotes_around_the_first_words_of_a_cell_are_text():
    result = read_texts('id\ttitle\n1\t"Rome" open\n2\tOpen "city"\n3\t"Paris"\n')

    assert [row[1] for row in result.rows] == ['"Rome" open', 'Open "city"', "Paris"]
    assert result.repair("stray-quotes").lines == (2,)


def test_cells_of_many_lines_stay_whole():
    text = "\n".join(f"line {n}" for n in range(300))

    result = read_texts(f'id,text\n1,"{text}"\n2,b\n')

    assert result.rows == [["1", text], ["2", "b"]]
    assert result.codes == []


def test_lines_with_separators_inside_a_cell_stay_whole_where_rows_would_be_uneven():
    assert read_texts('id,text\n1,"a,b\nc,d\ne"\n2,b\n').rows == [["1", "a,b\nc,d\ne"], ["2", "b"]]


def test_an_undoubled_quote_in_a_cell_of_two_lines_costs_no_row():
    result = read_texts('id,text,z\n1,"he said "hi"\nand left",1\n2,b,2\n')

    assert result.rows == [["1", 'he said "hi"\nand left', "1"], ["2", "b", "2"]]


def test_carriage_returns_inside_quotes_stay():
    assert read_texts('a,b\r\n"x\r\ny",1\r\n"u\rv",2\r\n').rows == [["x\r\ny", "1"], ["u\rv", "2"]]


def test_many_files_of_quotes_alone_are_read_without_end():
    result = read_texts("a,b\n" + '"x,"y\n' * 3000)

    assert len(result.rows) == 3000


@pytest.mark.parametrize(
    ("line", "width", "cells"),
    [
        ('a,"b,"c, d","e"', 4, ["a", '"b', "c, d", "e"]),
        ('a,""b, c"",d', 3, ["a", '"b, c"', "d"]),
        ('a,"b "c" d",e', 3, ["a", 'b "c" d', "e"]),
        ('a,b,"', 3, ["a", "b", '"']),
        ('"a,b,c', 3, ['"a', "b", "c"]),
        ('"a","b,c', 3, ["a", '"b', "c"]),
        ('"a""b",c"', 2, ['a"b', 'c"']),
    ],
)
def test_the_likeliest_cells_of_a_line(line, width, cells):
    assert split_lenient(line, Dialect(separator=","), width).cells == cells


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('a,"b,c",d', ["a", "b,c", "d"]),
        ('"a""b"', ['a"b']),
        ('a,""', ["a", ""]),
        ('"a" ,b', ["a", "b"]),
        ('5" x,b', ['5" x', "b"]),
        ('"a,b', Problem.UNCLOSED),
        ('"a"b,c', Problem.STRAY),
    ],
)
def test_cells_by_the_rules(line, cells):
    assert split_strict(line, Dialect(separator=",")) == cells


def test_the_alternative_takes_all_quotes_as_text():
    content = 'id\ttitle\n1\t"Rome" open\n3\t"Paris"\n'
    alternative = read(content).repair("stray-quotes").alternative

    assert read_texts(content, **alternative.parser_options).rows == [
        ["1", '"Rome" open'], ["3", '"Paris"'],
    ]  # fmt: skip


def test_quotes_that_never_close_are_text_in_the_whole_file_and_told():
    result = read_texts("id,name\n" + "".join(f'{n},"x{n}\n' for n in range(30)))

    assert result.rows == [[str(n), f'"x{n}'] for n in range(30)]
    told = result.repair("stray-quotes")
    assert (told.count, told.lines[:2], told.before) == (30, (2, 3), '0,"x0')
    assert told.alternative.parser_options == {"quotechar": '"'}


def test_json_in_cells_of_several_lines_whose_quotes_stand_behind_backslashes() -> None:
    details = '{\n  "q": "{\\"bar\\":\\"x, y\\"}",\n  "n": "1"\n}'
    cell = details.replace('"', '""')
    rows = "".join(f'{number},alert {number},"{cell}",Low\n' for number in range(40))

    reading = read("id,name,details,severity\n" + rows)

    assert reading.columns == ["id", "name", "details", "severity"]
    assert reading.rows == [[number, f"alert {number}", details, "Low"] for number in range(40)]
    assert reading.repairs == ()


def test_a_quote_behind_a_backslash_is_still_no_end_of_a_cell() -> None:
    rows = "".join(f'{n},"say \\"x, y\\" now",z\n' for n in range(20))

    reading = read_texts("a,b,c\n" + rows)

    assert reading.rows == [[str(n), 'say "x, y" now', "z"] for n in range(20)]


def test_a_table_of_thousands_of_lines_is_mostly_inside_cells() -> None:
    document = (
        "[\n"
        + ",\n".join(
            f'  {{"Name": "p{n}",\n "Value": "{{\\"State\\":\\"on\\"}}"}}' for n in range(60)
        )
        + "\n]"
    )
    quoted = document.replace('"', '""')
    rows = "".join(f'2024-05-0{n % 9 + 1},user{n},,"{quoted}"\n' for n in range(50))

    reading = read_texts("time,user,ip,parameters\n" + rows)

    assert reading.detected["sep"] == ","
    assert reading.rows == [[f"2024-05-0{n % 9 + 1}", f"user{n}", "", document] for n in range(50)]

"""Numbers as people of different countries write them, one form a column."""

import pyarrow as pa
import pytest

from graphkeep.graph.values.formatted_numbers import find_number_form, formatted_numbers


def read(*texts, **known):
    form = find_number_form(texts, **known)
    if form is None:
        return None
    values = formatted_numbers(pa.chunked_array([pa.array(texts)]), form)
    return None if values is None else values.to_pylist()


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1,5", "2,25", "1.000,5"], [1.5, 2.25, 1000.5]),
        (["1.234,56 €", "3,00 €"], [1234.56, 3.0]),
        (["€ 1.234,56", "€ 0,99"], [1234.56, 0.99]),
        (["1,234.56", "7.00"], [1234.56, 7.0]),
        (["$1,234.50", "-$3.00", "$0.10"], [1234.5, -3.0, 0.1]),
        (["1'234", "5"], [1234, 5]),
        (["1\u2019234.50", "5.00"], [1234.5, 5.0]),
        (["1 234,56", "-5,10"], [1234.56, -5.1]),
        (["1\u202f234,56", "2\u00a0000,00"], [1234.56, 2000.0]),
        (["1 234 567", "12 000", "5"], [1234567, 12000, 5]),
        (["12.5%", "3%"], [12.5, 3.0]),
        (["+12,5 %", "-3,0 %"], [12.5, -3.0]),
        (["(1,234.50)", "2.00"], [-1234.5, 2.0]),
        (["1.234,56-", "7,00"], [-1234.56, 7.0]),
        (["\u22125,5", "1,25"], [-5.5, 1.25]),
        (["1,23,456", "12,34,567"], [123456, 1234567]),
        (["1,234", "1,234,567"], [1234, 1234567]),
        (["1.234", "12,50"], [1234.0, 12.5]),
        (["USD 5.00", "USD 7.25"], [5.0, 7.25]),
        (["5,00 kr.", "12,00 kr."], [5.0, 12.0]),
        (["100 zł", "2 500 zł"], [100, 2500]),
        (["R$ 1.234,00", "R$ 1,50"], [1234.0, 1.5]),
    ],
)
def test_all_values_of_one_form_are_numbers(texts, values):
    assert read(*texts) == values


@pytest.mark.parametrize(
    "texts",
    [
        ["€ 5", "$ 3"],
        ["101,102", "103"],
        ["1,2,3", "4,5"],
        ["123 456", "555 123"],
        ["1.234.567", "2.345.678"],
        ["192.168.100.200", "192.168.100.201"],
        ["12,34,56"],
        ["(1)", "(2)"],
        ["+49", "+1"],
        ["1,234.56", "1.234,56"],
        ["0,5", "007"],
        ["1,5", "x"],
        ["1.5.2020", "2.5.2020"],
    ],
)
def test_ids_lists_telephones_and_addresses_stay_texts(texts):
    assert read(*texts) is None


def test_a_comma_before_three_digits_follows_what_the_file_shows():
    assert read("1,234", "12,500") == [1234, 12500]
    assert find_number_form(["1,234", "12,500"]).is_ambiguous
    assert read("1,234", "12,500", decimal=",") == [1.234, 12.5]
    assert not find_number_form(["1,234", "12,500"], decimal=",").is_ambiguous


def test_numbers_in_a_quoted_cell_of_a_file_with_commas_are_a_list():
    assert read("2,3", "1,3", separator=",") is None
    assert read("2,3", "1,3", separator=";") == [2.3, 1.3]
    assert read("2,3 €", "1,3 €", separator=",") == [2.3, 1.3]

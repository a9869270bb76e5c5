"""How names of columns say which end is which, what values are by their form, and how cells hold lists."""

import pytest

from graphkeep.graph.interpretations.lists import split_cell
from graphkeep.graph.interpretations.pair_names import bipartite_score, name_score
from graphkeep.graph.interpretations.value_kinds import form_of, kind_of


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        ("Source", "Target"), ("srcIP", "dst_ip"), ("id.orig_h", "id.resp_h"), ("sa", "da"), ("from_account", "to_account"),
        ("ParentProcessGuid", "ProcessGuid"), ("Quelle", "Ziel"), ("Отправитель", "Получатель"), ("付款人", "收款人"),
    ],
)  # fmt: skip
def test_clear_names_say_which_end_is_which(source, destination):
    assert name_score(source, destination) >= 0.9
    assert name_score(destination, source) <= name_score(source, destination) - 0.3


@pytest.mark.parametrize(
    ("source", "destination", "least", "most"),
    [
        ("src_port", "dst_port", 0.1, 0.4), ("node_1", "node_2", 0.8, 0.8), ("team1", "team2", 0.7, 0.8),
        ("user_id", "retweeted_user_id", 0.6, 0.6), ("year1", "year2", 0.0, 0.0), ("name", "city", 0.0, 0.0),
        ("age_from", "age_to", 0.1, 0.4),
    ],
)  # fmt: skip
def test_names_that_say_less_score_less(source, destination, least, most):
    assert least <= name_score(source, destination) <= most


def test_known_pairs_of_things_go_together_in_singular_and_plural():
    assert bipartite_score("user_id", "Movies") == 0.5
    assert bipartite_score("movie", "user") == 0.0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("10.0.0.1", "ip"), ("10.0.0.0/8", "ip"), ("ann@acme.com", "mail"), ("https://a.example/x", "url"),
        ("d41d8cd98f00b204e9800998ecf8427e", "hash"), ("5d0b3c9e-61f4-4a4b-9b0f-4a3c950d210f", "uuid"),
        ("C:\\Windows\\x.exe", "path"), ("/usr/bin/env", "path"), ("CORP\\ann", "account"), ("S-1-5-21-1", "account"),
        ("a.example", "domain"), ("DE02120300000000202051", "iban"), ("#ff8800", "color"), ("DE", "country"),
        ("50.03, 8.57", "coordinate"), ("1.234,50 €", "money"), ("2020-01-02", "date"), ("1/86", "date"), ("7e10000", "code"),
        ("-1.5e-3", "number"), ("yes", "boolean"), ('["a"]', "json"), ("A12", "code"), ("Ann Lee", "name"),
        ("one two three four five six seven", "text"), ("", "empty"),
    ],
)  # fmt: skip
def test_values_are_of_the_kind_that_their_form_shows(text, kind):
    assert form_of(text) == kind


def test_a_column_is_of_the_kind_of_nine_in_ten_and_names_with_codes_are_names():
    assert kind_of(["10.0.0.1"] * 9 + ["x"]) == "ip"
    assert kind_of(["10.0.0.1", "ann@acme.com"]) == "mixed"
    assert kind_of(["Ann", "Bob", "Cy", "A12"]) == "name"
    assert kind_of([]) == "empty"


@pytest.mark.parametrize(
    ("cell", "separator", "parts"),
    [
        ("a; b ;c", ";", ["a", "b", "c"]), ('["a", 2, null]', "json", ["a", "2"]), ("a  b", " ", ["a", "b"]), (";;", ";", []),
    ],
)  # fmt: skip
def test_cells_are_split_into_their_parts(cell, separator, parts):
    assert split_cell(cell, separator) == parts

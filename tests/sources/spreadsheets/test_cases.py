"""The spreadsheets that people had, as they must come out."""

import datetime as dt

from tests.sources.spreadsheets.reading import CASES, only, read, repairs, tables, types


def case(path):
    return read((CASES / path).read_bytes(), path.split("/")[1])


def test_titles_above_the_header_are_left_out_and_told():
    result = case("X01/payments.xlsx")

    assert only(result) == [
        {"Payer": "Alpha", "Payee": "Beta", "Amount": 100.5, "Date": dt.date(2026, 1, 3)},
        {"Payer": "Beta", "Payee": "Gamma", "Amount": 20.0, "Date": dt.date(2026, 1, 4)},
        {"Payer": "Gamma", "Payee": "Alpha", "Amount": 5.25, "Date": dt.date(2026, 2, 1)},
    ]
    assert repairs(result) == [("rows-above-header", 2, (1, 2))]
    assert result.repairs[0].before == "Payments 2026, Q1 (confidential)"


def test_a_workbook_of_gephi_binds_the_labels_and_weights_of_its_sheets():
    result = case("X04/network.xlsx")

    (interpretation,) = result.interpretations
    assert (interpretation.kind, interpretation.source, interpretation.destination) == (
        "edges+nodes", "Source", "Target",
    )  # fmt: skip
    assert (interpretation.node, interpretation.node_tables, interpretation.edge_tables) == (
        "Id", (0,), (1,),
    )  # fmt: skip
    assert interpretation.node_bindings == {"node_title": "Label"}
    assert interpretation.edge_bindings == {"edge_weight": "Weight"}
    assert interpretation.score >= 2
    assert [row["Label"] for row in tables(result)["Nodes"]] == ["Ann", "Bob", "Cem", "Dee"]
    assert len(tables(result)["Edges"]) == 3


def test_html_under_the_suffix_of_a_spreadsheet_is_read():
    result = case("X08/export.xls")

    assert only(result) == [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]


def test_tab_separated_text_under_the_suffix_of_a_spreadsheet_is_read():
    result = case("X09/export2.xls")

    assert only(result) == [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]
    assert result.repairs[0].code == "format-recognized"


def test_text_cells_keep_their_zeros():
    result = case("X05/accounts.xlsx")

    assert [(row["From"], row["To"], row["Amount"]) for row in only(result)] == [
        ("0012345", "0098765", "1.234,50 €"), ("0098765", "12345", "99,00 €"), ("12345", "0012345", "5,00 €"),
    ]  # fmt: skip
    assert types(result)["IBAN no"] == "int64"


def test_errors_are_empty_and_a_hidden_sheet_is_not_first():
    result = read((CASES / "X06" / "errors.xlsx").read_bytes())

    assert [named.name for named in result.tables] == ["Sheet", "hidden notes"]
    assert tables(result)["Sheet"] == [
        {"source": "a", "target": "b", "score": None},
        {"source": "b", "target": "c", "score": None},
        {"source": "c", "target": "a", "score": 3},
    ]
    assert [(repair.code, repair.count) for repair in result.repairs] == [
        ("error-cells", 1), ("hidden-sheet", 1),
    ]  # fmt: skip

"""Workbooks of Gephi and NodeXL, OpenDocument, old Excel, XML Spreadsheet 2003 and HTML."""

import io
import zipfile

import pytest
import xlwt

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.spreadsheets.excel import SPREADSHEETS
from tests.sources.spreadsheets.reading import only, read, repairs, tables, workbook


def recognized(content):
    best = max(SPREADSHEETS, key=lambda each: each.recognize(content, ""))
    return best.name if best.recognize(content, "") >= 0.9 else None


def ods(xml_rows):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="T">{xml_rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


def ods_row(*cells):
    parts = [
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        if isinstance(cell, int | float)
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    ]
    return f"<table:table-row>{''.join(parts)}</table:table-row>"


def test_an_ods_is_recognized_and_read():
    content = ods(ods_row("from", "to", "n") + ods_row("a", "b", 1) + ods_row("b", "c", 2.5))

    assert recognized(content) == "ods"
    assert only(read(content)) == [
        {"from": "a", "to": "b", "n": 1.0},
        {"from": "b", "to": "c", "n": 2.5},
    ]


def test_an_old_xls_is_recognized_and_read():
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for number, row in enumerate([["Report"], ["from", "to", "n"], ["a", "b", 1], ["b", "c", 2]]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    content = io.BytesIO()
    book.save(content)

    assert recognized(content.getvalue()) == "xls"
    result = read(content.getvalue())
    assert only(result) == [{"from": "a", "to": "b", "n": 1}, {"from": "b", "to": "c", "n": 2}]
    assert repairs(result) == [("rows-above-header", 1, (1,))]


def test_an_xlsx_is_recognized_without_its_name_and_other_zips_are_not():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("edges.csv", "a,b\n")

    assert recognized(workbook({"S": [["a", "b"]]})) == "xlsx"
    assert recognized(other.getvalue()) is None


NODEXL_EDGES = [
    [None, None, "Visual Properties", None, None, None, "Labels"],
    ["Vertex 1", "Vertex 2", "Color", "Width", "Style", "Opacity", "Label"],
    ["ann", "bob", "255, 0, 0", 2, None, 50, "knows"],
    ["bob", "cem", "Dark Blue", 1, None, 100, "likes"],
]
NODEXL_VERTICES = [
    [None, "Visual Properties", None, None, None, "Labels", "Layout", None],
    ["Vertex", "Color", "Shape", "Size", "Opacity", "Label", "X", "Y"],
    ["ann", "Red", "Disk", 10, 100, "Ann", 100, 200],
    ["bob", "0, 128, 0", "Disk", 5, 50, "Bob", 300, 50.5],
    ["dee", None, None, None, None, "Dee", 10, 10],
]


def test_nodexl_has_its_names_in_the_second_row_and_binds_what_it_draws():
    result = read(
        workbook(
            {
                "Edges": NODEXL_EDGES,
                "Vertices": NODEXL_VERTICES,
                "Misc": [["Note", "Value"], ["x", 1]],
            }
        )
    )

    (interpretation,) = result.interpretations
    assert (interpretation.source, interpretation.destination, interpretation.node) == (
        "Vertex 1", "Vertex 2", "Vertex",
    )  # fmt: skip
    assert (interpretation.edge_tables, interpretation.node_tables) == ((0,), (1,))
    assert interpretation.node_bindings == {
        "node_title": "Label", "node_size": "Size", "node_x": "X", "node_y": "Y", "node_color": "Color_css",
        "node_opacity": "Opacity_share",
    }  # fmt: skip
    assert interpretation.edge_bindings == {
        "edge_title": "Label", "edge_weight": "Width", "edge_color": "Color_css",
        "edge_opacity": "Opacity_share",
    }  # fmt: skip
    assert [row["Color_css"] for row in tables(result)["Edges"]] == ["#ff0000", "DarkBlue"]
    assert [row["Color_css"] for row in tables(result)["Vertices"]] == ["Red", "#008000", None]
    assert [row["Opacity_share"] for row in tables(result)["Vertices"]] == [1.0, 0.5, None]


def test_a_workbook_of_gephi_binds_what_its_columns_name():
    nodes = [
        ["Id", "Label", "Size", "X", "Y", "Color"],
        [1, "Ann", 3, 0, 1, "#ff0000"],
        [2, "Bob", 4, 5, 6, "#00ff00"],
    ]
    edges = [
        ["Source", "Target", "Type", "Id", "Label", "Weight"],
        [1, 2, "Directed", 0, "knows", 2.5],
    ]

    (interpretation,) = read(workbook({"Edges": edges, "Nodes": nodes})).interpretations

    assert interpretation.node_bindings == {
        "node_title": "Label", "node_size": "Size", "node_x": "X", "node_y": "Y", "node_color": "Color",
    }  # fmt: skip
    assert interpretation.edge_bindings == {"edge_title": "Label", "edge_weight": "Weight"}
    assert (interpretation.edge_tables, interpretation.node_tables, interpretation.node) == (
        (0,),
        (1,),
        "Id",
    )


def test_a_sheet_whose_ids_no_edge_names_is_not_the_nodes():
    sheets = {
        "E": [["Source", "Target"], ["a", "b"], ["b", "c"]],
        "P": [["Id", "Price"], ["x1", 3], ["x2", 4]],
    }

    assert read(workbook(sheets)).interpretations == ()


XML_SPREADSHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Flows"><Table>
<Row><Cell><Data ss:Type="String">from</Data></Cell><Cell><Data ss:Type="String">to</Data></Cell>
<Cell><Data ss:Type="String">n</Data></Cell><Cell><Data ss:Type="String">at</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">a</Data></Cell><Cell><Data ss:Type="String">0012</Data></Cell>
<Cell><Data ss:Type="Number">3</Data></Cell><Cell><Data ss:Type="DateTime">2026-01-02T03:04:05.000</Data></Cell></Row>
<Row ss:Index="5"><Cell><Data ss:Type="String">b</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">4</Data>
</Cell></Row></Table></Worksheet></Workbook>"""


def test_an_xml_spreadsheet_is_recognized_and_read():
    assert recognized(XML_SPREADSHEET.encode()) == "xls"
    result = read(XML_SPREADSHEET)
    assert [named.name for named in result.tables] == ["Flows"]
    first, second = only(result)
    assert (first["from"], first["to"], first["n"], first["at"].isoformat()) == (
        "a", "0012", 3, "2026-01-02T03:04:05",
    )  # fmt: skip
    assert second == {"from": "b", "to": None, "n": 4, "at": None}


def test_html_tables_are_read_with_spans_entities_and_breaks():
    page = (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><style>td {}</style></head><body><p>Report</p>"
        "<table><tr><th colspan=2>People</th><th>n</th></tr><tr><th>from</th><th>to</th><th>n</th></tr>"
        "<tr><td rowspan=2>M&uuml;ller<td>a&amp;b</td><td>0012</td></tr><tr><td>c<br>d</td><td>7</td></tr></table>"
    )

    result = read(page, "x.xls")

    assert only(result) == [
        {"People from": "Müller", "People to": "a&b", "n": "0012"},
        {"People from": "Müller", "People to": "c\nd", "n": "7"},
    ]


def test_numbers_of_html_tables_are_numbers_by_the_rules_of_texts():
    result = read("<table><tr><th>a<th>b<tr><td>x<td>1<tr><td>y<td>25</table>", "x.xls")

    assert only(result) == [{"a": "x", "b": 1}, {"a": "y", "b": 25}]


def test_several_tables_of_a_page_are_several_tables():
    page = "<table><tr><td>a<td>b<tr><td>x<td>y</table><table><tr><td>c<td>d<tr><td>p<td>q</table>"

    assert [named.name for named in read(page, "x.xls").tables] == ["table 1", "table 2"]


def test_a_page_in_an_old_encoding_is_readable():
    page = "<html><meta charset=windows-1251><table><tr><td>Источник<td>Цель<tr><td>Аня<td>Борис</table>"

    assert only(read(page.encode("cp1251"), "x.xls")) == [{"Источник": "Аня", "Цель": "Борис"}]


def test_a_page_without_a_table_is_refused_with_what_it_may_be():
    with pytest.raises(UnreadableFileError, match="HTML page without a table; perhaps a sign-in"):
        read("<!doctype html><html><body>Please sign in</body></html>", "export.xls")


def test_a_web_archive_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match=r"web archive \(MHTML\)"):
        read("MIME-Version: 1.0\nContent-Type: multipart/related\n", "export.xls")


def test_text_under_the_suffix_of_a_workbook_is_read_as_text():
    result = read("from;to\na;b\n", "report.xlsx")

    assert only(result) == [{"from": "a", "to": "b"}]
    assert result.repairs[0].code == "format-recognized"


def test_hostile_spans_and_nesting_are_bounded():
    wide = "<table><tr><td colspan=999999999>x</td></tr><tr><td>a</td><td>b</td></tr></table>"
    deep = "<table><tr><td>" * 300

    assert len(only(read(wide, "x.xls"))) <= 2
    with pytest.raises(UnreadableFileError, match="nests more than 200 tables"):
        read(deep, "x.xls")


def test_entities_of_an_xml_spreadsheet_are_refused():
    bomb = XML_SPREADSHEET.replace(
        '<?mso-application progid="Excel.Sheet"?>', '<!DOCTYPE Workbook [<!ENTITY a "aaaa">]>'
    )

    with pytest.raises(UnreadableFileError, match="entities of its own"):
        read(bomb, "x.xls")

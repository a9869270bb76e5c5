"""Where tables begin and end: preambles, comments, headers or none, footers, several tables in one file."""

import pytest

from .reading import read, read_texts, rows_of


def test_the_separator_that_the_first_line_names_is_used_and_the_line_is_no_row():
    result = read_texts("sep=;\r\na;b\r\n1,5;x\r\n")

    assert (result.columns, result.rows) == (["a", "b"], [["1,5", "x"]])
    assert result.detected["header"] == 2


PREAMBLES = {
    "account lines above a gap": (
        "Account Number: 123\nDate Range: 1/1/2026 - 2/1/2026\n\nDate,Description,Amount\n"
        '01/02/2026,"Coffee, black",-3.50\n01/03/2026,Rent,-800\n',
        ["Date", "Description", "Amount"],
        [["01/02/2026", "Coffee, black", "-3.50"], ["01/03/2026", "Rent", "-800"]],
        (1, 2),
    ),
    "a title over all columns": (
        "Payments 2026,,\n,,\nPayer,Payee,Amount\nAnn,Bob,10\nBob,Cem,20\n",
        ["Payer", "Payee", "Amount"],
        [["Ann", "Bob", "10"], ["Bob", "Cem", "20"]],
        (1,),
    ),
    "two blocks with a comma at each end": (
        '"Data Source","Indicators",\n\n"Last Updated","2026-01-01",\n\n"Country","Code","Pop","2019",\n'
        '"Aruba","ABW","x","100",\n"Angola","AGO","y","200",\n',
        ["Country", "Code", "Pop", "2019"],
        [["Aruba", "ABW", "x", "100"], ["Angola", "AGO", "y", "200"]],
        (1, 3),
    ),
    "one line and a gap": (
        "Category: All\n\nWeek,foo: (US)\n2026-01-04,10\n2026-01-11,20\n",
        ["Week", "foo: (US)"],
        [["2026-01-04", "10"], ["2026-01-11", "20"]],
        (1,),
    ),
}


@pytest.mark.parametrize("name", PREAMBLES)
def test_what_stands_above_a_table_is_left_out_and_told(name):
    content, columns, rows, lines = PREAMBLES[name]

    result = read_texts(content)

    assert (result.columns, result.rows) == (columns, rows)
    assert result.repair("preamble-skipped").lines == lines
    assert result.repair("preamble-skipped").before == content.split("\n")[0]


def test_the_fields_of_a_web_log_name_its_columns():
    result = read_texts(
        "#Software: IIS\n#Version: 1.0\n#Fields: date c-ip cs-method\n2026-01-01 10.0.0.1 GET\n2026-01-02 10.0.0.2 PUT\n"
    )

    assert result.columns == ["date", "c-ip", "cs-method"]
    assert result.rows == [["2026-01-01", "10.0.0.1", "GET"], ["2026-01-02", "10.0.0.2", "PUT"]]
    assert result.repair("comments-skipped").lines == (1, 2)


def test_comments_that_describe_a_network_are_no_header():
    result = read("% sym unweighted\n% 4 4 4\n1 2 \n1 3 \n2 3 \n")

    assert result.columns == ["column1", "column2"]
    assert result.rows == [[1, 2], [1, 3], [2, 3]]
    assert result.codes == ["comments-skipped", "header-missing"]


def test_comments_between_and_below_rows_are_left_out_with_their_lines():
    result = read("# made by x\na,b\n1,2\n# half\n3,4\n# 2 rows\n")

    assert result.rows == [[1, 2], [3, 4]]
    assert [repair.lines for repair in result.repairs] == [(1,), (4, 6)]


def test_a_hash_in_a_value_is_no_comment():
    assert read_texts("tag,n\n#one,1\n#two,2\n").rows == [["#one", "1"], ["#two", "2"]]


HEADERLESS = {
    "names that come again": "Ann,Bob\nBob,Cem\nCem,Ann\n",
    "mail addresses": "ann@x.org,bob@x.org\nbob@x.org,cem@x.org\n",
    "hosts": "10.0.0.1,10.0.0.2\n10.0.0.3,10.0.0.4\n",
    "numbers": "1,2\n2,3\n3,4\n",
    "one row of numbers": "1,2\n",
    "codes of one form": "AB12,CD34\nEF56,GH78\nIJ90,KL12\n",
    "a time in the first row": "2026-01-01 10:00:00,login\n2026-01-02 11:00:00,logout\n",
}


@pytest.mark.parametrize("name", HEADERLESS)
def test_a_first_row_like_the_others_is_a_row(name):
    lines = HEADERLESS[name].splitlines()

    result = read_texts(HEADERLESS[name])

    assert result.rows == [line.split(",") for line in lines]
    missing = result.repair("header-missing")
    assert missing.lines == (1,)
    assert missing.alternative.parser_options == {"header": 0}


HEADERS = {
    "texts over numbers": "place,n\nx,1\ny,2\n",
    "texts alone": "from,to\nann,bob\ncem,dan\n",
    "years": "country,2019,2020\nA,1,2\nB,3,4\n",
    "letters": "a,b,c\nx,y,z\n",
    "quoted": '"source","target"\n"a","b"\n"c","d"\n',
    "a header alone": "a,b\n",
    "empty columns": "id,name,note\n1,,\n2,,\n",
    "names of codes": "gene,protein\nTP53,P04637\nEGFR,P00533\n",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_first_row_that_names_columns_is_the_header(name):
    lines = HEADERS[name].replace('"', "").splitlines()

    result = read_texts(HEADERS[name])

    assert result.columns == lines[0].split(",")
    assert result.rows == [line.split(",") for line in lines[1:]]
    assert "header-missing" not in result.codes


def test_the_alternative_of_a_missing_header_reads_one():
    content = "Ann,Bob\nBob,Cem\nCem,Ann\n"
    alternative = read(content).repair("header-missing").alternative

    assert read(content, **alternative.parser_options).columns == ["Ann", "Bob"]


def test_a_sum_below_the_rows_is_left_out_and_told():
    result = read("src,dst,w\na,b,1\nb,c,2\nTotal,,3\n")

    assert result.rows == [["a", "b", 1], ["b", "c", 2]]
    assert result.repair("footer-skipped").before == "Total,,3"
    assert result.repair("footer-skipped").lines == (4,)


def test_a_cut_last_row_is_no_footer():
    result = read("src,dst,w\na,b,1\nb,c,2\nc,d")

    assert result.rows == [["a", "b", 1], ["b", "c", 2], ["c", "d", None]]
    assert result.codes == ["ragged-rows"]


def test_two_tables_between_blank_lines_are_two_tables():
    result = read("id,name\n1,Ann\n2,Bob\n3,Cem\n\nsource,target,weight\n1,2,0.5\n2,3,1.5\n1,3,2\n")

    assert [table.name for table in result.tables] == ["table", "table 2"]
    assert rows_of(result.tables[0]) == [[1, "Ann"], [2, "Bob"], [3, "Cem"]]
    assert rows_of(result.tables[1]) == [[1, 2, 0.5], [2, 3, 1.5], [1, 3, 2.0]]
    assert result.tables[1].table.column_names == ["source", "target", "weight"]
    assert result.tables[1].detected["header"] == 6


def test_tables_below_titles_have_their_names():
    result = read(
        "Nodes\nid,name,age\n1,Ann,3\n2,Bob,4\n3,Cem,5\n\nEdges\nsource,target\n1,2\n2,3\n1,3\n"
    )

    assert [table.name for table in result.tables] == ["Nodes", "Edges"]
    assert rows_of(result.tables[1]) == [[1, 2], [2, 3], [1, 3]]


def test_two_tables_of_one_width_are_told_apart_by_their_types():
    result = read("id,name\n1,Ann\n2,Bob\n3,Cem\n\nsource,target\n1,2\n2,3\n1,3\n")

    assert [table.table.column_names for table in result.tables] == [
        ["id", "name"],
        ["source", "target"],
    ]


def test_a_blank_line_inside_a_table_does_not_end_it():
    assert read("a,b\n1,2\n\n3,4\n\n\n5,6\n").rows == [[1, 2], [3, 4], [5, 6]]


DRAWN = {
    "psql": " id | name  \n----+-------\n  1 | ann\n  2 | bob\n(2 rows)\n\n",
    "mysql": "+----+------+\n| id | name |\n+----+------+\n|  1 | ann  |\n|  2 | bob  |\n+----+------+\n2 rows in set (0.00 sec)\n",
    "markdown": "| id | name |\n|---|:---|\n| 1 | ann |\n| 2 | bob |\n",
}


@pytest.mark.parametrize("name", DRAWN)
def test_tables_that_are_drawn_with_characters_lose_their_rulers(name):
    result = read(DRAWN[name])

    assert (result.columns, result.rows) == (["id", "name"], [[1, "ann"], [2, "bob"]])


def test_rows_of_separators_alone_are_rows():
    assert read("a,b\n1,2\n,\n,\n").rows == [[1, 2], [None, None], [None, None]]


def test_names_over_true_and_false_are_a_header():
    result = read("_,a,b\nfalse,false,true\n,,\n,,false\n")

    assert result.tables[0].table.column_names == ["_", "a", "b"]


def test_what_is_told_of_a_file_longer_than_its_sample_has_the_right_lines():
    rows = "".join(f"{n},{n + 1},x{n}\n" for n in range(120_000))

    result = read("a,b,c\n" + rows + "Summary\nflows\n")

    assert len(result.rows) == 120_000
    footer = result.repair("footer-skipped")
    assert (footer.count, footer.lines, footer.before) == (2, (120_002, 120_003), "Summary")


def test_a_short_table_below_more_lines_of_settings_is_found():
    settings = (
        "Umsatzanzeige;Datei erstellt am: 01.05.2024\n\nIBAN;DE12 3456\nKontoname;Girokonto\nBank;ING\nKunde;Max\n"
        "Zeitraum;01.01.2024 - 01.05.2024\nSaldo;1.234,56;EUR\n\nSortierung;Datum\n\nAlle Umsätze.\n\n"
    )
    header = "Buchung;Valuta;Empfänger;Text;Zweck;Saldo;Währung;Betrag;Währung\n"
    rows = [f"{day}.04.2024;{day}.04.2024;Firma {day};Gehalt;Mai;1,00;EUR;{day},00;EUR" for day in range(10, 90)]  # fmt: skip

    for count in (3, 80):
        result = read_texts(settings + header + "\n".join(rows[:count]) + "\n")

        assert result.columns == [*header.strip().split(";")[:-1], "Währung_2"]
        assert result.rows == [row.split(";") for row in rows[:count]]
        assert result.repair("preamble-skipped").lines == (1, 3, 4, 5, 6, 7, 8, 10, 12)


def test_a_second_table_of_two_rows_is_a_table_where_its_header_is_clear():
    result = read(
        "Nodes\nid,name\n1,Ann\n2,Bob\n3,Cy\n\nEdges\nsource,target,weight\n1,2,5\n2,3,6\n"
    )

    assert [(each.name, each.table.to_pylist()) for each in result.tables] == [
        ("Nodes", [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}, {"id": 3, "name": "Cy"}]),
        (
            "Edges",
            [{"source": 1, "target": 2, "weight": 5}, {"source": 2, "target": 3, "weight": 6}],
        ),
    ]


def test_the_mark_that_dos_programs_end_a_file_with_is_no_row():
    result = read_texts(
        '36,"AERO",-0- ,"CUBA"\n173,"ANGLO",-0- ,"CUBA"\n306,"BANCO",x,"CUBA"\n\x1a'
    )

    assert [row[0] for row in result.rows] == ["36", "173", "306"]
    assert result.repair("footer-skipped").lines == (4,)


def test_narrow_rows_above_wider_ones_are_rows_where_their_cells_come_back():
    lines = [
        f"n{i} " + " ".join(f"n{(i * k + 1) % 40}" for k in range(1, 2 + i % 4)) for i in range(40)
    ]

    result = read_texts("\n".join(lines) + "\n")

    assert [[cell for cell in row if cell] for row in result.rows] == [
        line.split() for line in lines
    ]
    assert "preamble-skipped" not in {repair.code for repair in result.repairs}


@pytest.mark.parametrize(
    "names",
    [
        ["Отправитель", "Получатель"],
        ["送信者", "受信者"],
        ["Nadawca", "Odbiorca"],
        ["payer", "payee"],
    ],
)
def test_known_names_of_ends_are_a_header_above_names(names):
    result = read_texts(f"{','.join(names)}\nAnn,Bob\nBob,Cem\nCem,Ann\n")

    assert (result.columns, result.rows) == (
        names,
        [["Ann", "Bob"], ["Bob", "Cem"], ["Cem", "Ann"]],
    )


def test_times_with_names_of_zones_tell_a_header():
    result = read_texts("p,q,when\nx,y,2024-05-01 10:00:00 CEST\ny,z,2024-05-01T08:00:00Z\n")

    assert result.columns == ["p", "q", "when"]


def test_ids_of_neo4js_importer_are_told_apart_by_their_space():
    people = read("personId:ID(Person),name,:LABEL\n1,Keanu,Person\n2,Carrie,Person\n")
    roles = read(":START_ID(Person),role,:END_ID(Movie)\n1,Neo,1\n2,Trinity,1\n,Nobody,2\n")

    assert people.columns == [":ID", "name", ":LABEL"]
    assert [row[0] for row in people.rows] == ["Person:1", "Person:2"]
    assert roles.columns == [":START_ID", "role", ":END_ID"]
    assert roles.rows == [
        ["Person:1", "Neo", "Movie:1"], ["Person:2", "Trinity", "Movie:1"], [None, "Nobody", "Movie:2"],
    ]  # fmt: skip
    space = people.repair("id-space")
    assert (space.column, space.count, space.before, space.after) == (":ID", 2, "1", "Person:1")


def test_a_text_above_values_that_come_again_and_again_names_them():
    rows = "".join(
        f'"w{chr(97 + n % 26)}{"x" * (n // 3)}","{("good", "bad")[n % 2]}"\n' for n in range(30)
    )

    assert read('"term","mood"\n' + rows).columns == ["term", "mood"]
    assert read('"wow","bad"\n' + rows).columns == ["column1", "column2"]


def test_rows_without_their_last_cells_are_no_other_table() -> None:
    filled = "".join(f"G:{n}\tgene {n}\tGene\tTaxon:1\n" for n in range(30))
    short = "".join(f"D:{n}\tdrug {n}\tDrug\n" for n in range(60))

    reading = read("id\tname\tcategory\ttaxon\n" + filled + short)

    assert reading.columns == ["id", "name", "category", "taxon"]
    assert reading.rows == [
        *([f"G:{n}", f"gene {n}", "Gene", "Taxon:1"] for n in range(30)),
        *([f"D:{n}", f"drug {n}", "Drug", None] for n in range(60)),
    ]

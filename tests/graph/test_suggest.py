"""Which reading of an unknown table comes first."""

import pyarrow as pa
import pytest

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.suggest import suggest_interpretations
from graphkeep.graph.interpretations.value_kinds import kind_of


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        ("src", "dst"),
        ("source", "target"),
        ("src_ip", "dst_ip"),
        ("From", "To"),
        ("sourceHost", "destHost"),
    ],
)
def test_telling_names_are_taken_in_their_direction(source: str, destination: str) -> None:
    table = pa.table({"bytes": [1.5, 2.5], destination: ["b", "c"], source: ["a", "b"]})
    best = suggest_interpretations([table])[0]

    assert (best.kind, best.source, best.destination) == ("edges", source, destination)


def test_columns_of_the_same_things_are_joined_whatever_their_names() -> None:
    people = [f"p{i}" for i in range(20)]
    table = pa.table({"amount": [0.5] * 20, "payed by": people, "for": people[::-1]})
    best = suggest_interpretations([table])[0]

    assert {best.source, best.destination} == {"payed by", "for"}


def test_a_second_table_of_nodes_is_used() -> None:
    edges = pa.table({"source": ["a", "b"], "target": ["b", "c"]})
    nodes = pa.table({"id": ["a", "b", "c"], "kind": ["x", "y", "x"]})
    best = suggest_interpretations([edges, nodes])[0]

    assert (best.kind, best.node, best.edge_table, best.node_table) == ("edges+nodes", "id", 0, 1)


def test_a_log_offers_a_hypergraph() -> None:
    log = pa.table(
        {
            "user": ["a", "b", "a", "c"],
            "host": ["h1", "h2", "h2", "h1"],
            "score": [0.1, 0.2, 0.3, 0.4],
        }
    )
    hypers = [one for one in suggest_interpretations([log]) if one.kind == "hypergraph"]

    assert hypers[0].columns == ("user", "host")


def test_nothing_is_offered_where_nothing_fits() -> None:
    assert suggest_interpretations([pa.table({"x": [1.5, 2.5]})]) == ()
    assert suggest_interpretations([]) == ()


def first_reading_of(columns: dict[str, list[object]]) -> TableInterpretation:
    return suggest_interpretations([pa.table(columns)])[0]


def test_two_columns_of_one_name_are_the_ends_of_edges() -> None:
    best = first_reading_of(
        {
            "Person.id": [933, 933, 4139],
            "Person.id_2": [4139, 6597069777240, 10995116284808],
            "creationDate": ["2010-03-13", "2010-09-20", "2011-01-02"],
        }
    )

    assert (best.kind, best.source, best.destination) == ("edges", "Person.id", "Person.id_2")


def test_times_of_day_are_no_nodes() -> None:
    readings = suggest_interpretations(
        [
            pa.table(
                {
                    "trip_id": ["T1", "T1", "T2", "T2"],
                    "arrival_time": ["08:00:00", "08:05:00", "25:10:00", "25:20:00"],
                    "stop_id": ["001", "002", "002", "003"],
                }
            )
        ]
    )

    assert (readings[0].source, readings[0].destination) == ("trip_id", "stop_id")
    assert all("arrival_time" not in (each.node, *each.columns) for each in readings)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("08:05:00", "date"),
        ("::1", "ip"),
        ("fe80::1%eth0", "ip"),
        ("2001:db8:0:0:0:0:2:1", "ip"),
        ("::ffff:10.0.0.1", "ip"),
        ("10.0.0.1:443", "ip"),
        ("00:11:22:33:44:55", "mac"),
    ],
)
def test_addresses_are_told_from_times_and_from_each_other(text: str, kind: str) -> None:
    assert kind_of([text]) == kind


def test_first_and_last_names_are_no_list() -> None:
    readings = suggest_interpretations(
        [
            pa.table(
                {
                    "First Name": ["Ann", "Bob", "Cy"],
                    "Manager's Name": ["Bob Ray", None, "Bob Ray"],
                    "E-mail Address": ["ann@acme.com", "bob@acme.com", "cy@initech.com"],
                }
            )
        ]
    )

    assert "lists" not in {each.kind for each in readings}


def test_the_type_of_an_end_is_not_the_type_of_an_edge() -> None:
    best = first_reading_of(
        {
            "source ID": ["G0018", "G0018", "S0043"],
            "source type": ["group", "group", "software"],
            "mapping type": ["uses", "uses", "detects"],
            "target ID": ["T1087.001", "S0043", "T1087.001"],
            "target type": ["technique", "software", "technique"],
        }
    )

    assert best.edge_bindings == {"edge_title": "mapping type", "edge_label": "mapping type"}


def test_a_name_and_not_the_job_title_names_employees() -> None:
    best = first_reading_of(
        {
            "Employee ID": [1, 2, 3, 4],
            "Name": ["Ann Lee", "Bob Ray", "Cy Dee", "Di Fox"],
            "Title": ["CEO", "CTO", "Dev", "Dev"],
            "Manager ID": [None, 1, 2, 2],
        }
    )

    assert (best.source, best.destination) == ("Manager ID", "Employee ID")
    assert best.node_bindings == {"node_title": "Name"}


def test_labels_of_neo4j_do_not_name_nodes() -> None:
    best = first_reading_of(
        {
            "movieId:ID": ["tt1", "tt2", "tt3"],
            "title": ["The Matrix", "Reloaded", "Revolutions"],
            ":LABEL": ["Movie", "Movie;Sequel", "Movie;Sequel"],
        }
    )

    assert (best.kind, best.node, best.node_bindings) == (
        "nodes",
        "movieId:ID",
        {"node_title": "title"},
    )


@pytest.mark.parametrize(
    ("source", "destination"),
    [("Konto", "Gegenkonto"), ("Sollkonto", "Habenkonto"), ("Auftragskonto", "Kontonummer/IBAN")],
)
def test_own_accounts_pay_to_others(source: str, destination: str) -> None:
    best = first_reading_of(
        {source: [1000, 1200, 1000], destination: [8400, 1000, 4930], "Betrag": [12.5, 7.0, 3.25]}
    )

    assert (best.kind, best.source, best.destination) == ("edges", source, destination)


def test_how_well_a_hit_fits_a_search_is_no_weight() -> None:
    best = first_reading_of(
        {"_score": [1, 1], "src": ["a", "b"], "dst": ["b", "c"], "bytes": [100, 200]}
    )

    assert best.edge_bindings["edge_weight"] == "bytes"


@pytest.mark.parametrize(
    "columns",
    [
        {"column1": [582, 168, 168, 2], "column2": [364, 472, 912, 790], "column3": [0, 1, 2, 4]},
        {
            "column1": [6, 6, 1, 4],
            "column2": [2, 5, 15, 3],
            "column3": [4, 2, 1, 7],
            "column4": [1289241911.7, 1289241941.5, 1289243140.4, 1289245277.4],
        },
    ],
)
def test_the_first_two_columns_without_names_are_the_ends(columns: dict[str, list[object]]) -> None:
    best = first_reading_of(columns)

    assert (best.kind, best.source, best.destination) == ("edges", "column1", "column2")


def test_numbers_of_rows_are_no_weight() -> None:
    best = first_reading_of(
        {"Unnamed: 0": [0, 1, 2], "source": ["a", "b", "c"], "target": ["b", "c", "a"]}
    )

    assert best.edge_bindings == {}


def test_accounts_that_name_their_parent_are_a_tree() -> None:
    best = first_reading_of(
        {
            "ID": ["0015AAA", "0015BBB", "0015CCC"],
            "NAME": ["Acme", "Acme DE", "Acme US"],
            "PARENTID": [None, "0015AAA", "0015AAA"],
        }
    )

    assert (best.source, best.destination) == ("PARENTID", "ID")
    assert best.node_bindings == {"node_title": "NAME"}


def test_numbers_under_an_id_of_neo4j_name_the_nodes() -> None:
    best = first_reading_of({":ID(Person)": [7, 2], "name": ["Keanu", "Carrie"]})

    assert (best.kind, best.node, best.node_bindings) == (
        "nodes",
        ":ID(Person)",
        {"node_title": "name"},
    )


@pytest.mark.parametrize(
    "values", [["Directed"] * 3, ["Undirected", "Directed", "Directed"], ["knows"] * 3]
)
def test_a_type_that_tells_no_edges_apart_is_no_title(values: list[str]) -> None:
    best = first_reading_of({"Source": ["a", "b", "c"], "Target": ["b", "c", "a"], "Type": values})

    assert best.edge_bindings == {}


def test_a_code_in_the_first_column_is_the_key_and_the_title_beside_it_the_name() -> None:
    best = first_reading_of(
        {
            "tconst": ["tt1", "tt2", "tt3", "tt4"],
            "title": ["Rome", "Paris", "Bonn", "Oslo"],
            "director": ["nm1", "nm2", "nm1", "nm3"],
        }
    )

    assert (best.kind, best.node, best.node_bindings) == (
        "nodes",
        "tconst",
        {"node_title": "title"},
    )


def test_the_status_of_a_row_takes_no_part_in_its_event() -> None:
    best = first_reading_of(
        {
            "id": [1, 2, 3],
            "dateadded": ["2026-09-01", "2026-09-02", "2026-09-03"],
            "url": ["http://a.example/x", "http://b.example/y", "http://a.example/z"],
            "url_status": ["online", "offline", "online"],
            "tag": ["elf", "exe", "elf"],
            "reporter": ["ann", "bob", "bob"],
        }
    )

    assert (best.kind, best.columns) == ("hypergraph", ("url", "tag", "reporter"))


def test_the_year_of_a_node_is_not_the_time_of_edges_in_the_same_table() -> None:
    best = first_reading_of(
        {
            "_id": [1, 2, None],
            "name": ["Ann", "Bob", None],
            "born": [1964, 1971, None],
            "_start": [None, None, 1],
            "_end": [None, None, 2],
            "since": [None, None, "2009-01-02"],
        }
    )

    assert (best.kind, best.node, best.time) == ("edges+nodes", "_id", "since")


def test_columns_without_names_that_hold_precise_degrees_are_a_map() -> None:
    columns = {
        "column1": [1, 2, 3, 340],
        "column2": ["Goroka", "Madang", "Hagen", "Frankfurt"],
        "column3": [-6.081689, -5.207079, -5.826789, 50.033333],
        "column4": [145.391998, 145.789001, 144.296005, 8.570556],
        "column5": [5282, 20, 5388, 364],
    }

    best = first_reading_of(columns)
    named = first_reading_of({**columns, "score": [1, 2, 3, 4]})

    assert best.node_bindings == {"node_latitude": "column3", "node_longitude": "column4"}
    assert "node_latitude" not in named.node_bindings


def test_dated_rows_by_a_key_that_nobody_reads_are_records_and_no_nodes() -> None:
    best = first_reading_of(
        {
            "uuid": [f"5d0b3c9e-61f4-4a4b-9b0f-4a3c950d210{n}" for n in range(4)],
            "event_id": [12, 12, 13, 13],
            "category": ["Network", "Network", "Payload", "Network"],
            "type": ["ip-dst", "domain", "md5", "ip-dst"],
            "value": [
                "198.51.100.7",
                "evil.example",
                "d41d8cd98f00b204e9800998ecf8427e",
                "198.51.100.7",
            ],
            "date": ["2020-01-01", "2020-01-01", "2020-01-02", "2020-01-02"],
        }
    )

    assert (best.kind, best.source, best.destination) == ("edges", "event_id", "value")
    assert best.edge_bindings == {"edge_title": "type", "edge_label": "type"}


def test_a_date_by_its_name_is_no_end_whatever_its_values_look_like() -> None:
    readings = suggest_interpretations(
        [
            pa.table(
                {
                    "Cult": ["c39", "c39", "c52", "c52"] * 3,
                    "Date": ["d16", "d20", "d16", "d20"] * 3,
                    "HeadWt": [2.5, 2.2, 3.1, 4.3] * 3,
                }
            )
        ]
    )
    months = suggest_interpretations(
        [pa.table({"month": ["1/86", "2/86", "3/86"], "market": [-0.06, 0.01, -0.01]})]
    )

    assert [each for each in readings if each.kind == "edges"] == []
    assert months == ()


@pytest.mark.parametrize(("father", "mother"), [("fid", "mid"), ("sire", "dam")])
def test_pedigrees_are_trees(father: str, mother: str) -> None:
    best = first_reading_of(
        {
            "id": [1, 2, 3, 4, 5, 6],
            father: [None, None, 1, 1, 3, 3],
            mother: [None, None, 2, 2, 4, 4],
            "sex": [1, 2, 1, 2, 1, 2],
        }
    )

    assert (best.source, best.destination) == (father, "id")


def test_padded_numbers_of_rows_are_no_nodes() -> None:
    readings = suggest_interpretations(
        [
            pa.table(
                {
                    "column1": ["001", "002", "003", "004"],
                    "Run": [1, 2, 1, 2],
                    "Speed": [850, 740, 900, 1070],
                }
            )
        ]
    )

    assert readings == ()

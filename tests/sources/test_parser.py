"""Untrusted files are parsed in a sandbox process that can do nothing else."""

import gzip
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from graphkeep.graph.errors import LimitExceededError, UnreadableFileError
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair
from graphkeep.sources.answer import bounded_repairs
from graphkeep.sources.parser import FileParser, read_answer


@pytest.fixture
def parser(tmp_path):
    file_parser = FileParser(memory_bytes=900 << 20, timeout_s=30, scratch=tmp_path / "scratch")
    yield file_parser
    file_parser.close()


def test_a_ragged_csv_is_read_and_reported(parser, tmp_path):
    (tmp_path / "a.csv").write_text("s,d,w\na,b,1\nb,c\n")

    parsed = parser.parse(tmp_path / "a.csv", file_format="csv", into=tmp_path)

    table = parsed.tables[0]
    assert (table.num_rows, dict(table.dtypes)) == (2, {"s": "string", "d": "string", "w": "int64"})
    assert [(r.code, r.count) for r in parsed.repairs] == [("ragged-rows", 1)]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "shift_jis", "gb18030", "utf-16-le"])
def test_encodings_are_known_inside_the_sandbox(parser, tmp_path, encoding):
    rows = (
        "Москва,Киев\nКиев,東京\n"
        if encoding in {"shift_jis", "gb18030"}
        else "Москва,Киев\nКиев,Львов\n"
    )
    (tmp_path / "a.csv").write_bytes(("from,to\n" + rows).encode(encoding))

    [table] = parser.parse(
        tmp_path / "a.csv", file_format="csv", parser_options={"encoding": encoding}, into=tmp_path
    ).tables

    with pa.ipc.open_file(table.path) as file:
        assert file.read_all().column("from").to_pylist() == ["Москва", "Киев"]


def test_a_small_parquet_that_claims_two_gigabytes_is_refused(parser, tmp_path):
    one = pa.array(["x" * 100_000])
    bomb = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, np.int32)), one)
    pq.write_table(pa.table({"s": bomb}), tmp_path / "bomb.parquet", compression="zstd")
    assert (tmp_path / "bomb.parquet").stat().st_size < 1000

    with pytest.raises(LimitExceededError):
        parser.parse(tmp_path / "bomb.parquet", file_format="parquet", into=tmp_path)


def test_broken_bytes_are_refused_in_words(parser, tmp_path):
    (tmp_path / "a.parquet").write_text("s,d\n")

    with pytest.raises(UnreadableFileError, match="does not read as parquet"):
        parser.parse(tmp_path / "a.parquet", file_format="parquet", into=tmp_path)


TABLE = {
    "name": "t",
    "num_rows": 2,
    "num_cols": 1,
    "dtypes": {"s": "string"},
    "detected": {},
    "end": 9,
}
ANSWER = {"file_format": "csv", "tables": [TABLE], "repairs": [], "interpretations": []}
INTERPRETATION = TableInterpretation(kind="edges", label="a", source="s", destination="d").as_dict()


@pytest.fixture
def output(tmp_path):
    (tmp_path / "0.arrow").write_bytes(b"x" * 9)
    return tmp_path


def test_what_was_detected_of_a_table_comes_back_with_it(output):
    detected = {"encoding": "utf-8", "sep": ";", "header": 4, "comment": None}

    parsed = read_answer({**ANSWER, "tables": [{**TABLE, "detected": detected}]}, output)

    assert (parsed.file_format, parsed.tables[0].detected) == ("csv", detected)


@pytest.mark.parametrize(
    "change",
    [
        {"detected": {"sep": ["nested"]}}, {"detected": {"sep": {"a": 1}}}, {"detected": ["sep"]}, {"detected": None},
        {"name": None}, {"name": {"a": 1}}, {"name": "\ud800"}, {"num_rows": -1}, {"num_rows": "2"}, {"num_rows": True},
        {"num_rows": 1 << 60}, {"num_cols": 1.5}, {"dtypes": ["s"]}, {"dtypes": {"s": 1}}, {"dtypes": {"\ud800": "a"}},
        {"end": 10}, {"end": -1}, {"end": "9"}, {"end": None},
    ],
)  # fmt: skip
def test_what_a_taken_over_parser_says_of_a_table_is_checked(output, change):
    with pytest.raises(UnreadableFileError, match="made its parser fail"):
        read_answer({**ANSWER, "tables": [{**TABLE, **change}]}, output)


@pytest.mark.parametrize(
    "change",
    [
        {"file_format": "exe"}, {"file_format": ["csv"]}, {"file_format": None},
        {"tables": {"0": TABLE}}, {"tables": [TABLE] * 1001}, {"tables": [TABLE, {**TABLE, "end": 3}]},
        {"repairs": [{"code": "c", "message": "m"}] * 202}, {"repairs": [{"code": "c"}]}, {"repairs": [7]},
        {"repairs": [{"code": "c", "message": ["m"]}]}, {"repairs": [{"code": "c", "message": "m", "count": "x"}]},
        {"interpretations": [{**INTERPRETATION, "edge_tables": [1]}]},
        {"interpretations": [{**INTERPRETATION, "node_tables": [-1]}]},
        {"interpretations": [{**INTERPRETATION, "edge_tables": []}]},
        {"interpretations": [{**INTERPRETATION, "kind": "secret"}]},
        {"interpretations": [INTERPRETATION] * 101}, {"interpretations": None},
    ],
)  # fmt: skip
def test_what_a_taken_over_parser_answers_is_checked(output, change):
    with pytest.raises(UnreadableFileError, match="made its parser fail"):
        read_answer({**ANSWER, **change}, output)


def test_long_texts_of_an_answer_are_cut(output):
    repair = {"code": "c", "message": "m" * 9000, "before": "b" * 9000}

    parsed = read_answer(
        {**ANSWER, "tables": [{**TABLE, "name": "n" * 9000}], "repairs": [repair]}, output
    )

    assert (len(parsed.tables[0].name), len(parsed.repairs[0].message)) == (500, 4000)
    assert len(parsed.repairs[0].before) == 200


def test_repairs_beyond_two_hundred_are_counted():
    repairs = [Repair(code=f"c{i % 3}", message="m") for i in range(1_000)]

    bounded = bounded_repairs(repairs)

    assert len(bounded) == 201
    assert bounded[:200] == repairs[:200]
    assert (bounded[200].code, bounded[200].count) == ("more-repairs", 800)
    assert (
        bounded[200].message
        == "800 more repairs were made and are not listed; their kinds: c0, c1, c2."
    )


def test_a_zip_of_many_tables_is_bounded_and_reported(parser, tmp_path):
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as target:
        for number in range(1_005):
            target.writestr(f"t{number}.csv", f"a{number},b\n1,2\n")

    parsed = parser.parse(tmp_path / "many.zip", file_format="auto", into=tmp_path)

    assert (parsed.file_format, len(parsed.tables)) == ("zip", 1_000)
    assert parsed.tables[999].name == "t999"
    (repair,) = parsed.repairs
    assert (repair.code, repair.count) == ("tables-left-out", 5)


def test_a_member_is_read_in_the_sandbox_with_its_name_and_format(parser, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        target.writestr("nodes.csv", "id,name\na,Ann\n")
        target.writestr("edges.json", '[{"s": "a", "t": "b"}]')

    parsed = parser.parse(tmp_path / "a.zip", file_format="csv", compression="zip", into=tmp_path)

    tables = {
        each.name: pa.ipc.open_file(each.path).read_all().to_pylist() for each in parsed.tables
    }
    assert tables == {"nodes": [{"id": "a", "name": "Ann"}], "edges": [{"s": "a", "t": "b"}]}


def test_a_compressed_file_needs_no_declared_compression(parser, tmp_path):
    (tmp_path / "a.csv").write_bytes(gzip.compress(b"s,d\na,b\n"))

    parsed = parser.parse(tmp_path / "a.csv", file_format="auto", into=tmp_path)

    assert (parsed.file_format, parsed.tables[0].num_rows) == ("csv", 1)


def test_a_library_that_few_files_need_loads_inside_the_sandbox(parser, tmp_path):
    (tmp_path / "people.csv").write_text(":ID(Person),name\n1,Ada\n2,Grace\n")

    [table] = parser.parse(tmp_path / "people.csv", file_format="csv", into=tmp_path).tables

    with pa.ipc.open_file(table.path) as file:
        assert file.read_all().column(":ID").to_pylist() == ["Person:1", "Person:2"]

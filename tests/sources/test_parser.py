"""Untrusted files are parsed in a sandbox process that can do nothing else."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphkeep.graph.errors import LimitExceededError, UnreadableFileError
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


def test_what_was_detected_of_a_table_comes_back_with_it(tmp_path):
    table = {"name": "t", "num_rows": 0, "num_cols": 0, "dtypes": {}, "end": 0}
    detected = {"encoding": "utf-8", "sep": ";", "header": 4, "comment": None}
    answer = {"tables": [{**table, "detected": detected}], "repairs": [], "interpretations": []}

    assert read_answer(answer, tmp_path).tables[0].detected == detected


@pytest.mark.parametrize("detected", [{"sep": ["nested"]}, {"sep": {"a": 1}}, ["sep"], None])
def test_what_a_taken_over_parser_says_it_detected_is_checked(tmp_path, detected):
    table = {"name": "t", "num_rows": 0, "num_cols": 0, "dtypes": {}, "end": 0}
    answer = {"tables": [{**table, "detected": detected}], "repairs": [], "interpretations": []}

    with pytest.raises(UnreadableFileError, match="made its parser fail"):
        read_answer(answer, tmp_path)

"""Files of other projects become edges; what is missing is said with what to install."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from benchmarks.layouts.real import LOADERS, NotHereError, dependencies, read_gt, relations


@pytest.mark.parametrize(("n", "letter"), [(255, "B"), (256, "H"), (65_535, "H"), (65_536, "I")])
def test_graph_tool_keeps_ids_as_narrow_as_it_can(n, letter) -> None:
    comment = b"two edges"
    rows = [struct.pack(f"<Q2{letter}", 2, 1, n - 1)] + [struct.pack("<Q", 0)] * (n - 1)
    head = "⛾ gt".encode() + b"\1\0" + struct.pack("<Q", len(comment)) + comment
    data = head + b"\0" + struct.pack("<Q", n) + b"".join(rows) + b"properties"

    assert read_gt(data).tolist() == [[0, 1], [0, n - 1]]


def test_other_files_are_no_graphs() -> None:
    with pytest.raises(ValueError, match="not a little-endian file"):
        read_gt(b"\x1f\x8b" + bytes(40))


def test_relations_of_synonym_sets_name_part_of_speech_and_offset(tmp_path: Path) -> None:
    (tmp_path / "data.adj").write_text(
        "  1 This software and database is being provided to you\n"
        "00001740 00 a 01 able 0 003 = 05200169 n 0000 ! 00002098 a 0101 & 00002312 s 0000 | fit\n"
        "00002098 00 a 10 " + "unable 0 " * 16 + "000 | unfit\n"
    )

    assert list(relations(tmp_path, "adj")) == [
        ("a00001740", "n05200169"),
        ("a00001740", "a00002098"),
        ("a00001740", "a00002312"),
    ]


def test_dependencies_are_every_choice_without_version_and_architecture() -> None:
    told = """Package: a
Version: 1: 2
Pre-Depends: dpkg (>= 1.14)
Depends: b | c (= 2), python3:any
Recommends: e

Package: b
Depends: a
"""

    assert list(dependencies(told)) == [
        ("a", "dpkg"),
        ("a", "b"),
        ("a", "c"),
        ("a", "python3"),
        ("b", "a"),
    ]


@pytest.mark.parametrize(
    ("name", "package"), [("enron", "python3-graph-tool"), ("wordnet", "wordnet-base")]
)
def test_a_missing_file_says_which_package_holds_it(tmp_path, name, package) -> None:
    with pytest.raises(NotHereError, match=f"apt-get install {package}"):
        LOADERS[name](tmp_path, 0)


def test_a_graph_of_the_collection_is_read_without_its_isolated_nodes(tmp_path) -> None:
    folder = tmp_path / "usr/lib/python3/dist-packages/graph_tool/collection"
    folder.mkdir(parents=True)
    rows = struct.pack("<QB", 1, 2) + struct.pack("<Q", 0) + struct.pack("<QBB", 2, 0, 2)
    data = "⛾ gt".encode() + b"\1\0" + bytes(8) + b"\0" + struct.pack("<Q", 3) + rows
    (folder / "power.gt.gz").write_bytes(gzip.compress(data))

    graph = LOADERS["power"](tmp_path, 0)

    assert (graph.n, graph.labels) == (2, None)
    assert np.sort(graph.edges).tolist() == [[0, 1]]

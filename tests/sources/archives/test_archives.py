"""An archive gives the tables of its members; what is no table, or no honest member, is left out and reported."""

import bz2
import gzip
import io
import json
import lzma
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.archives import archive, members
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.registry import AUTO, read_file

CASES = Path(__file__).parent.parent / "cases"
EDGES = b"source,target\na,b\nb,c\n"
NODES = b"id,name\na,Ann\nb,Bob\n"
EDGE_ROWS = [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}]
NODE_ROWS = [{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bob"}]


def zipped(files, **options):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, **options) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return sink.getvalue()


def tarred(files, mode="w"):
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode=mode) as target:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            target.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def read(content, declared=AUTO, name="files", **options):
    return read_file(io.BytesIO(content), declared, ReadOptions(name=name, parser_options=options))


def tables(content, **options):
    return {each.name: each.table.to_pylist() for each in read(content, **options).result.tables}


def left_out(content):
    return {
        repair.message
        for repair in read(content).result.repairs
        if repair.code == "member-left-out"
    }


def test_nodes_and_edges_of_a_zip_are_two_tables():
    assert tables(zipped({"g/edges.csv": EDGES, "g/nodes.csv": NODES})) == {
        "edges": EDGE_ROWS,
        "nodes": NODE_ROWS,
    }


@pytest.mark.parametrize("declared", [AUTO, "csv", "json"])
def test_a_zip_is_an_archive_whatever_was_declared(declared):
    content = read(zipped({"edges.csv": EDGES}), declared)

    assert content.format_name == "zip"
    assert content.result.tables[0].table.to_pylist() == EDGE_ROWS
    assert content.result.repairs == ()


def test_options_of_the_sender_reach_the_members():
    content = read(zipped({"e.csv": b"a;b\n1;2\n"}), "csv", sep=";")

    assert content.result.tables[0].table.to_pylist() == [{"a": 1, "b": 2}]


@pytest.mark.parametrize("pack", [lambda b: b, gzip.compress, bz2.compress, lzma.compress], ids=["plain", "gz", "bz2", "xz"])  # fmt: skip
def test_tars_are_read_plain_and_compressed_within_a_zip(pack):
    inner = pack(tarred({"./edges.csv": EDGES, "./nodes.csv": NODES}))

    assert tables(zipped({"all.tar.x": inner})) == {"edges": EDGE_ROWS, "nodes": NODE_ROWS}


@pytest.mark.parametrize("tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])  # fmt: skip
def test_each_form_of_tar_is_recognized(tar_format):
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tar_format) as target:
        info = tarfile.TarInfo("d/" * 60 + "edges.csv")
        info.size = len(EDGES)
        target.addfile(info, io.BytesIO(EDGES))

    assert read(sink.getvalue()).format_name == "tar"
    assert tables(sink.getvalue()) == {"edges": EDGE_ROWS}


def test_members_are_recognized_by_content_and_not_by_name():
    content = zipped(
        {"a.dat": b'[{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bob"}]', "b.dat": EDGES}
    )

    assert tables(content) == {"a": NODE_ROWS, "b": EDGE_ROWS}


def test_compressed_members_lose_their_suffix():
    assert tables(zipped({"edges.csv.gz": gzip.compress(EDGES)})) == {"edges": EDGE_ROWS}


def test_a_hundred_daily_logs_are_one_table():
    days = {f"logs/day-{day:03}.csv": f"source,target\na,{day}\n" for day in range(100)}

    content = read(zipped(days))

    (table,) = content.result.tables
    assert table.name == "day"
    assert table.table.to_pylist() == [{"source": "a", "target": day} for day in range(100)]
    (repair,) = content.result.repairs
    assert (repair.code, repair.count) == ("members-joined", 100)
    assert repair.message.startswith(
        "100 files have the same columns and are read as one table: logs/day-000.csv, logs/day-001.csv"
    )
    assert repair.alternative.parser_options == {"file_column": "file"}


def test_the_file_of_each_row_is_a_column_where_asked():
    days = {"d/1.csv": "s,t\na,b\n", "d/2.csv": "s,t\nb,c\n"}

    assert [*tables(zipped(days), file_column="file").values()] == [
        [{"s": "a", "t": "b", "file": "d/1.csv"}, {"s": "b", "t": "c", "file": "d/2.csv"}]
    ]


def test_columns_in_another_order_are_the_same_shape():
    days = {"x1.csv": "s,t\na,b\n", "x2.csv": "t,s\nd,c\n"}

    assert tables(zipped(days)) == {"x": [{"s": "a", "t": "b"}, {"s": "c", "t": "d"}]}


def test_ids_that_are_numbers_in_one_file_only_are_text_in_all():
    days = {"x1.csv": "s,t\n1,b\n", "x2.csv": "s,t\nk,c\n"}

    assert tables(zipped(days)) == {"x": [{"s": "1", "t": "b"}, {"s": "k", "t": "c"}]}


def test_a_column_that_is_empty_in_one_file_keeps_its_type():
    days = {"x1.csv": "s,w\na,\n", "x2.csv": "s,w\nb,5\n"}

    assert tables(zipped(days)) == {"x": [{"s": "a", "w": None}, {"s": "b", "w": 5}]}


def test_two_files_of_one_name_keep_their_paths():
    content = zipped({"a/t.csv": b"x,y\n1,2\n", "b/t.csv": b"p,q\n3,4\n"})

    assert tables(content) == {"a/t.csv": [{"x": 1, "y": 2}], "b/t.csv": [{"p": 3, "q": 4}]}


def test_what_a_member_says_of_its_tables_counts_within_the_archive():
    graph = json.dumps(
        {"nodes": [{"id": "x"}, {"id": "y"}], "links": [{"source": "x", "target": "y"}]}
    )
    content = read(zipped({"first.csv": NODES, "graph.json": graph}))

    assert [table.name for table in content.result.tables] == [
        "first",
        "graph: edges",
        "graph: nodes",
    ]
    (interpretation,) = content.result.interpretations[:1]
    assert (interpretation.edge_tables, interpretation.node_tables) == ((1,), (2,))
    assert (interpretation.source, interpretation.destination) == ("source", "target")


def test_a_bloodhound_zip_is_one_graph():
    content = read((CASES / "Z01/20260917_BloodHound.zip").read_bytes())

    edges, nodes = content.result.tables
    names = {row["id"]: row["name"] for row in nodes.table.to_pylist()}
    found = [
        (
            names.get(row["source"], "").split("@")[0],
            row["type"],
            names.get(row["target"], "").split("@")[0],
        )
        for row in edges.table.to_pylist()
    ]
    assert ("ALICE", "MemberOf", "DOMAIN ADMINS") in found
    assert [repair.code for repair in content.result.repairs] == ["members-joined"]


def test_the_table_beside_a_readme_is_read():
    content = read((CASES / "Z03/shapes.zip").read_bytes())

    assert [(each.name, each.table.num_rows) for each in content.result.tables] == [("edges", 2)]
    assert [repair.count for repair in content.result.repairs] == [1, 1]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("README.txt", "no tables by their names"), ("LICENSE", "no tables by their names"),
        ("docs/picture.PNG", "no tables by their names"), (".DS_Store", "files that an operating system adds"),
        ("__MACOSX/._edges.csv", "files that an operating system adds"),
        ("Thumbs.db", "files that an operating system adds"), ("x/.git/config", "parts of a Git repository"),
        ("../../etc/passwd", "names that lead out of the archive"), ("/etc/passwd", "names that lead out of the archive"),
        ("..\\windows\\a.csv", "names that lead out of the archive"), ("C:/a.csv", "names that lead out of the archive"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_left_out_with_its_reason(name, reason):
    expected = {f"1 of the archive's files are left out, as {reason}: {name}."}

    for content in (
        zipped({name: b"a,b\n1,2\n", "edges.csv": EDGES}),
        tarred({name: b"a,b\n1,2\n", "edges.csv": EDGES}),
    ):
        assert tables(content) == {"edges": EDGE_ROWS}
        assert {message.replace("..\\\\", "..\\") for message in left_out(content)} == expected


def test_links_of_a_tar_are_left_out():
    sink = io.BytesIO(tarred({"edges.csv": EDGES}))
    with tarfile.open(fileobj=sink, mode="a") as target:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"link{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            target.addfile(info)

    assert tables(sink.getvalue()) == {"edges": EDGE_ROWS}
    assert left_out(sink.getvalue()) == {
        "4 of the archive's files are left out, as links or devices: link2, link1, link6, link3."
    }


def test_links_of_a_zip_are_left_out():
    sink = io.BytesIO(zipped({"edges.csv": EDGES}))
    with zipfile.ZipFile(sink, "a") as target:
        info = zipfile.ZipInfo("passwd")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(info, "/etc/passwd")

    assert left_out(sink.getvalue()) == {
        "1 of the archive's files are left out, as links or devices: passwd."
    }


def encrypted(content):
    """The same zip, each member marked as encrypted."""
    marked = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = marked.find(mark)
        while start >= 0:
            marked[start + offset] |= 1
            start = marked.find(mark, start + 4)
    return bytes(marked)


def test_an_encrypted_zip_is_refused_in_words():
    with pytest.raises(UnreadableFileError) as refused:
        read(encrypted(zipped({"edges.csv": EDGES})))

    assert refused.value.message == "The archive is encrypted. Upload it without a password."


def test_a_damaged_member_does_not_cost_the_others():
    content = bytearray(zipped({"nodes.csv": NODES * 50, "edges.csv": EDGES}))
    content[45:55] = b"\xff" * 10

    assert tables(bytes(content)) == {"edges": EDGE_ROWS}
    (message,) = left_out(bytes(content))
    assert message.startswith("1 of the archive's files are left out, as damaged (")


def test_a_zip_that_is_cut_short_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match="does not read as zip: File is not a zip file"):
        read(zipped({"edges.csv": EDGES})[:-30])


def test_a_tar_that_is_cut_short_gives_what_is_whole():
    content = tarred({"edges.csv": EDGES, "nodes.csv": NODES * 200})[:2000]

    assert tables(content) == {"edges": EDGE_ROWS}
    assert left_out(content) == {"1 of the archive's files are left out, as cut short: nodes.csv."}


def test_an_archive_without_tables_says_why():
    with pytest.raises(UnreadableFileError) as refused:
        read(zipped({"README.md": b"x", "a/picture.png": b"y"}))

    assert refused.value.message == (
        "The archive contains no table: 2 are left out as no tables by their names (README.md)."
    )


def test_an_empty_zip_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match="The archive is empty: it contains no files"):
        read(zipped({}))


def test_a_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(members, "BOMB_BYTES", 1 << 20)
    bomb = zipped({f"{i}.csv": bytes(1 << 19) for i in range(4)})

    with pytest.raises(UnreadableFileError, match="would expand to more than"):
        read(bomb)


def test_a_bomb_within_a_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(members, "BOMB_BYTES", 1 << 20)
    inner = zipped({f"{i}.csv": bytes(1 << 19) for i in range(4)})

    with pytest.raises(UnreadableFileError, match="would expand to more than"):
        read(zipped({"inner.zip": inner}))


def test_a_gzip_bomb_in_a_zip_is_refused(monkeypatch):
    monkeypatch.setattr(members, "BOMB_BYTES", 1 << 20)

    with pytest.raises(UnreadableFileError, match="would expand to more than"):
        read(zipped({"a.csv.gz": gzip.compress(bytes(4 << 20))}))


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(members, "MAX_MEMBERS", 3)
    monkeypatch.setattr(members.Budget, "__init__", budget_of_three)

    with pytest.raises(UnreadableFileError, match="contains more than 3 files"):
        read(zipped({f"{i}.csv": EDGES for i in range(4)}))


def test_members_are_counted_before_the_first_one_expands(monkeypatch):
    monkeypatch.setattr(members, "BOMB_BYTES", 1 << 20)
    monkeypatch.setattr(members, "MAX_MEMBERS", 3)
    monkeypatch.setattr(members.Budget, "__init__", budget_of_three)

    with pytest.raises(UnreadableFileError, match="contains more than 3 files"):
        read(zipped({"a.csv": bytes(4 << 20)} | {f"{i}.csv": EDGES for i in range(4)}))


def budget_of_three(self, *, archive_bytes):
    self.archive_bytes, self.members, self.used_bytes, self.left_out = archive_bytes, 3, 0, {}


def test_archives_nest_only_so_deep():
    deep = zipped({"edges.csv": EDGES})
    for level in range(archive.MAX_DEPTH):
        deep = zipped({f"level{level}.zip": deep, "nodes.csv": NODES})

    assert tables(deep)["nodes"] == [*NODE_ROWS, *NODE_ROWS]
    assert left_out(deep) == {
        "1 of the archive's files are left out, as archives within archives within archives: level0.zip."
    }


def test_a_zip_of_itself_ends():
    """A quine is endless only for a reader without a depth."""
    content = zipped({"a.csv": EDGES})
    for _ in range(20):
        content = zipped({"r.zip": content})

    with pytest.raises(UnreadableFileError, match="archives within archives"):
        read(content)


def test_a_workbook_in_a_zip_is_no_archive():
    workbook = (CASES / "X04/network.xlsx").read_bytes()

    tables = read(zipped({"book.xlsx": workbook})).result.tables

    assert [(named.name.rpartition(" ")[2], named.table.num_rows) for named in tables] == [
        ("Nodes", 4),
        ("Edges", 3),
    ]


def test_names_of_members_with_control_characters_are_shown_safely():
    content = zipped({"a\x1b[31m\u202e.png": b"x", "edges.csv": EDGES})

    assert left_out(content) == {
        "1 of the archive's files are left out, as no tables by their names: a\ufffd[31m\ufffd.png."
    }


def test_a_bomb_is_refused_before_a_member_is_read(monkeypatch):
    monkeypatch.setattr(members, "BOMB_BYTES", 1 << 20)
    inner = zipped({"a.csv": b"a,b\n" + b"1,2\n" * (1 << 16)})
    read_members = []
    monkeypatch.setattr(members.zipfile.ZipFile, "open", opened_members(read_members))

    with pytest.raises(UnreadableFileError, match="would expand to more than"):
        read(zipped({f"{number}.zip": inner for number in range(8)}))

    assert [name for name in read_members if name.endswith(".csv")] == []


def opened_members(names):
    def open_member(archive, member, *arguments, **options):
        names.append(getattr(member, "filename", member))
        return real_open(archive, member, *arguments, **options)

    real_open = zipfile.ZipFile.open
    return open_member

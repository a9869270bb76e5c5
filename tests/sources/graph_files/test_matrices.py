"""MatrixMarket and UCINET DL."""

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.graph_files.reading import edges, ids, nodes, pairs, read, recognized, repairs


def weights(result):
    return [(row["source"], row["target"], row.get("weight")) for row in edges(result)]


def test_a_pattern_has_no_weights_and_comments_are_skipped():
    result = read(
        "%%MatrixMarket matrix coordinate pattern symmetric\n% by hand\n\n3 3 2\n2 1\n3 3\n"
    )

    assert weights(result) == [("2", "1", None), ("3", "3", None)]
    assert {row["directed"] for row in edges(result)} == {False}
    assert ids(result) == ["1", "2", "3"]


def test_integers_keep_their_digits():
    result = read("%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 2 9007199254740993\n")

    assert weights(result) == [("1", "2", 9007199254740993)]


def test_complex_values_are_two_columns():
    result = read(
        "%%matrixmarket MATRIX coordinate complex hermitian\n2 2 1\n2 1 1.5 -2\n".replace(
            "%%matrixmarket", "%%MatrixMarket"
        )
    )

    assert edges(result) == [
        {"source": "2", "target": "1", "directed": False, "real": 1.5, "imaginary": -2.0}
    ]


def test_rows_and_columns_of_an_oblong_matrix_are_different_nodes():
    result = read("%%MatrixMarket matrix coordinate real general\n1 2 2\n1 1 5\n1 2 6e-1\n")

    assert weights(result) == [("row 1", "column 1", 5.0), ("row 1", "column 2", 0.6)]
    assert [(row["id"], row["type"]) for row in nodes(result)] == [
        ("row 1", "row"), ("column 1", "column"), ("column 2", "column"),
    ]  # fmt: skip


def test_a_dense_matrix_stands_column_by_column_and_zeros_are_no_edges():
    result = read("%%MatrixMarket matrix array real general\n2 2\n0\n1.5\n0.0\n-3\n")

    assert weights(result) == [("2", "1", 1.5), ("2", "2", -3.0)]


def test_a_dense_symmetric_matrix_has_its_lower_half():
    result = read("%%MatrixMarket matrix array integer symmetric\n3 3\n1\n2\n3\n4\n5\n6\n")

    assert weights(result) == [
        ("1", "1", 1), ("2", "1", 2), ("3", "1", 3), ("2", "2", 4), ("3", "2", 5), ("3", "3", 6),
    ]  # fmt: skip


def test_a_dense_skew_matrix_has_no_diagonal():
    result = read("%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n")

    assert weights(result) == [("2", "1", 1), ("3", "1", 2), ("3", "2", 3)]


def test_lines_that_are_no_entries_are_counted():
    result = read("%%MatrixMarket matrix coordinate real general\n2 2 3\n1 2 1\n1 9 1\n1 2\n")

    assert repairs(result) == [("entry-ignored", 2, (4, 5))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("%%MatrixMarket matrix coordinate quaternion general\n1 1 0\n", "'quaternion' in the first line is not known"),
        ("%%MatrixMarket vector\n", "names 'matrix', a format"),
        ("%%MatrixMarket matrix coordinate real general\n99999999999 1 0\n", "at most 20,000,000"),
        ("%%MatrixMarket matrix coordinate real general\nx\n", "must hold the numbers of rows"),
        ("%%MatrixMarket matrix coordinate real general\n", "ends before the size"),
    ],
)  # fmt: skip
def test_broken_and_hostile_matrices_are_refused(content, words):
    with pytest.raises(UnreadableFileError, match=words):
        read(content)


def test_a_full_matrix_of_dl_has_an_edge_for_each_value():
    result = read("dl n=3 format=fullmatrix\nlabels:\nann,bob,cem\ndata:\n0 1 0\n0 0 2\n1 0 0\n")

    assert weights(result) == [("ann", "bob", 1), ("bob", "cem", 2), ("cem", "ann", 1)]


def test_labels_of_dl_may_be_embedded_in_the_matrix():
    result = read("DL n = 2\nlabels embedded:\ndata:\n ann bob\nann 0 3\nbob 0 0\n")

    assert weights(result) == [("ann", "bob", 3)]
    assert ids(result) == ["ann", "bob"]


def test_edges_of_dl_may_name_their_ends():
    result = read('dl n=4 format=edgelist1\nlabels embedded\ndata:\n"Ann B." bob 2\nbob cem\n')

    assert weights(result) == [("Ann B.", "bob", 2), ("bob", "cem", None)]


def test_node_lists_of_dl_have_several_targets():
    result = read("dl n=4, format=nodelist1\nlabels: a b c d\ndata:\n1 2 3\n4 1\n")

    assert pairs(result) == [("a", "b"), ("a", "c"), ("d", "a")]


def test_two_mode_dl_joins_rows_and_columns():
    result = read(
        "dl nr=2 nc=2 format=fullmatrix\nrow labels:\np\nq\ncol labels:\nx\ny\ndata:\n1 0\n0 2\n"
    )

    assert weights(result) == [("p", "x", 1), ("q", "y", 2)]
    assert [(row["id"], row["type"]) for row in nodes(result)][-1] == ("y", "column")


def test_halves_of_dl_have_no_cells_on_the_other_side():
    assert weights(read("dl n=3 format=lowerhalf diagonal=absent\ndata:\n1\n2 3\n")) == [
        ("2", "1", 1), ("3", "1", 2), ("3", "2", 3),
    ]  # fmt: skip
    assert weights(read("dl n=2 format=upperhalf\ndata:\n1 2\n3\n")) == [
        ("1", "1", 1), ("1", "2", 2), ("2", "2", 3),
    ]  # fmt: skip


def test_several_matrices_of_dl_are_types_of_edges():
    result = read(
        "dl n=2 nm=2\nlabels: a b\nmatrix labels:\nlikes\nhates\ndata:\n0 1\n0 0\n0 0\n5 0\n"
    )

    assert [(*pair, row["type"], row["weight"]) for pair, row in zip(pairs(result), edges(result), strict=True)] == [
        ("a", "b", "likes", 1), ("b", "a", "hates", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("dl n=2 format=blockmatrix\ndata:\n1\n", "'blockmatrix' is not read"),
        ("dl n=99999999999\ndata:\n1\n", "a number up to 20,000,000"),
        ("dl n=2 colour=red\ndata:\n", "unknown word in line 1: *colour"),
    ],
)
def test_dl_that_is_not_read_is_refused(content, words):
    with pytest.raises(UnreadableFileError, match=words):
        read(content)


def test_more_values_than_cells_are_counted_and_end():
    result = read("dl n=1 diagonal=absent\nlabels: a\ndata:\n5 6\n")

    assert ids(result) == ["a"]
    assert [(repair.code, repair.count) for repair in result.repairs] == [("cell-ignored", 2)]


def test_words_that_begin_with_dl_are_no_dl():
    assert recognized(b"dl,ul\n1,2\n") is None

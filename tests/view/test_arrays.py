"""The declared arrays of a picture are those that are computed, and those of the reference page."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.normalize import bind
from graphkeep.view.arrays import POSITION, VIEW_ARRAYS, markdown_table
from graphkeep.view.columns import columns_for_viewer
from graphkeep.view.pack import pack

PAGE = (Path(__file__).parents[2] / "docs/reference/view-arrays.md").read_text()
SPECS = {spec.name: spec for spec in VIEW_ARRAYS}


def picture(edges: pa.Table, *, is_rich: bool):
    ids = pa.array(sorted({*edges["s"].to_pylist(), *edges["d"].to_pylist()}))
    count = len(ids)
    nodes = pa.table({"n": ids, "share": np.linspace(0, 1, count), "kind": ["user"] * count})
    roles = {
        "node_opacity": "share", "node_size": "share", "node_color": "kind",
        "edge_source_color": "kind", "edge_destination_color": "kind", "edge_size": "w",
        "edge_opacity": "w",
    }  # fmt: skip
    icon = {"attribute": "kind", "mapping": {"categorical": {"fixed": {"user": "user"}}}}
    rules = {
        "complex": {"default": {"pointIconEncoding": icon, "pointBadgeTopRightEncoding": icon}}
    }
    bindings = Bindings(source="s", destination="d", node="n", **(roles if is_rich else {}))
    encodings, repairs = Encodings.from_wire(rules if is_rich else {}, {})
    assert repairs == ()
    return columns_for_viewer(bind(edges, nodes, bindings).graph, encodings, positions=None)


@pytest.fixture
def edges() -> pa.Table:
    return pa.table(
        {"s": ["a", "a", "b"], "d": ["b", "b", "c"], "w": [0.1, 0.5, 1.0], "kind": ["x", "y", "x"]}
    )


@pytest.mark.parametrize("is_rich", [False, True])
def test_every_computed_array_has_its_declared_dtype_and_shape(edges, is_rich):
    view = picture(edges, is_rich=is_rich)
    rows = {"nodes": 3, "edges": 3, "badges": 3, "titles": 3}
    found = {name: (str(array.dtype), array.shape) for name, array in view.arrays.items()}
    declared = {
        name: (
            SPECS[name].dtype,
            (rows[SPECS[name].rows], SPECS[name].width)
            if SPECS[name].width
            else (rows[SPECS[name].rows],),
        )
        for name in view.arrays
    }

    assert found == declared
    assert len(view.header["titles"]) == len(view.arrays["importance"])


def test_the_declaration_says_which_arrays_may_be_missing(edges):
    needed = {spec.name for spec in VIEW_ARRAYS if not spec.is_optional} - {POSITION.name}
    plain = picture(edges.slice(1), is_rich=False)  # without parallel edges

    assert set(plain.arrays) == needed
    assert set(picture(edges, is_rich=True).arrays) == set(SPECS) - {POSITION.name}


def test_the_reference_page_has_the_declared_table():
    assert markdown_table() in PAGE


def test_the_reference_page_names_every_field_of_the_header(edges):
    header = picture(edges, is_rich=True).header
    table = PAGE.partition("## Header")[2].partition("\n## ")[0]
    named = {
        name.strip("`")
        for line in table.splitlines()
        if line.startswith("| `")
        for name in line.split("|")[1].strip().split(", ")
    }

    added = {"dataset_id", "version", "picture", "boxes", "outline", "revision"}
    assert named == set(header) | added


def test_the_reader_of_the_reference_page_reads_a_block(edges):
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    scope: dict = {}
    exec(code, scope)  # the page's own example
    view = picture(edges, is_rich=True)
    header, arrays = scope["unpack"](pack(view.header, view.arrays))

    assert header == view.header
    assert all(np.array_equal(arrays[name], array) for name, array in view.arrays.items())
    assert set(arrays) == set(view.arrays)
